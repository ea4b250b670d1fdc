package dev.motorpool.detached;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The printed text that all listeners to events together may keep until their clients have read it. Where they keep
 * more, each may keep its equal share only. Texts that several listeners keep are shared, yet counted for each of them.
 */
final class ListenerBytes {

    /** Of one listener, however few there are. */
    static final int MOST_OF_ONE = 64 << 10;

    private final long limit;
    private final AtomicLong kept = new AtomicLong();
    private final AtomicInteger listeners = new AtomicInteger();

    ListenerBytes(long limit) {
        this.limit = limit;
    }

    static ListenerBytes ofHeap() {
        return new ListenerBytes(Math.max(4L << 20, Runtime.getRuntime().maxMemory() / 32));
    }

    void opened() {
        listeners.incrementAndGet();
    }

    void closed() {
        listeners.decrementAndGet();
    }

    /** A listener keeps so many more; fewer if negative. */
    void keep(long bytes) {
        kept.addAndGet(bytes);
    }

    long kept() {
        return kept.get();
    }

    /** What one listener may keep now. */
    long share() {
        return kept.get() <= limit ? MOST_OF_ONE : Math.min(MOST_OF_ONE, limit / Math.max(1, listeners.get()));
    }
}
