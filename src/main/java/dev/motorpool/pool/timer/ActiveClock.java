package dev.motorpool.pool.timer;

import java.time.Duration;

/**
 * A clock of the time in which this process runs. It stands still while the process is stopped, frozen or held up by a
 * long garbage collection. It detects that by gaps between its readings, so it must be read at least every
 * {@link #INTERVAL}. Guarded by its monitor.
 */
public final class ActiveClock {

    /** How often the clock must be read. */
    static final Duration INTERVAL = Duration.ofMillis(100);

    /** The longest gap between two readings of a running process; a longer one counts as standstill. */
    public static final Duration LONGEST_GAP = Duration.ofMillis(150);

    private long seen;
    private long missed;

    ActiveClock(long now) {
        seen = now;
    }

    /**
     * The clock's time in nanoseconds, comparable only with itself.
     *
     * @param now the monotonic time, just read
     */
    synchronized long read(long now) {
        long gap = now - seen;
        if (gap > 0) {
            missed += Math.max(0, gap - LONGEST_GAP.toNanos());
            seen = now;
        }
        return now - missed;
    }
}
