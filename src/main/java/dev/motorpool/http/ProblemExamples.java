package dev.motorpool.http;

import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** One example of each problem, for the OpenAPI document. */
final class ProblemExamples {

    private static final UUID ID = UUID.fromString("0199c0de-7b1a-7c3e-8f00-5a1d2c3b4e5f");

    private ProblemExamples() {}

    static Problem of(ProblemType type) {
        Problem problem = new Problem(type, detail(type), ID, Map.of(), null, null);
        for (String member : type.members()) {
            Object value = type == ProblemType.WORKER_LOST && member.equals("exit_code?") ? null : value(type, member);
            if (value != null || !member.endsWith("?")) {
                problem = problem.with(member.replace("?", ""), value);
            }
        }
        return problem;
    }

    private static String detail(ProblemType type) {
        return switch (type) {
            case MALFORMED_REQUEST -> "priority must be an integer from -100 to 100.";
            case INVALID_ARGUMENTS -> "n must be an integer from 0 to 92.";
            case FORBIDDEN_ADDRESS -> "The URL points to a private network.";
            case UNAUTHORIZED -> "This needs an API key.";
            case FORBIDDEN -> "Pages of other origins may not use this service.";
            case UNKNOWN_FUNCTION -> "There is no function 'fibb'; did you mean 'fib'?";
            case UNKNOWN_POOL -> "There is no pool 'process'; did you mean 'processes'?";
            case UNKNOWN_WORKER -> "There is no worker 'processes-9'; did you mean 'processes-1'?";
            case UNKNOWN_JOB -> "There is no job of this id.";
            case UNKNOWN_DELIVERY -> "There is no delivery of this id.";
            case UNKNOWN_PATH -> "There is no path '/v1/aply'; did you mean '/v1/apply'?";
            case METHOD_NOT_ALLOWED -> "This path does not take PATCH; it takes GET, HEAD, OPTIONS.";
            case NOT_ACCEPTABLE -> "Answers are application/json; Accept excludes that.";
            case REQUEST_TIMEOUT -> "The body did not arrive within 30 s.";
            case POOL_CLOSED -> "Pool crunch is closed and takes no new calls.";
            case POOL_RUNNING -> "Pool crunch has not been closed.";
            case POOL_IS_DEFAULT ->
                "Functions that name no pool go to pool 'processes'. To delete it all the same, add ?force=true.";
            case WRONG_KIND -> "Pool crunch is of kind process and stays so; delete it first.";
            case JOB_NOT_FINISHED -> "The job is not finished.";
            case JOB_NOT_FAILED -> "The job has not failed.";
            case NOT_A_MAP -> "The job is not a map.";
            case JOB_CANCELLED -> "The call was cancelled, or its pool 'processes' was terminated.";
            case JOB_EXPIRED -> "The call had not started in pool 'processes' within its time to start of 5 s.";
            case CONTENT_TOO_LARGE -> "A body may have at most 16777216 bytes.";
            case UNSUPPORTED_MEDIA_TYPE -> "Bodies must come with the header Content-Type: application/json, in UTF-8.";
            case MISDIRECTED -> "This service is not called by that Host; use localhost, 127.0.0.1 or [::1].";
            case FUNCTION_RAISED -> "something is wrong";
            case VALUE_NOT_JSON -> "The value of 'nonsense' has no JSON form: NaN.";
            case VALUE_TOO_LARGE -> "The value of 'flood' takes more than 16777216 bytes.";
            case IDEMPOTENCY_KEY_REUSED -> "This key came with another body before.";
            case QUEUE_FULL -> "Pool processes has 10000 calls waiting, as many as it may.";
            case LIMIT_REACHED ->
                "This API key has 750 requests in progress, its limit (motorpool.http.requests-per-key).";
            case INTERNAL -> "The service failed; its log says more under this instance.";
            case WORKER_LOST -> "The worker process died under the call: killed by signal 9 (SIGKILL)";
            case UNAVAILABLE -> "The service is stopping.";
            case POOL_BROKEN -> "Pool 'crunch' cannot start workers: no such command";
            case JOB_TIMEOUT -> "'sleep' ran longer than its timeout of 2.5 s.";
        };
    }

    private static @Nullable Object value(ProblemType type, String member) {
        return switch (member) {
            case "pointer" -> type == ProblemType.INVALID_ARGUMENTS ? "/args/0" : "/priority";
            case "name" ->
                switch (type) {
                    case UNKNOWN_FUNCTION -> "fibb";
                    case UNKNOWN_POOL -> "process";
                    case UNKNOWN_WORKER -> "processes-9";
                    default -> "/v1/aply";
                };
            case "suggestion" ->
                switch (type) {
                    case UNKNOWN_FUNCTION -> "fib";
                    case UNKNOWN_POOL -> "processes";
                    case UNKNOWN_WORKER -> "processes-1";
                    default -> "/v1/apply";
                };
            case "right" -> type == ProblemType.UNAUTHORIZED ? Right.SUBMIT.word() : null;
            case "job" -> ID;
            case "limit" -> type == ProblemType.LIMIT_REACHED ? "requests" : (Object) 16_777_216;
            case "exception" -> "java.lang.IllegalStateException";
            case "message" -> "something is wrong";
            case "traceback" -> "java.lang.IllegalStateException: something is wrong";
            case "signal?" -> 9;
            case "reason" ->
                switch (type) {
                    case WORKER_LOST -> "killed by signal 9 (SIGKILL)";
                    case POOL_BROKEN -> "no such command";
                    default -> "The service is stopping.";
                };
            case "timeout" -> Duration.ofMillis(2500);
            default -> null;
        };
    }
}
