package dev.motorpool.detached.watch;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The budget of printed text that the events of all jobs keep for their listeners. When it is exceeded, each job may
 * keep an equal share only.
 */
final class ListenerBytes {

    /** Most bytes of one job. */
    static final int MOST_OF_ONE = 64 << 10;

    private final long limit;
    private final AtomicLong kept = new AtomicLong();
    private final AtomicInteger jobs = new AtomicInteger();

    ListenerBytes(long limit) {
        this.limit = limit;
    }

    static ListenerBytes ofHeap() {
        return new ListenerBytes(Math.max(4L << 20, Runtime.getRuntime().maxMemory() / 32));
    }

    void opened() {
        jobs.incrementAndGet();
    }

    void closed() {
        jobs.decrementAndGet();
    }

    /** The events of a job keep this many more bytes; fewer if negative. */
    void keep(long bytes) {
        kept.addAndGet(bytes);
    }

    long kept() {
        return kept.get();
    }

    /** Most bytes that the events of one job may keep now. */
    long share() {
        return kept.get() <= limit ? MOST_OF_ONE : Math.min(MOST_OF_ONE, limit / Math.max(1, jobs.get()));
    }
}
