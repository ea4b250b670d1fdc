package dev.motorpool.job;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Why a request is refused, or why a job or an item has no value: all problem types of the API, with name, status, title
 * and additional members.
 */
public enum ProblemType {
    MALFORMED_REQUEST(400, "Malformed request", "pointer"),
    /** Only in streams, which have their status before. */
    MALFORMED_ITEM(400, "Malformed item", "index"),
    INVALID_ARGUMENTS(400, "Invalid arguments", "pointer"),
    /** The pool that was named has workers of another runtime. */
    WRONG_RUNTIME(400, "Wrong runtime", "pointer", "pools"),
    FORBIDDEN_ADDRESS(400, "Forbidden address", "pointer"),
    UNAUTHORIZED(401, "Unauthorized", "right"),
    FORBIDDEN(403, "Forbidden", "right"),
    UNKNOWN_FUNCTION(404, "Unknown function", "name", "suggestion"),
    UNKNOWN_SOURCE(404, "Unknown source", "name", "suggestion"),
    UNKNOWN_POOL(404, "Unknown pool", "name", "suggestion"),
    UNKNOWN_WORKER(404, "Unknown worker", "name", "suggestion"),
    UNKNOWN_JOB(404, "Unknown job", "name", "suggestion"),
    UNKNOWN_DELIVERY(404, "Unknown delivery", "name", "suggestion"),
    UNKNOWN_PATH(404, "Unknown path", "name", "suggestion"),
    METHOD_NOT_ALLOWED(405, "Method not allowed"),
    NOT_ACCEPTABLE(406, "Not acceptable"),
    REQUEST_TIMEOUT(408, "Request timeout"),
    POOL_CLOSED(409, "Pool closed"),
    POOL_RUNNING(409, "Pool running"),
    POOL_IS_DEFAULT(409, "Pool is a default"),
    WRONG_KIND(409, "Wrong kind"),
    JOB_NOT_FINISHED(409, "Job not finished"),
    JOB_NOT_FAILED(409, "Job not failed"),
    NOT_A_MAP(409, "Not a map"),
    JOB_CANCELLED(410, "Job cancelled", "job"),
    JOB_EXPIRED(410, "Job expired", "job"),
    CONTENT_TOO_LARGE(413, "Content too large", "limit", "index?"),
    UNSUPPORTED_MEDIA_TYPE(415, "Unsupported media type"),
    MISDIRECTED(421, "Misdirected request"),
    FUNCTION_RAISED(422, "Function raised", "exception", "message", "traceback", "exit_code?", "signal?", "index?"),
    VALUE_NOT_JSON(422, "Value not JSON", "index?"),
    VALUE_TOO_LARGE(422, "Value too large", "index?"),
    IDEMPOTENCY_KEY_REUSED(422, "Idempotency key reused"),
    QUEUE_FULL(429, "Queue full"),
    LIMIT_REACHED(429, "Limit reached", "limit"),
    INTERNAL(500, "Internal error"),
    WORKER_LOST(502, "Worker lost", "exit_code?", "signal?", "reason", "index?"),
    UNAVAILABLE(503, "Unavailable", "reason"),
    POOL_BROKEN(503, "Pool broken", "reason"),
    JOB_TIMEOUT(504, "Job timeout", "timeout", "index?");

    public static final String URN = "urn:motorpool:problem:";

    private static final Map<String, ProblemType> BY_WORD =
            Arrays.stream(values()).collect(Collectors.toUnmodifiableMap(ProblemType::word, type -> type));

    private final String word = name().toLowerCase(Locale.ROOT).replace('_', '-');
    private final int status;
    private final String title;

    /** Members besides those that all problems have; a question mark marks an optional one. */
    @SuppressWarnings("ImmutableEnumChecker") // made by List.of
    private final List<String> members;

    ProblemType(int status, String title, String... members) {
        this.status = status;
        this.title = title;
        this.members = List.of(members);
    }

    /** The short name. */
    public String word() {
        return word;
    }

    public int status() {
        return status;
    }

    public String title() {
        return title;
    }

    public List<String> members() {
        return members;
    }

    /** Whether the answer has the header {@code Retry-After}. */
    public boolean saysWhenAgain() {
        return switch (this) {
            case QUEUE_FULL, LIMIT_REACHED, UNAVAILABLE, POOL_BROKEN -> true;
            default -> false;
        };
    }

    public static @Nullable ProblemType of(String word) {
        return BY_WORD.get(word);
    }
}
