package dev.motorpool.detached.feed;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Limits of the bytes of detached jobs in memory. Jobs that are read ahead have a limit for each line of a pool, as have the items
 * of open maps; all jobs in memory, those that run included, share one limit. A single job of each line always has its
 * place. Thread-safe.
 */
public final class JobMemory {

    private static final long MOST_WAITING = 16L << 20;
    private static final long MOST_MAPS = 32L << 20;

    private final long limit;

    /** How many lines of jobs share what one pool may have. */
    private final int lines;

    /** Bytes of all jobs in memory. */
    private final AtomicLong used = new AtomicLong();

    /**
     * Nothing is in memory yet.
     *
     * @param limit bytes of all jobs in memory
     * @param lines how many lines of jobs each pool has
     */
    public JobMemory(long limit, int lines) {
        this.limit = limit;
        this.lines = lines;
    }

    /** Bytes of jobs of one line that a pool reads ahead from the store. */
    long waiting() {
        return Math.min(limit / 8, MOST_WAITING) / lines;
    }

    /** Bytes of the items of open maps of one line, of one priority and higher ones. */
    long maps() {
        return Math.min(limit / 16, MOST_MAPS) / lines;
    }

    /** Bytes of changes on their way to the store, above which no further job is started. */
    public long changes() {
        return limit / 2;
    }

    void add(long bytes) {
        used.addAndGet(bytes);
    }

    /**
     * Whether a pool takes no further job of a line into memory.
     *
     * @param held bytes of the line's jobs in memory; the lines of a pool have an eighth of the limit for themselves
     */
    boolean isFull(long held) {
        return held >= limit / 8 / lines && used.get() >= limit;
    }
}
