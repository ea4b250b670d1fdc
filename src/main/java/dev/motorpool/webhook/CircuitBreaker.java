package dev.motorpool.webhook;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Keeps tries away from a receiver that does not answer. After some tries in a row without an answer it is open: for a
 * while nothing is tried, then one try finds out whether the receiver is back. A receiver may also ask for a pause; that
 * ends before its time only by an answer to a try that began in it. Guarded by its owner.
 *
 * <pre>
 *   CLOSED -> (5 silences in a row) -> OPEN -> (a pause of 1 s, doubled each time up to 60 s) -> one try
 *   any answer -> CLOSED
 * </pre>
 */
final class CircuitBreaker {

    static final int SILENCES = 5;
    static final Duration LONGEST = Duration.ofSeconds(60);

    /** Tries in a row without an answer. */
    private int silences;

    /** How often it has opened, or closed again, or the receiver has asked for a pause. */
    private int era;

    /** Nothing is tried before this, as the receiver was silent; null while there is no reason to wait. */
    private @Nullable Instant until;

    /** Nothing is tried before this, as the receiver has asked for that; null if it has not. */
    private @Nullable Instant askedUntil;

    /** The era that began as the receiver asked for a pause the last time. */
    private int askedEra;

    /** Whether something may be tried, if nothing else is under way; so too once the clock has been set back. */
    boolean allows(Instant now) {
        return until(now) == null;
    }

    /** When {@link #allows} will say yes; null if it does now. */
    @Nullable
    Instant until(Instant now) {
        return later(ahead(until, now), ahead(askedUntil, now));
    }

    /** This moment if it is still to come, and not further away than a pause may last. */
    private static @Nullable Instant ahead(@Nullable Instant moment, Instant now) {
        boolean ahead =
                moment != null && now.isBefore(moment) && !now.plus(LONGEST).isBefore(moment);
        return ahead ? moment : null;
    }

    private static @Nullable Instant later(@Nullable Instant one, @Nullable Instant other) {
        return one == null || (other != null && one.isBefore(other)) ? other : one;
    }

    /** Whether the receiver has not answered for so long that one try at a time is enough. */
    boolean doubts() {
        return silences >= SILENCES;
    }

    /** Whether the latest try had an answer, or there was none yet. */
    boolean trusts() {
        return silences == 0;
    }

    /** What a try that begins now is to tell {@link #answered} or {@link #silent} once it is over. */
    int era() {
        return era;
    }

    /**
     * A try had an answer. One that began before the receiver asked for a pause does not end that pause.
     *
     * @param begun the {@link #era} in which it began
     */
    void answered(int begun) {
        if (doubts()) {
            era++;
        }
        silences = 0;
        until = null;
        if (begun >= askedEra) {
            askedUntil = null;
        }
    }

    /**
     * A try had no answer. Those that began before the present era do not count: they say nothing new.
     *
     * @param begun the {@link #era} in which it began
     */
    void silent(int begun, Instant now) {
        if (begun != era) {
            return;
        }
        silences++;
        if (doubts()) {
            era++;
            long seconds = 1L << Math.min(silences - SILENCES, 6);
            until = now.plusSeconds(Math.min(seconds, LONGEST.toSeconds()));
        }
    }

    /**
     * The receiver has asked to be left alone until then; not longer than the longest pause, and no shorter than it has
     * asked for before. A moment that has passed asks for nothing.
     */
    void pause(Instant now, Instant asked) {
        if (asked.isAfter(now)) {
            Instant latest = now.plus(LONGEST);
            askedUntil = later(ahead(askedUntil, now), asked.isAfter(latest) ? latest : asked);
            era++;
            askedEra = era;
        }
    }
}
