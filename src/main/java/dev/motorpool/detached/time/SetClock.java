package dev.motorpool.detached.time;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Detects that the system clock was set. It is unknown whether the clock was right before or is right now. So jobs that
 * ended between two settings are redated only if that period was shorter than an hour, and a clock that was set ahead
 * deletes nothing within an hour. One monitor guards all fields.
 */
public final class SetClock {

    private static final Duration TOLERANCE = Duration.ofSeconds(1);
    private static final Duration LONG = Duration.ofHours(1);

    private final Clock steady;

    /** Difference between the system clock and the steady clock after the latest change. */
    @GuardedBy("this")
    private Duration ahead;

    /** The difference when the clock had not been set for an hour, or at the start. */
    @GuardedBy("this")
    private Duration believed;

    // By the steady clock:

    /** The latest check without a change. */
    @GuardedBy("this")
    private Instant looked;

    /** The latest change. */
    @GuardedBy("this")
    private Instant changed;

    /** Jobs that have ended since then are dated by the current clock. */
    @GuardedBy("this")
    private Instant since;

    /**
     * A setting of the clock.
     *
     * @param before the difference to the steady clock before
     * @param by how much later the clock is
     * @param from jobs that ended since then, by the old clock, are redated; null: none
     * @param until the present, by the old clock
     */
    public record Change(
            Duration before, Duration by, @Nullable Instant from, Instant until) {}

    public SetClock(Clock clock, Clock steady) {
        this.steady = steady;
        looked = steady.instant();
        changed = looked;
        since = looked;
        ahead = Duration.between(looked, clock.instant());
        believed = ahead;
    }

    /** The latest setting of the clock; null if it was not set. */
    public synchronized @Nullable Change look(Instant now) {
        Instant present = steady.instant();
        Duration by = Duration.between(present, now).minus(ahead);
        if (by.abs().compareTo(TOLERANCE) >= 0) {
            boolean brief = Duration.between(since, present).compareTo(LONG) < 0;
            return new Change(ahead, by, brief ? since.plus(ahead) : null, present.plus(ahead));
        }
        looked = present;
        if (Duration.between(changed, present).compareTo(LONG) >= 0) {
            believed = ahead;
        }
        return null;
    }

    /** Whether the store has not followed this change yet; marks it as followed. */
    public synchronized boolean take(Change change) {
        if (!ahead.equals(change.before)) {
            return false;
        }
        ahead = ahead.plus(change.by);
        changed = looked;
        if (change.from == null) {
            since = looked;
        }
        return true;
    }

    /**
     * This moment, or an earlier one if the clock was set ahead less than an hour ago: the time without that change.
     */
    public synchronized Instant believed(Instant now) {
        Instant known = steady.instant().plus(believed);
        return known.isBefore(now) ? known : now;
    }
}
