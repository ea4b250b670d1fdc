package dev.motorpool.detached.feed;

import java.time.Duration;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * How fast jobs of a pool start, of late: by the last sixteen seconds, without those in which none could because the pool
 * was paused, or none waited. Guarded by its owner.
 */
final class StartRate {

    private static final int SECONDS = 16;
    private static final long SECOND_NANOS = 1_000_000_000;

    /** How many have started in each second. */
    private final long[] starts = new long[SECONDS];

    /** Whether one could have started in it. */
    private final boolean[] open = new boolean[SECONDS];

    private long second = Long.MIN_VALUE;

    /** One has started. */
    void add(long nanoTime) {
        int place = at(nanoTime);
        starts[place]++;
        open[place] = true;
    }

    /** None may have started, but one could have. */
    void couldStart(long nanoTime) {
        open[at(nanoTime)] = true;
    }

    /** The place of this second; those that were too long ago are cleared. */
    private int at(long nanoTime) {
        long now = Math.floorDiv(nanoTime, SECOND_NANOS);
        if (now - second >= SECONDS || second == Long.MIN_VALUE) {
            Arrays.fill(starts, 0);
            Arrays.fill(open, false);
        } else {
            for (long passed = second + 1; passed <= now; passed++) {
                int place = Math.floorMod(passed, SECONDS);
                starts[place] = 0;
                open[place] = false;
            }
        }
        second = Math.max(second, now);
        return Math.floorMod(now, SECONDS);
    }

    /** How long so many starts take; null if none has started of late. */
    @Nullable
    Duration timeFor(long count, long nanoTime) {
        int now = at(nanoTime);
        long sum = Arrays.stream(starts).sum();
        if (sum == 0) {
            return null;
        }
        double seconds = 0;
        for (int place = 0; place < SECONDS; place++) {
            if (open[place]) {
                // Of this second only a part has passed.
                seconds += place == now ? Math.floorMod(nanoTime, SECOND_NANOS) / (double) SECOND_NANOS : 1;
            }
        }
        return Duration.ofNanos((long) (count * Math.max(1, seconds) / sum * SECOND_NANOS));
    }
}
