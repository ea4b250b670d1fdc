package dev.motorpool.detached.model;

import java.time.Instant;
import java.util.Locale;

/**
 * Why a job has not started.
 *
 * @param since when it began to wait for this
 * @param detail a sentence for people
 */
public record Waiting(Reason reason, Instant since, String detail) {

    /** What a job waits for. */
    public enum Reason {
        /** A slot of its pool, behind other jobs or calls. */
        SLOT,
        POOL_PAUSED,
        POOL_BROKEN,
        POOL_MISSING,
        FUNCTION_MISSING,
        /** The start time that its client chose. */
        START_TIME,
        /** The time of its next attempt. */
        RETRY,
        /** The store, or room in memory: the job could start otherwise. */
        STORE;

        private final String word = name().toLowerCase(Locale.ROOT).replace('_', '-');

        public String word() {
            return word;
        }
    }
}
