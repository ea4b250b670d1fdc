package dev.motorpool.detached;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * The scheduled jobs that start a length of time after something (a {@code delay}, a {@code retry_delay}), by the steady
 * clock. The store has their starts by the system's clock, from which they differ once that is set: they are corrected before
 * anything is found to be due. Bounded: of more jobs, and of those from before a restart, the store's time holds. One monitor
 * guards all of it.
 */
final class RelativeStarts {

    private static final int MOST = 100_000;

    /** Differences below this are left: clocks that are kept right are adjusted all the time. */
    private static final Duration TOLERANCE = Duration.ofMillis(100);

    private final Clock clock;
    private final Clock steady;

    @GuardedBy("this")
    private final Map<UUID, Start> starts = new HashMap<>();

    /** By how much the system's clock was ahead of the steady one at the latest look. */
    @GuardedBy("this")
    private Duration ahead = Duration.ZERO;

    /** Whether a job was added whose stored start does not fit. */
    @GuardedBy("this")
    private boolean unfit;

    /**
     * The start of a job.
     *
     * @param at by the system's clock, as it is stored
     * @param steadily by the steady clock
     */
    record Start(UUID job, Instant at, Instant steadily) {}

    RelativeStarts(Clock clock, Clock steady) {
        this.clock = clock;
        this.steady = steady;
    }

    /** The start of a job that starts a length of time from now. */
    Start in(UUID job, Duration delay) {
        return new Start(job, clock.instant().plus(delay), steady.instant().plus(delay));
    }

    /** The job is in the store with this start. */
    synchronized void add(Start start) {
        if (starts.size() < MOST || starts.containsKey(start.job)) {
            starts.put(start.job, start);
            unfit |= !fits(start, ahead);
        }
    }

    /** The job is not scheduled any more. */
    synchronized void remove(UUID job) {
        starts.remove(job);
    }

    private static boolean fits(Start start, Duration ahead) {
        return Duration.between(start.steadily.plus(ahead), start.at).abs().compareTo(TOLERANCE) < 0;
    }

    /** The jobs whose stored start has to be another, with that one. */
    synchronized List<Start> corrections(Instant now) {
        Duration before = ahead;
        Duration after = Duration.between(steady.instant(), now);
        if (!unfit && before.minus(after).abs().compareTo(TOLERANCE) < 0) {
            return List.of();
        }
        ahead = after;
        List<Start> corrections = new ArrayList<>();
        for (Start start : starts.values()) {
            if (!fits(start, after)) {
                corrections.add(new Start(start.job, start.steadily.plus(after), start.steadily));
            }
        }
        unfit = !corrections.isEmpty();
        return corrections;
    }

    /** The correction is in the store, unless the job is not scheduled any more. */
    synchronized void corrected(Start start) {
        starts.computeIfPresent(start.job, (job, known) -> known.steadily.equals(start.steadily) ? start : known);
    }
}
