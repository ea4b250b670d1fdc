package dev.motorpool.job;

import java.util.Locale;

/** Why a call is refused, or why a job has no value. Its word is the short name in the API. */
public enum ErrorType {
    MALFORMED_REQUEST,
    MALFORMED_ITEM,
    INVALID_ARGUMENTS,
    FORBIDDEN_ADDRESS,
    UNKNOWN_FUNCTION,
    UNKNOWN_POOL,
    UNKNOWN_WORKER,
    UNKNOWN_JOB,
    REQUEST_TIMEOUT,
    CONTENT_TOO_LARGE,
    POOL_CLOSED,
    POOL_RUNNING,
    WRONG_KIND,
    JOB_NOT_FINISHED,
    JOB_NOT_FAILED,
    NOT_A_MAP,
    JOB_CANCELLED,
    JOB_EXPIRED,
    FUNCTION_RAISED,
    VALUE_NOT_JSON,
    VALUE_TOO_LARGE,
    IDEMPOTENCY_KEY_REUSED,
    QUEUE_FULL,
    LIMIT_REACHED,
    INTERNAL,
    WORKER_LOST,
    UNAVAILABLE,
    POOL_BROKEN,
    JOB_TIMEOUT;

    private final String word = name().toLowerCase(Locale.ROOT).replace('_', '-');

    public String word() {
        return word;
    }
}
