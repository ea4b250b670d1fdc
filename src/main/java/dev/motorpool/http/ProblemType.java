package dev.motorpool.http;

import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Every problem that a client can meet: its name, status and title. */
enum ProblemType {
    MALFORMED_REQUEST(400, "Malformed request"),
    INVALID_ARGUMENTS(400, "Invalid arguments"),
    FORBIDDEN_ADDRESS(400, "Forbidden address"),
    UNAUTHORIZED(401, "Unauthorized"),
    FORBIDDEN(403, "Forbidden"),
    UNKNOWN_FUNCTION(404, "Unknown function"),
    UNKNOWN_POOL(404, "Unknown pool"),
    UNKNOWN_WORKER(404, "Unknown worker"),
    UNKNOWN_JOB(404, "Unknown job"),
    UNKNOWN_DELIVERY(404, "Unknown delivery"),
    UNKNOWN_PATH(404, "Unknown path"),
    METHOD_NOT_ALLOWED(405, "Method not allowed"),
    NOT_ACCEPTABLE(406, "Not acceptable"),
    REQUEST_TIMEOUT(408, "Request timeout"),
    POOL_CLOSED(409, "Pool closed"),
    POOL_RUNNING(409, "Pool running"),
    WRONG_KIND(409, "Wrong kind"),
    JOB_NOT_FINISHED(409, "Job not finished"),
    JOB_NOT_FAILED(409, "Job not failed"),
    NOT_A_MAP(409, "Not a map"),
    JOB_CANCELLED(410, "Job cancelled"),
    JOB_EXPIRED(410, "Job expired"),
    CONTENT_TOO_LARGE(413, "Content too large"),
    UNSUPPORTED_MEDIA_TYPE(415, "Unsupported media type"),
    MISDIRECTED(421, "Misdirected request"),
    FUNCTION_RAISED(422, "Function raised"),
    VALUE_NOT_JSON(422, "Value not JSON"),
    VALUE_TOO_LARGE(422, "Value too large"),
    IDEMPOTENCY_KEY_REUSED(422, "Idempotency key reused"),
    QUEUE_FULL(429, "Queue full"),
    INTERNAL(500, "Internal error"),
    WORKER_LOST(502, "Worker lost"),
    UNAVAILABLE(503, "Unavailable"),
    POOL_BROKEN(503, "Pool broken"),
    JOB_TIMEOUT(504, "Job timeout");

    static final String URN = "urn:motorpool:problem:";

    private static final Map<String, ProblemType> BY_WORD =
            Arrays.stream(values()).collect(Collectors.toUnmodifiableMap(ProblemType::word, type -> type));

    private final String word = name().toLowerCase(Locale.ROOT).replace('_', '-');
    private final int status;
    private final String title;

    ProblemType(int status, String title) {
        this.status = status;
        this.title = title;
    }

    /** The short name. */
    String word() {
        return word;
    }

    int status() {
        return status;
    }

    String title() {
        return title;
    }

    static @Nullable ProblemType of(String word) {
        return BY_WORD.get(word);
    }
}
