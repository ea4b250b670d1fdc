package dev.motorpool.pool;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The reason why a call has no value. */
public sealed interface Failure {

    /**
     * The function threw an exception.
     *
     * @param exception its class name
     * @param message its message, empty if it had none
     * @param traceback its stack trace, cut to a bounded length
     * @param exitCode what the function's own program exited with; null: there is none, or a signal ended it
     * @param signal what ended the function's own program; null: nothing of the kind
     */
    record Raised(
            String exception,
            String message,
            String traceback,
            @Nullable Integer exitCode,
            @Nullable Integer signal) implements Failure {
        public Raised(String exception, String message, String traceback) {
            this(exception, message, traceback, null, null);
        }
    }

    /** The function returned something without a JSON form. */
    record ValueNotJson(String message) implements Failure {}

    /** The function returned a value of more than {@code limit} bytes. */
    record ValueTooLarge(long limit) implements Failure {}

    /** The call ran longer than {@code timeout}. */
    record TimedOut(Duration timeout) implements Failure {}

    /**
     * The worker process died while it held the call.
     *
     * @param exitCode its exit code; null if a signal ended it or nothing is known
     * @param signal the number of the signal that ended it, or null
     * @param reason a sentence for people: crash, kill, memory limit, broken protocol
     */
    record WorkerLost(@Nullable Integer exitCode, @Nullable Integer signal, String reason) implements Failure {}

    /** The call was cancelled, or its pool was terminated. */
    record Cancelled() implements Failure {}

    /** The call did not start in time. */
    record Expired() implements Failure {}

    /** The pool cannot start workers. */
    record PoolBroken(String reason) implements Failure {}

    /** The worker does not have the function: it has gone since the call was taken. */
    record FunctionMissing() implements Failure {}

    /** The service is stopping. */
    record Unavailable(String reason) implements Failure {}
}
