package dev.motorpool.webhook;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Keeps tries away from a receiver that does not answer. After some tries in a row without an answer it is open: for a
 * while nothing is tried, then one try finds out whether the receiver is back. Guarded by its owner.
 *
 * <pre>
 *   CLOSED -> (5 silences in a row) -> OPEN -> (a pause of 1 s, doubled each time up to 60 s) -> one try
 *   any answer -> CLOSED
 * </pre>
 */
final class Breaker {

    static final int SILENCES = 5;
    static final Duration LONGEST = Duration.ofSeconds(60);

    /** Tries in a row without an answer. */
    private int silences;

    /** How often it has opened, or closed again. */
    private int era;

    /** Nothing is tried before this; null while there is no reason to wait. */
    private @Nullable Instant until;

    /** Whether something may be tried, if nothing else is under way; so too once the clock has been set back. */
    boolean allows(Instant now) {
        return until == null || !now.isBefore(until) || now.plus(LONGEST).isBefore(until);
    }

    /** When {@link #allows} will say yes; null if it does now. */
    @Nullable
    Instant until(Instant now) {
        return allows(now) ? null : until;
    }

    /** Whether the receiver has not answered for so long that one try at a time is enough. */
    boolean doubts() {
        return silences >= SILENCES;
    }

    /** Whether the latest try had an answer, or there was none yet. */
    boolean trusts() {
        return silences == 0;
    }

    /** What a try that begins now is to tell {@link #silent} once it is over. */
    int era() {
        return era;
    }

    void answered() {
        if (doubts()) {
            era++;
        }
        silences = 0;
        until = null;
    }

    /**
     * A try had no answer. Those that began before the breaker opened or closed do not count: they say nothing new.
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

    /** The receiver has asked to be left alone until then; not longer than the longest pause. */
    void pause(Instant now, Instant asked) {
        Instant latest = now.plus(LONGEST);
        until = asked.isAfter(latest) ? latest : asked;
    }
}
