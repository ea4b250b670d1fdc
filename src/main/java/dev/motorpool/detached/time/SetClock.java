package dev.motorpool.detached.time;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Notices that the system's clock was set. Nobody can tell whether it was right before or is right now: what ended in a
 * period between two settings is dated anew only if that was shorter than an hour, and a clock that was set ahead makes
 * nothing be forgotten within an hour. One monitor guards all of it.
 */
public final class SetClock {

    private static final Duration TOLERANCE = Duration.ofSeconds(1);
    private static final Duration LONG = Duration.ofHours(1);

    private final Clock steady;

    /** By how much the system's clock was ahead of the steady one after the latest change. */
    @GuardedBy("this")
    private Duration ahead;

    /** By how much it was ahead when it had not been set for an hour, or at the start. */
    @GuardedBy("this")
    private Duration believed;

    // By the steady clock:

    /** The latest look that found no change. */
    @GuardedBy("this")
    private Instant looked;

    /** The latest change. */
    @GuardedBy("this")
    private Instant changed;

    /** What has ended since then is dated by the clock as it is. */
    @GuardedBy("this")
    private Instant since;

    /**
     * The clock was set.
     *
     * @param before by how much it was ahead of the steady clock
     * @param by how much later it is
     * @param from what has ended since then, by the clock as it was, is to be dated anew; null: nothing is
     * @param until the present, by the clock as it was
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

    /** How the clock was set; null if it was not. */
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

    /** Whether the store is still to follow this change, which it does now. */
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

    /** This moment, or an earlier one if the clock was set ahead less than an hour ago: as it would be without that. */
    public synchronized Instant believed(Instant now) {
        Instant known = steady.instant().plus(believed);
        return known.isBefore(now) ? known : now;
    }
}
