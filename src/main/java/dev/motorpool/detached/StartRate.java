package dev.motorpool.detached;

import java.time.Duration;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** How many jobs of a pool have started in each of the last sixteen seconds. Guarded by its owner. */
final class StartRate {

    private static final int SECONDS = 16;
    private static final long SECOND_NANOS = 1_000_000_000;

    private final long[] counts = new long[SECONDS];
    private long second = Long.MIN_VALUE;

    void add(long nanoTime) {
        counts[at(nanoTime)]++;
    }

    /** The place of this second; those that were too long ago are cleared. */
    private int at(long nanoTime) {
        long now = Math.floorDiv(nanoTime, SECOND_NANOS);
        if (now - second >= SECONDS || second == Long.MIN_VALUE) {
            Arrays.fill(counts, 0);
        } else {
            for (long passed = second + 1; passed <= now; passed++) {
                counts[Math.floorMod(passed, SECONDS)] = 0;
            }
        }
        second = Math.max(second, now);
        return Math.floorMod(now, SECONDS);
    }

    @Nullable
    Duration timeFor(long starts, long nanoTime) {
        at(nanoTime);
        long sum = Arrays.stream(counts).sum();
        return sum == 0 ? null : Duration.ofNanos((long) ((double) starts / sum * SECONDS * SECOND_NANOS));
    }
}
