package dev.motorpool.conform;

import java.io.IOException;

/**
 * The test of one MUST.
 *
 * @param must its identifier in docs/protocol.md, such as {@code P12}
 * @param text what a worker that passes does
 */
record Check(String must, String text, Body body) {

    /** Starts workers, sends orders and compares what comes. */
    @FunctionalInterface
    interface Body {
        void run(Trial trial) throws UnmetException, SkippedException, IOException, InterruptedException;
    }
}
