package dev.motorpool.http;

import dev.motorpool.job.Apply;
import dev.motorpool.job.CallReader;
import dev.motorpool.job.Job;
import dev.motorpool.job.WaitedJob;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The verb {@code apply}: the request waits for the call's end. */
final class ApplyApi {

    private final CallReader reader;
    private final Apply apply;
    private final ClientWatch watch;

    ApplyApi(CallReader reader, Apply apply, ClientWatch watch) {
        this.reader = reader;
        this.apply = apply;
        this.watch = watch;
    }

    List<Route> routes() {
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

    private void apply(Exchange exchange) throws Exception {
        Job job = ended(exchange);
        if (job == null) {
            return;
        }
        if (job.value() == null || job.run() == null) {
            throw new ProblemException(Problem.of(Objects.requireNonNull(job.error()), job.id()));
        }
        exchange.answer(200, SucceededJob.parts(job, job.value(), job.run()));
    }

    /** A method of its own, so that nothing holds the arguments any more while the value is written. */
    private @Nullable Job ended(Exchange exchange) throws Exception {
        WaitedJob waited = apply.submit(exchange.caller().tenant(), reader.apply(exchange.body()), exchange.trace());
        return watch.await(waited, exchange.connection());
    }
}
