package dev.motorpool.http.api;

import dev.motorpool.detached.DetachedJobs;
import dev.motorpool.detached.TenantJobs;
import dev.motorpool.detached.model.JobView;
import dev.motorpool.detached.model.ReturnWhen;
import dev.motorpool.detached.model.StoredJob;
import dev.motorpool.detached.wait.JobWait;
import dev.motorpool.detached.wait.ManyWait;
import dev.motorpool.http.problem.Problem;
import dev.motorpool.http.problem.ProblemException;
import dev.motorpool.http.render.JobAnswer;
import dev.motorpool.http.render.JobName;
import dev.motorpool.http.route.ApiRequest;
import dev.motorpool.http.route.QueryParameter;
import dev.motorpool.http.route.RequestShares;
import dev.motorpool.http.route.Route;
import dev.motorpool.http.server.ClientWatch;
import dev.motorpool.job.JobState;
import dev.motorpool.job.ProblemType;
import dev.motorpool.job.request.JobsCall;
import dev.motorpool.job.waited.Awaited;
import dev.motorpool.json.JsonWriter;
import dev.motorpool.json.RawJson;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Reads detached jobs and waits for them to finish. A wait ends when its client disconnects or the service stops; on a
 * stop it returns the current state. The jobs continue in both cases.
 */
public final class JobWaitApi {

    private static final Duration LONGEST_WAIT = Duration.ofMinutes(5);

    private final DetachedJobs jobs;
    private final JobAnswer answer;
    private final ClientWatch watch;

    public JobWaitApi(DetachedJobs jobs, JobAnswer answer, ClientWatch watch) {
        this.jobs = jobs;
        this.answer = answer;
        this.watch = watch;
    }

    public List<Route> routes() {
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

    private void get(ApiRequest apiRequest) throws Exception {
        UUID id = JobName.of(apiRequest);
        Duration wait = apiRequest.query().seconds(QueryParameter.WAIT.word(), LONGEST_WAIT);
        boolean withValue = apiRequest
                .query()
                .oneOf(QueryParameter.VALUE.word(), "true", "false")
                .equals("true");
        JobView job = awaited(apiRequest, id, wait, withValue);
        if (job == null) {
            return;
        }
        if (withValue) {
            answer.answer(apiRequest, 200, job);
        } else {
            answer.answerWithoutValue(apiRequest, 200, job);
        }
    }

    private void result(ApiRequest apiRequest) throws Exception {
        UUID id = JobName.of(apiRequest);
        Duration timeout = apiRequest.query().seconds(QueryParameter.TIMEOUT.word(), LONGEST_WAIT);
        JobView view = awaited(apiRequest, id, timeout, true);
        if (view == null) {
            return;
        }
        StoredJob job = view.job();
        RawJson error = job.error();
        if (job.state() == JobState.SUCCEEDED) {
            answer.answerValue(apiRequest, view);
        } else if (job.state().isFinal() && error != null) {
            throw new ProblemException(Problem.of(error, id));
        } else {
            answer.answer(apiRequest, 202, view);
        }
    }

    /** The job after the wait; null if the client has disconnected. */
    private @Nullable JobView awaited(ApiRequest apiRequest, UUID id, Duration wait, boolean withValue)
            throws Exception {
        JobView found = null;
        if (!wait.isZero() && !apiRequest.head()) {
            try (RequestShares.Share _ = apiRequest.waiting(wait);
                    JobWait waiting = jobs(apiRequest).await(id, wait, withValue)) {
                Optional<JobView> ended = watch.awaitDetached(new OneWait(waiting), apiRequest.connection());
                if (ended == null) {
                    return null;
                }
                found = ended.orElse(null);
            }
        }
        if (found == null) {
            found = jobs(apiRequest).find(id, withValue);
        }
        if (found == null) {
            throw JobName.unknown(id);
        }
        return found;
    }

    /** A wait whose result distinguishes a job that does not exist from a client that has disconnected. */
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

    private void waitForMany(ApiRequest apiRequest) throws Exception {
        JobsCall call = JobsCall.wait(apiRequest.body());
        List<UUID> ids = JobName.parse(call.ids());
        ReturnWhen when = ReturnWhen.valueOf(call.returnWhen().toUpperCase(Locale.ROOT));
        try (RequestShares.Share _ = apiRequest.waiting(call.timeout());
                ManyWait waiting = jobs(apiRequest).awaitAll(ids, when, call.timeout())) {
            ManyWait.Result result = watch.awaitDetached(waiting, apiRequest.connection());
            if (result == null) {
                return;
            }
            JsonWriter json = new JsonWriter();
            json.beginObject();
            ids(json.name("done"), result.done());
            ids(json.name("not_done"), result.notDone());
            json.endObject();
            apiRequest.answer(200, json);
        }
    }

    private static void ids(JsonWriter json, List<UUID> ids) {
        json.beginArray();
        for (UUID id : ids) {
            json.value(id.toString());
        }
        json.endArray();
    }

    private TenantJobs jobs(ApiRequest apiRequest) {
        return jobs.of(apiRequest.caller().tenant());
    }
}
