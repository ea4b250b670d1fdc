package dev.motorpool.conform;

/** A MUST does not apply to this worker; the message says why. */
final class SkippedException extends Exception {
    private static final long serialVersionUID = 1;

    SkippedException(String reason) {
        super(reason);
    }
}
