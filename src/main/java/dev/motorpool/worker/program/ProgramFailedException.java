package dev.motorpool.worker.program;

import org.jspecify.annotations.Nullable;

/** A program ended with a code other than 0, or by a signal. The message is the end of what it said about it. */
public final class ProgramFailedException extends Exception {
    private static final long serialVersionUID = 1L;

    /** The name of this failure in the API. */
    public static final String NAME = "ProgramFailed";

    /** Shells, and the JVM, write that a signal ended a process as 128 and its number. */
    private static final int SIGNALS = 128;

    private static final int GREATEST_SIGNAL = 64;

    private final int status;

    ProgramFailedException(int status, String said) {
        super(said.isBlank() ? sentence(status) : said, null, false, false);
        this.status = status;
    }

    private static String sentence(int status) {
        return isSignal(status)
                ? "The program was ended by signal " + (status - SIGNALS) + "."
                : "The program exited with code " + status + ".";
    }

    private static boolean isSignal(int status) {
        return status > SIGNALS && status <= SIGNALS + GREATEST_SIGNAL;
    }

    /** The exit code; null if a signal ended the program. */
    public @Nullable Integer exitCode() {
        return isSignal(status) ? null : (Integer) status;
    }

    /** The number of the signal that ended the program; null if it exited. */
    public @Nullable Integer signal() {
        return isSignal(status) ? (Integer) (status - SIGNALS) : null;
    }

    @Override
    public String getMessage() {
        return String.valueOf(super.getMessage());
    }
}
