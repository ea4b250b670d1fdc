package dev.motorpool.conform;

import java.time.Duration;

/**
 * How long the kit waits. A worker that does what it must is never waited for so long.
 *
 * @param factor what all limits are multiplied by
 */
record Patience(double factor) {

    private static final double START_SECONDS = 20;
    private static final double ANSWER_SECONDS = 20;
    private static final double END_SECONDS = 10;
    private static final double SILENCE_SECONDS = 1;

    /** From the start of a process to its hello. */
    Duration start() {
        return seconds(START_SECONDS);
    }

    /** From an order to a report that it leads to. */
    Duration answer() {
        return seconds(ANSWER_SECONDS);
    }

    /** From the end of the orders to the end of the process. */
    Duration end() {
        return seconds(END_SECONDS);
    }

    /** For something that may come, and must not. */
    Duration silence() {
        return seconds(SILENCE_SECONDS);
    }

    private Duration seconds(double seconds) {
        return Duration.ofMillis(Math.max(1, Math.round(seconds * factor * 1000)));
    }
}
