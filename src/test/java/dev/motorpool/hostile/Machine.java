package dev.motorpool.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;

/**
 * How slow the machine is now, compared with a quiet one with two cores. The limits that the tests state hold on such a
 * machine; elsewhere, or where others use the processors too, they are multiplied by the time that a fixed piece of work
 * takes here, measured beside each attack and not chosen by hand.
 */
final class Machine {

    /** Of {@link #work} on two quiet cores of 2024; a faster machine gains nothing. */
    private static final double REFERENCE_SECONDS = 0.1;

    private static final int STEPS = 60_000_000;

    static {
        long _ = work(); // compiled before anything is measured
    }

    /** The factor by which limits are multiplied, at least 1. */
    static double slowness() {
        long begin = System.nanoTime();
        long random = work();
        double seconds = (System.nanoTime() - begin) / 1e9;
        assertThat(random).isNotZero(); // so that the compiler may not leave the work out
        return Math.max(1, seconds / REFERENCE_SECONDS);
    }

    static Duration times(Duration limit, double slowness) {
        return Duration.ofNanos((long) (limit.toNanos() * slowness));
    }

    /** Random numbers by Marsaglia's xorshift: nothing but the processor. */
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
