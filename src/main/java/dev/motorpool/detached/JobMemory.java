package dev.motorpool.detached;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Limits of the bytes of detached jobs in memory. Jobs that are read ahead have a limit for each pool, as have the items
 * of open maps; all jobs in memory, those that run included, share one limit. A single job of each pool always has its
 * place. Thread-safe.
 */
final class JobMemory {

    private static final long MOST_WAITING = 16L << 20;
    private static final long MOST_MAPS = 32L << 20;

    private final long limit;

    /** Bytes of all jobs in memory. */
    private final AtomicLong used = new AtomicLong();

    /** @param limit bytes of all jobs in memory */
    JobMemory(long limit) {
        this.limit = limit;
    }

    /** Bytes of jobs that one pool reads ahead from the store. */
    long waiting() {
        return Math.min(limit / 8, MOST_WAITING);
    }

    /** Bytes of the items of open maps of one pool, of one priority and higher ones. */
    long maps() {
        return Math.min(limit / 16, MOST_MAPS);
    }

    /** Bytes of changes on their way to the store, above which no further job is started. */
    long changes() {
        return limit / 2;
    }

    void add(long bytes) {
        used.addAndGet(bytes);
    }

    /**
     * Whether a pool takes no further job into memory.
     *
     * @param held bytes of the pool's jobs in memory; an eighth of the limit is its own
     */
    boolean isFull(long held) {
        return held >= limit / 8 && used.get() >= limit;
    }
}
