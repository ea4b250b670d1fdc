package dev.motorpool.job.waited;

import dev.motorpool.job.JobError;
import dev.motorpool.job.ProblemType;
import dev.motorpool.pool.RefusedException;
import java.time.Duration;
import java.util.Objects;

/**
 * The API's errors for refusals by a pool. The retry time depends on the cause alone, whether the call was refused at
 * once or had waited: for a full queue it is measured, for the others it is fixed.
 */
public final class Refusals {

    private static final Duration BROKEN_RETRY = Duration.ofSeconds(10);
    private static final Duration FULL_RETRY = Duration.ofSeconds(1);

    private Refusals() {}

    public static JobError of(RefusedException refused) {
        String message = Objects.requireNonNullElse(refused.getMessage(), "The pool refused.");
        Duration retryAfter = refused.retryAfter();
        return switch (refused.why()) {
            case QUEUE_FULL ->
                JobError.of(ProblemType.QUEUE_FULL, message).retryAfter(retryAfter == null ? FULL_RETRY : retryAfter);
            case CLOSED -> JobError.of(ProblemType.POOL_CLOSED, message);
            case RUNNING -> JobError.of(ProblemType.POOL_RUNNING, message);
            case WRONG_KIND -> JobError.of(ProblemType.WRONG_KIND, message);
            case UNAVAILABLE -> JobError.unavailable(message);
            case BROKEN -> broken(message, message);
        };
    }

    static JobError broken(String message, String reason) {
        return JobError.of(ProblemType.POOL_BROKEN, message, "reason", reason).retryAfter(BROKEN_RETRY);
    }
}
