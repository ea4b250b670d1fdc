package dev.motorpool.http.api;

import dev.motorpool.detached.model.JobDocument;
import dev.motorpool.http.problem.Problem;
import dev.motorpool.http.problem.ProblemException;
import dev.motorpool.http.route.ApiRequest;
import dev.motorpool.http.route.Route;
import dev.motorpool.http.server.ClientWatch;
import dev.motorpool.job.Apply;
import dev.motorpool.job.CallReader;
import dev.motorpool.job.Job;
import dev.motorpool.job.ProblemType;
import dev.motorpool.job.WaitedJob;
import dev.motorpool.json.RawJson;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The verb {@code apply}: the request waits for the call to complete. */
public final class ApplyApi {

    private final CallReader reader;
    private final Apply apply;
    private final ClientWatch watch;

    public ApplyApi(CallReader reader, Apply apply, ClientWatch watch) {
        this.reader = reader;
        this.apply = apply;
        this.watch = watch;
    }

    public List<Route> routes() {
        return List.of(Route.of("POST", "/v1/apply", "apply", this::apply)
                .takes("Call")
                .problems(
                        ProblemType.INVALID_ARGUMENTS,
                        ProblemType.FORBIDDEN_ADDRESS,
                        ProblemType.UNKNOWN_FUNCTION,
                        ProblemType.UNKNOWN_POOL,
                        ProblemType.POOL_CLOSED,
                        ProblemType.JOB_CANCELLED,
                        ProblemType.JOB_EXPIRED,
                        ProblemType.FUNCTION_RAISED,
                        ProblemType.VALUE_NOT_JSON,
                        ProblemType.VALUE_TOO_LARGE,
                        ProblemType.QUEUE_FULL,
                        ProblemType.WORKER_LOST,
                        ProblemType.POOL_BROKEN,
                        ProblemType.JOB_TIMEOUT));
    }

    private void apply(ApiRequest apiRequest) throws Exception {
        Job job = ended(apiRequest);
        if (job == null) {
            return;
        }
        RawJson value = job.value();
        if (value == null) {
            throw new ProblemException(Problem.of(Objects.requireNonNull(job.failure()), job.id()));
        }
        apiRequest.answer(
                200,
                JobDocument.head(job).buffer(),
                value.buffer(),
                JobDocument.tail(job, null, false).buffer());
    }

    /** A separate method, so that the arguments are unreachable while the value is written. */
    private @Nullable Job ended(ApiRequest apiRequest) throws Exception {
        WaitedJob waited =
                apply.submit(apiRequest.caller().tenant(), reader.apply(apiRequest.body()), apiRequest.trace());
        return watch.await(waited, apiRequest.connection());
    }
}
