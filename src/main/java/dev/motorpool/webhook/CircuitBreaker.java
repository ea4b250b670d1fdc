package dev.motorpool.webhook;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Stops tries to a receiver that does not answer. After some tries in a row without an answer it opens: nothing is
 * tried for a while, then one try tests whether the receiver is back. A receiver may also ask for a pause, which ends
 * early only by an answer to a try that began in it. Guarded by its owner.
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

    /** Counts changes: opened, closed again, or a pause that the receiver asked for. */
    private int generation;

    /** No tries before this, as the receiver was silent; null if there is no reason to wait. */
    private @Nullable Instant until;

    /** No tries before this, as the receiver has asked for a pause; null if it has not. */
    private @Nullable Instant askedUntil;

    /** The generation that began when the receiver last asked for a pause. */
    private int askedGeneration;

    /** Whether a try may begin if no other is under way; true also after the clock has been set back. */
    boolean allows(Instant now) {
        return until(now) == null;
    }

    /** When {@link #allows} will return true; null if it does now. */
    @Nullable
    Instant until(Instant now) {
        return later(ahead(until, now), ahead(askedUntil, now));
    }

    /** This moment if it is in the future, and no further away than a pause may last. */
    private static @Nullable Instant ahead(@Nullable Instant moment, Instant now) {
        boolean ahead =
                moment != null && now.isBefore(moment) && !now.plus(LONGEST).isBefore(moment);
        return ahead ? moment : null;
    }

    private static @Nullable Instant later(@Nullable Instant one, @Nullable Instant other) {
        return one == null || (other != null && one.isBefore(other)) ? other : one;
    }

    /** Whether the receiver has failed to answer for so long that one try at a time is enough. */
    boolean isOpen() {
        return silences >= SILENCES;
    }

    /** Whether the latest try had an answer, or there was none yet. */
    boolean isClosed() {
        return silences == 0;
    }

    /** The value that a try that begins now passes to {@link #onSuccess} or {@link #onFailure} at its end. */
    int generation() {
        return generation;
    }

    /**
     * A try had an answer. One that began before the receiver asked for a pause does not end that pause.
     *
     * @param begun the {@link #generation} in which it began
     */
    void onSuccess(int begun) {
        if (isOpen()) {
            generation++;
        }
        silences = 0;
        until = null;
        if (begun >= askedGeneration) {
            askedUntil = null;
        }
    }

    /**
     * A try had no answer. Tries that began before the current generation do not count: they add no information.
     *
     * @param begun the {@link #generation} in which it began
     */
    void onFailure(int begun, Instant now) {
        if (begun != generation) {
            return;
        }
        silences++;
        if (isOpen()) {
            generation++;
            long seconds = 1L << Math.min(silences - SILENCES, 6);
            until = now.plusSeconds(Math.min(seconds, LONGEST.toSeconds()));
        }
    }

    /**
     * The receiver has asked for a pause until then. The pause is at most the longest one, and does not shorten an
     * earlier one. A moment that has passed is ignored.
     */
    void pause(Instant now, Instant asked) {
        if (asked.isAfter(now)) {
            Instant latest = now.plus(LONGEST);
            askedUntil = later(ahead(askedUntil, now), asked.isAfter(latest) ? latest : asked);
            generation++;
            askedGeneration = generation;
        }
    }
}
