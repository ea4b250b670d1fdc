package dev.motorpool.pool;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A pool rejects a request; nothing has happened. */
public final class RefusedException extends Exception {
    private static final long serialVersionUID = 1L;

    /** Why the pool rejects it. */
    public enum Cause {
        /** The queue is full. */
        QUEUE_FULL,
        /** The pool is closed or terminated. */
        CLOSED,
        /** The pool has not been closed. */
        RUNNING,
        /** The pool cannot start workers. */
        BROKEN,
        /** The pool exists and is of another kind. */
        WRONG_KIND,
        /** The service is stopping. */
        UNAVAILABLE;

        String word() {
            return switch (this) {
                case QUEUE_FULL -> "queue-full";
                case CLOSED -> "pool-closed";
                case RUNNING -> "pool-running";
                case BROKEN -> "pool-broken";
                case WRONG_KIND -> "wrong-kind";
                case UNAVAILABLE -> "unavailable";
            };
        }
    }

    private final Cause cause;
    private final transient @Nullable Duration retryAfter;

    public RefusedException(Cause cause, String message, @Nullable Duration retryAfter) {
        super(message, null, false, false);
        this.cause = cause;
        this.retryAfter = retryAfter;
    }

    public Cause why() {
        return cause;
    }

    /** When a retry is worthwhile, measured; null where that does not apply. */
    public @Nullable Duration retryAfter() {
        return retryAfter;
    }
}
