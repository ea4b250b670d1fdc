package dev.motorpool.metrics;

import java.util.Arrays;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.LongStream;

/**
 * A histogram of durations of calls. It counts many calls of the same duration at once, which a Micrometer timer
 * cannot.
 */
final class TimeHistogram {

    /** Upper bounds, inclusive, from a tenth of a millisecond to an hour. */
    static final long[] BOUNDS_NANOS = LongStream.of(
                    100,
                    250,
                    500,
                    1_000,
                    2_500,
                    5_000,
                    10_000,
                    25_000,
                    50_000,
                    100_000,
                    250_000,
                    500_000,
                    1_000_000,
                    2_500_000,
                    5_000_000,
                    10_000_000,
                    30_000_000,
                    60_000_000,
                    300_000_000,
                    3_600_000_000L)
            .map(micros -> micros * 1_000)
            .toArray();

    /** Calls for each bound above the previous one; the last counter is for longer ones. */
    private final LongAdder[] counts = new LongAdder[BOUNDS_NANOS.length + 1];

    private final LongAdder nanos = new LongAdder();

    TimeHistogram() {
        Arrays.setAll(counts, bound -> new LongAdder());
    }

    /** Counts calls of the same duration each. */
    void add(long nanosEach, long calls) {
        int bound = 0;
        while (bound < BOUNDS_NANOS.length && nanosEach > BOUNDS_NANOS[bound]) {
            bound++;
        }
        counts[bound].add(calls);
        nanos.add(nanosEach * calls);
    }

    /** Calls for each bound, not cumulative. */
    long[] counts() {
        return Arrays.stream(counts).mapToLong(LongAdder::sum).toArray();
    }

    double sumSeconds() {
        return nanos.sum() / 1e9;
    }
}
