package dev.motorpool.job.waited;

import dev.motorpool.job.JobError;
import dev.motorpool.job.JobSpec;
import dev.motorpool.job.ProblemType;
import dev.motorpool.job.Seconds;
import dev.motorpool.pool.Failure;
import java.time.Duration;
import java.util.UUID;

/** Maps the outcomes of pools to the API's states of jobs and errors. */
public final class OutcomeMapper {

    private OutcomeMapper() {}

    /** The API's error for the failure of a call, or of an item. */
    public static JobError error(UUID id, JobSpec spec, Failure failure) {
        String pool = spec.pool();
        String function = spec.function();
        Duration expires = spec.expires();
        return switch (failure) {
            case Failure.Raised raised -> raised(raised);
            case Failure.ValueNotJson value -> JobError.of(ProblemType.VALUE_NOT_JSON, value.message());
            case Failure.ValueTooLarge value ->
                JobError.of(
                        ProblemType.VALUE_TOO_LARGE,
                        "The value of '" + function + "' takes more than " + value.limit() + " bytes.");
            case Failure.TimedOut timedOut ->
                JobError.of(
                        ProblemType.JOB_TIMEOUT,
                        "'" + function + "' ran longer than its timeout of " + Seconds.text(timedOut.timeout()) + " s.",
                        "timeout",
                        timedOut.timeout());
            case Failure.WorkerLost lost -> workerLost(lost);
            case Failure.Cancelled ignored ->
                JobError.of(
                        ProblemType.JOB_CANCELLED,
                        "The call was cancelled, or its pool '" + pool + "' was terminated.",
                        "job",
                        id);
            case Failure.Expired ignored ->
                JobError.of(
                        ProblemType.JOB_EXPIRED,
                        "The call had not started in pool '" + pool + "' within its time to start"
                                + (expires == null ? "." : " of " + Seconds.text(expires) + " s."),
                        "job",
                        id);
            case Failure.PoolBroken broken ->
                Refusals.broken("Pool '" + pool + "' cannot start workers: " + broken.reason(), broken.reason());
            case Failure.FunctionMissing ignored ->
                JobError.gone(
                        ProblemType.UNKNOWN_FUNCTION,
                        function,
                        "There is no function '" + function + "' any more: it has gone while the call waited.");
            case Failure.Unavailable unavailable -> JobError.unavailable(unavailable.reason());
        };
    }

    private static JobError raised(Failure.Raised raised) {
        JobError error = JobError.of(
                ProblemType.FUNCTION_RAISED,
                raised.message(),
                "exception",
                raised.exception(),
                "message",
                raised.message(),
                "traceback",
                raised.traceback());
        if (raised.exitCode() != null) {
            error = error.with("exit_code", raised.exitCode());
        }
        return raised.signal() == null ? error : error.with("signal", raised.signal());
    }

    private static JobError workerLost(Failure.WorkerLost lost) {
        Integer signal = lost.signal();
        Integer exitCode = lost.exitCode();
        String reason = lost.reason();
        String message = "The worker process died under the call: " + reason;
        if (signal != null) {
            return JobError.of(ProblemType.WORKER_LOST, message, "signal", signal, "reason", reason);
        }
        return JobError.of(ProblemType.WORKER_LOST, message, "exit_code", exitCode, "reason", reason);
    }
}
