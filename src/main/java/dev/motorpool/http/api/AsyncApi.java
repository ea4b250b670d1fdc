package dev.motorpool.http.api;

import dev.motorpool.detached.DetachedJobs;
import dev.motorpool.detached.DetachedJobs.Submission;
import dev.motorpool.detached.model.RepeatKey;
import dev.motorpool.http.render.JobAnswer;
import dev.motorpool.http.route.ApiRequest;
import dev.motorpool.http.route.RequestHeader;
import dev.motorpool.http.route.Route;
import dev.motorpool.job.ProblemType;
import dev.motorpool.job.request.AsyncCall;
import dev.motorpool.job.request.AsyncReader;
import dev.motorpool.job.request.CallRefusedException;
import dev.motorpool.job.waited.AdmissionSwitch;
import dev.motorpool.json.RawJson;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The verbs that do not wait: they answer once the job is on stable storage. */
public final class AsyncApi {

    private final AsyncReader reader;
    private final DetachedJobs jobs;
    private final JobAnswer answer;
    private final AdmissionSwitch admission;

    public AsyncApi(AsyncReader reader, DetachedJobs jobs, JobAnswer answer, AdmissionSwitch admission) {
        this.reader = reader;
        this.jobs = jobs;
        this.answer = answer;
        this.admission = admission;
    }

    /** Reads the body of a verb. */
    private interface Reading {
        AsyncCall read(RawJson body) throws CallRefusedException;
    }

    public List<Route> routes() {
        return List.of(
                route("apply_async", "applyAsync", "AsyncCall", reader::apply),
                route("map_async", "mapAsync", "AsyncMapCall", body -> reader.map(body, "map_async")),
                route("starmap_async", "starmapAsync", "AsyncMapCall", body -> reader.map(body, "starmap_async")));
    }

    private Route route(String verb, String id, String schema, Reading reading) {
        String path = "/v1/" + verb;
        return Route.of("POST", path, id, apiRequest -> submit(apiRequest, path, reading))
                .takes(schema)
                .header(RequestHeader.IDEMPOTENCY_KEY)
                .problems(
                        ProblemType.INVALID_ARGUMENTS,
                        ProblemType.WRONG_RUNTIME,
                        ProblemType.FORBIDDEN_ADDRESS,
                        ProblemType.UNKNOWN_FUNCTION,
                        ProblemType.UNKNOWN_POOL,
                        ProblemType.UNKNOWN_JOB,
                        ProblemType.POOL_CLOSED,
                        ProblemType.IDEMPOTENCY_KEY_REUSED,
                        ProblemType.QUEUE_FULL);
    }

    private void submit(ApiRequest apiRequest, String path, Reading reading) throws Exception {
        admission.check();
        Submission submission = submitted(apiRequest, path, reading);
        apiRequest.header("Location", "/v1/jobs/" + submission.job().job().id());
        if (submission.repeated()) {
            apiRequest.header("Idempotent-Replayed", "true");
            answer.answerDone(apiRequest, 200, submission.job());
        } else {
            answer.answerDone(apiRequest, 202, submission.job());
        }
    }

    /** A separate method, so that the arguments are unreachable while the answer is written. */
    private Submission submitted(ApiRequest apiRequest, String path, Reading reading) throws Exception {
        RepeatKey key = key(apiRequest, path);
        AsyncCall call;
        try {
            call = reading.read(apiRequest.body());
        } catch (CallRefusedException refused) {
            // The pool, the function or the limit of the first request may have changed since.
            Submission first = key == null ? null : jobs.repeated(key);
            if (first != null) {
                return first;
            }
            throw refused;
        }
        return jobs.of(apiRequest.caller().tenant()).submit(call, key, apiRequest.trace());
    }

    private static @Nullable RepeatKey key(ApiRequest apiRequest, String path) {
        String key = apiRequest.repeatKey();
        return key == null
                ? null
                : new RepeatKey(
                        apiRequest.caller().tenant().name(),
                        apiRequest.caller().key(),
                        path,
                        key,
                        digest(apiRequest.body()));
    }

    private static String digest(RawJson body) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(body.buffer());
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
