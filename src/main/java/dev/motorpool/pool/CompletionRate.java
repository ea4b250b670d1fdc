package dev.motorpool.pool;

import java.time.Duration;

/** The rate of completed calls over the last half minute, counted by the second. Guarded by the pool's lock. */
final class CompletionRate {

    private static final int SECONDS = 30;
    private static final Duration LONGEST = Duration.ofMinutes(5);

    private final long[] counts = new long[SECONDS];
    private final long bornNanos;
    private long second;

    CompletionRate(long nanos) {
        bornNanos = nanos;
    }

    void add(long nanos, long calls) {
        advance(nanos);
        counts[(int) (second % SECONDS)] += calls;
    }

    /** Completed calls a second. */
    double perSecond(long nanos) {
        advance(nanos);
        long sum = 0;
        for (long count : counts) {
            sum += count;
        }
        double age = Math.max(1, (double) (nanos - bornNanos) / 1e9);
        return (double) sum / Math.min(SECONDS, age);
    }

    /**
     * When a refused caller should retry: when a tenth of the waiting calls has started, at the measured rate. Whole
     * seconds, 1 s to 5 min.
     */
    Duration retryAfter(int waiting, long nanos) {
        double rate = perSecond(nanos);
        double seconds = rate == 0 ? SECONDS : Math.ceil(Math.max(1, waiting / 10.0) / rate);
        return Duration.ofSeconds((long) Math.clamp(seconds, 1.0, (double) LONGEST.toSeconds()));
    }

    private void advance(long nanos) {
        long now = (nanos - bornNanos) / 1_000_000_000L;
        for (long next = Math.max(second + 1, now - SECONDS + 1); next <= now; next++) {
            counts[(int) (next % SECONDS)] = 0;
        }
        second = Math.max(second, now);
    }
}
