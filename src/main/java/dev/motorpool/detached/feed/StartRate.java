package dev.motorpool.detached.feed;

import java.time.Duration;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The recent rate at which jobs of a pool start. It covers the last sixteen seconds, without those in which none could
 * start because the pool was paused or no job waited. Guarded by its owner.
 */
final class StartRate {

    private static final int SECONDS = 16;
    private static final long SECOND_NANOS = 1_000_000_000;

    /** Number of starts in each second. */
    private final long[] starts = new long[SECONDS];

    /** Whether a job could have started in that second. */
    private final boolean[] open = new boolean[SECONDS];

    private long second = Long.MIN_VALUE;

    /** A job has started. */
    void add(long nanoTime) {
        int place = at(nanoTime);
        starts[place]++;
        open[place] = true;
    }

    /** A job could have started. */
    void couldStart(long nanoTime) {
        open[at(nanoTime)] = true;
    }

    /** The slot of this second; clears expired slots. */
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

    /** Expected time for this many starts; null if none has started recently. */
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
                // The current second is only partly over.
                seconds += place == now ? Math.floorMod(nanoTime, SECOND_NANOS) / (double) SECOND_NANOS : 1;
            }
        }
        return Duration.ofNanos((long) (count * Math.max(1, seconds) / sum * SECOND_NANOS));
    }
}
