package dev.motorpool.detached.time;

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
 * Relative times of jobs by the steady clock: starts ({@code delay}, {@code retry_delay}), or expiries
 * ({@code expires}). The store has these times by the system clock, and they diverge when that is set: they are
 * corrected before due jobs are looked up. The number of jobs is bounded; for further jobs, and for those from before a
 * restart, the stored time applies. One monitor guards all fields.
 */
public final class RelativeTimes {

    private static final int MOST = 100_000;

    /** Smaller differences are ignored, because synchronized clocks are adjusted all the time. */
    private static final Duration TOLERANCE = Duration.ofMillis(100);

    private final Clock clock;
    private final Clock steady;

    @GuardedBy("this")
    private final Map<UUID, Time> times = new HashMap<>();

    /** Difference between the system clock and the steady clock at the latest check. */
    @GuardedBy("this")
    private Duration ahead = Duration.ZERO;

    /** Whether a job was added whose stored time is wrong. */
    @GuardedBy("this")
    private boolean unfit;

    /**
     * A time of a job.
     *
     * @param at by the system clock, as stored
     * @param steadily by the steady clock
     */
    public record Time(UUID job, Instant at, Instant steadily) {}

    public RelativeTimes(Clock clock, Clock steady) {
        this.clock = clock;
        this.steady = steady;
    }

    /** The time of a job at this delay from now. */
    public Time in(UUID job, Duration delay) {
        return in(job, delay, clock.instant());
    }

    /** The time of a job at this delay from now, stored as this delay from the given moment. */
    public Time in(UUID job, Duration delay, Instant from) {
        return new Time(job, from.plus(delay), steady.instant().plus(delay));
    }

    /** The job is in the store with this time. */
    public synchronized void add(Time time) {
        if (times.size() < MOST || times.containsKey(time.job)) {
            times.put(time.job, time);
            unfit |= !fits(time, ahead);
        }
    }

    /** The time is no longer needed. */
    public synchronized void remove(UUID job) {
        times.remove(job);
    }

    /** Number of jobs whose times are known here. */
    synchronized int size() {
        return times.size();
    }

    /** The time of this job by the steady clock; if it is unknown here, converted by the current difference. */
    public synchronized Instant steadily(UUID job, Instant at) {
        Time time = times.get(job);
        return time == null ? at.minus(Duration.between(steady.instant(), clock.instant())) : time.steadily;
    }

    /** Time until this moment of the steady clock; negative once it has passed. */
    public Duration until(Instant steadily) {
        return Duration.between(steady.instant(), steadily);
    }

    private static boolean fits(Time time, Duration ahead) {
        return Duration.between(time.steadily.plus(ahead), time.at).abs().compareTo(TOLERANCE) < 0;
    }

    /** The jobs whose stored time has to be corrected, with the corrected time. */
    public synchronized List<Time> corrections(Instant now) {
        Duration before = ahead;
        Duration after = Duration.between(steady.instant(), now);
        if (!unfit && before.minus(after).abs().compareTo(TOLERANCE) < 0) {
            return List.of();
        }
        ahead = after;
        List<Time> corrections = new ArrayList<>();
        for (Time time : times.values()) {
            if (!fits(time, after)) {
                corrections.add(new Time(time.job, time.steadily.plus(after), time.steadily));
            }
        }
        unfit = !corrections.isEmpty();
        return corrections;
    }

    /** The correction is in the store, unless the time is no longer needed. */
    public synchronized void corrected(Time time) {
        times.computeIfPresent(time.job, (job, known) -> known.steadily.equals(time.steadily) ? time : known);
    }
}
