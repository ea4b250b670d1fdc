package dev.motorpool.http;

import dev.motorpool.detached.DetachedJobs;
import dev.motorpool.detached.JobView;
import dev.motorpool.detached.JobWait;
import dev.motorpool.detached.ManyWait;
import dev.motorpool.detached.ReturnWhen;
import dev.motorpool.detached.StoredJob;
import dev.motorpool.detached.TenantJobs;
import dev.motorpool.job.Awaited;
import dev.motorpool.job.JobState;
import dev.motorpool.job.JobsCall;
import dev.motorpool.json.JsonWriter;
import dev.motorpool.json.RawJson;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Asking for detached jobs and waiting for their ends. A wait ends with its client or with the service, which then tells
 * how things are; the jobs go on.
 */
final class JobWaitApi {

    private static final Duration LONGEST_WAIT = Duration.ofMinutes(5);

    private final DetachedJobs jobs;
    private final JobAnswer answer;
    private final ClientWatch watch;

    JobWaitApi(DetachedJobs jobs, JobAnswer answer, ClientWatch watch) {
        this.jobs = jobs;
        this.answer = answer;
        this.watch = watch;
    }

    List<Route> routes() {
        return List.of(
                Route.of("GET", JobApi.ONE, "getJob", this::get)
                        .query(QueryParameter.WAIT, QueryParameter.VALUE)
                        .problems(ProblemType.UNKNOWN_JOB),
                Route.of("GET", JobApi.ONE + "/result", "getJobResult", this::result)
                        .query(QueryParameter.TIMEOUT)
                        .problems(
                                ProblemType.UNKNOWN_JOB,
                                ProblemType.JOB_CANCELLED,
                                ProblemType.JOB_EXPIRED,
                                ProblemType.FUNCTION_RAISED,
                                ProblemType.VALUE_NOT_JSON,
                                ProblemType.VALUE_TOO_LARGE,
                                ProblemType.WORKER_LOST,
                                ProblemType.POOL_BROKEN,
                                ProblemType.JOB_TIMEOUT),
                Route.of("POST", "/v1/wait", "wait", this::waitForMany)
                        .takes("WaitCall")
                        .problems(ProblemType.UNKNOWN_JOB));
    }

    private void get(Exchange exchange) throws Exception {
        UUID id = JobName.of(exchange);
        Duration wait = exchange.query().seconds(QueryParameter.WAIT.word(), LONGEST_WAIT);
        boolean withValue = exchange.query()
                .oneOf(QueryParameter.VALUE.word(), "true", "false")
                .equals("true");
        JobView job = awaited(exchange, id, wait, withValue);
        if (job == null) {
            return;
        }
        if (withValue) {
            answer.answer(exchange, 200, job);
        } else {
            answer.answerWithoutValue(exchange, 200, job);
        }
    }

    private void result(Exchange exchange) throws Exception {
        UUID id = JobName.of(exchange);
        Duration timeout = exchange.query().seconds(QueryParameter.TIMEOUT.word(), LONGEST_WAIT);
        JobView view = awaited(exchange, id, timeout, true);
        if (view == null) {
            return;
        }
        StoredJob job = view.job();
        RawJson error = job.error();
        if (job.state() == JobState.SUCCEEDED) {
            answer.answerValue(exchange, view);
        } else if (job.state().isFinal() && error != null) {
            throw new ProblemException(Problem.of(error, id));
        } else {
            answer.answer(exchange, 202, view);
        }
    }

    /** The job after the wait; null if the client has gone meanwhile. */
    private @Nullable JobView awaited(Exchange exchange, UUID id, Duration wait, boolean withValue) throws Exception {
        JobView found = null;
        if (!wait.isZero() && !exchange.head()) {
            try (RequestShares.Share _ = exchange.waiting(wait);
                    JobWait waiting = jobs(exchange).await(id, wait, withValue)) {
                Optional<JobView> ended = watch.awaitDetached(new OneWait(waiting), exchange.connection());
                if (ended == null) {
                    return null;
                }
                found = ended.orElse(null);
            }
        }
        if (found == null) {
            found = jobs(exchange).find(id, withValue);
        }
        if (found == null) {
            throw JobName.unknown(id);
        }
        return found;
    }

    /** A wait that tells a job that is not there from a client that is not. */
    private record OneWait(JobWait waiting) implements Awaited<Optional<JobView>> {
        @Override
        public Optional<JobView> await() throws InterruptedException {
            return Optional.ofNullable(waiting.await());
        }

        @Override
        public void cancel() {
            waiting.cancel();
        }
    }

    private void waitForMany(Exchange exchange) throws Exception {
        JobsCall call = JobsCall.wait(exchange.body());
        List<UUID> ids = JobName.parse(call.ids());
        ReturnWhen when = ReturnWhen.valueOf(call.returnWhen().toUpperCase(Locale.ROOT));
        try (RequestShares.Share _ = exchange.waiting(call.timeout());
                ManyWait waiting = jobs(exchange).awaitAll(ids, when, call.timeout())) {
            ManyWait.Result result = watch.awaitDetached(waiting, exchange.connection());
            if (result == null) {
                return;
            }
            JsonWriter json = new JsonWriter();
            json.beginObject();
            ids(json.name("done"), result.done());
            ids(json.name("not_done"), result.notDone());
            json.endObject();
            exchange.answer(200, json);
        }
    }

    private static void ids(JsonWriter json, List<UUID> ids) {
        json.beginArray();
        for (UUID id : ids) {
            json.value(id.toString());
        }
        json.endArray();
    }

    private TenantJobs jobs(Exchange exchange) {
        return jobs.of(exchange.caller().tenant());
    }
}
