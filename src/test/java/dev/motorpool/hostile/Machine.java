package dev.motorpool.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;

/**
 * The slowness of the machine at this time, compared with a quiet one with two cores. The limits in the tests apply to
 * such a machine. On slower or busier ones they are multiplied by a factor measured beside each attack with a fixed
 * piece of work.
 */
final class Machine {

    /** Time of {@link #work} on two quiet cores of 2024; a faster machine has no effect. */
    private static final double REFERENCE_SECONDS = 0.1;

    private static final int STEPS = 60_000_000;

    static {
        long _ = work(); // compiled before any measurement
    }

    /** The factor by which limits are multiplied, at least 1. */
    static double slowness() {
        long begin = System.nanoTime();
        long random = work();
        double seconds = (System.nanoTime() - begin) / 1e9;
        assertThat(random).isNotZero(); // prevents the compiler from removing the work
        return Math.max(1, seconds / REFERENCE_SECONDS);
    }

    static Duration times(Duration limit, double slowness) {
        return Duration.ofNanos((long) (limit.toNanos() * slowness));
    }

    /** Marsaglia's xorshift random numbers: processor-bound. */
    private static long work() {
        long x = System.nanoTime() | 1;
        for (int i = 0; i < STEPS; i++) {
            x ^= x << 13;
            x ^= x >>> 7;
            x ^= x << 17;
        }
        return x;
    }

    private Machine() {}
}
