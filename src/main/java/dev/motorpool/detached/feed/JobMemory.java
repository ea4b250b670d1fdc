package dev.motorpool.detached.feed;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Limits on the bytes of detached jobs in memory. Each line of a pool has a limit for the jobs that it prefetches, and
 * one for the items of open maps. All jobs in memory, running ones included, share one limit. Each line may always hold
 * one job. Thread-safe.
 */
public final class JobMemory {

    private static final long MOST_WAITING = 16L << 20;
    private static final long MOST_MAPS = 32L << 20;

    private final long limit;

    /** How many lines share the limit of one pool. */
    private final int lines;

    /** Bytes of all jobs in memory. */
    private final AtomicLong used = new AtomicLong();

    /**
     * Nothing is in memory yet.
     *
     * @param limit bytes of all jobs in memory
     * @param lines number of lines of each pool
     */
    public JobMemory(long limit, int lines) {
        this.limit = limit;
        this.lines = lines;
    }

    /** Limit for the prefetched jobs of one line. */
    long waiting() {
        return Math.min(limit / 8, MOST_WAITING) / lines;
    }

    /** Limit for the items of open maps of one line, for one priority and higher ones. */
    long maps() {
        return Math.min(limit / 16, MOST_MAPS) / lines;
    }

    /** Limit for queued changes of the store, above which no further job is started. */
    public long changes() {
        return limit / 2;
    }

    void add(long bytes) {
        used.addAndGet(bytes);
    }

    /**
     * Whether a line may load no further job.
     *
     * @param held bytes of the line's jobs in memory; an eighth of the limit is reserved for the lines of a pool
     */
    boolean isFull(long held) {
        return held >= limit / 8 / lines && used.get() >= limit;
    }
}
