package dev.motorpool.detached.watch;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The printed text that the events of all jobs together may keep for their listeners, however many a job has. Where they
 * keep more, those of each job may keep an equal share only.
 */
final class ListenerBytes {

    /** Of one job, however few are listened to. */
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

    /** The events of a job keep so many more; fewer if negative. */
    void keep(long bytes) {
        kept.addAndGet(bytes);
    }

    long kept() {
        return kept.get();
    }

    /** What the events of one job may keep now. */
    long share() {
        return kept.get() <= limit ? MOST_OF_ONE : Math.min(MOST_OF_ONE, limit / Math.max(1, jobs.get()));
    }
}
