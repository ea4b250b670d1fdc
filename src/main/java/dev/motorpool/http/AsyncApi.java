package dev.motorpool.http;

import dev.motorpool.detached.DetachedJobs;
import dev.motorpool.detached.DetachedJobs.Submission;
import dev.motorpool.detached.RepeatKey;
import dev.motorpool.job.AsyncCall;
import dev.motorpool.job.AsyncReader;
import dev.motorpool.job.CallRefusedException;
import dev.motorpool.job.Intake;
import dev.motorpool.json.RawJson;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The verbs that do not wait: they answer once the job is on stable storage. */
final class AsyncApi {

    private final AsyncReader reader;
    private final DetachedJobs jobs;
    private final JobAnswer answer;
    private final Intake intake;

    AsyncApi(AsyncReader reader, DetachedJobs jobs, JobAnswer answer, Intake intake) {
        this.reader = reader;
        this.jobs = jobs;
        this.answer = answer;
        this.intake = intake;
    }

    /** Reads the body of a verb. */
    private interface Reading {
        AsyncCall read(RawJson body) throws CallRefusedException;
    }

    List<Route> routes() {
        return List.of(
                route("apply_async", "applyAsync", "AsyncCall", reader::apply),
                route("map_async", "mapAsync", "AsyncMapCall", body -> reader.map(body, false)),
                route("starmap_async", "starmapAsync", "AsyncMapCall", body -> reader.map(body, true)));
    }

    private Route route(String verb, String id, String schema, Reading reading) {
        String path = "/v1/" + verb;
        return Route.of("POST", path, id, exchange -> submit(exchange, path, reading))
                .takes(schema)
                .header(RequestHeader.IDEMPOTENCY_KEY)
                .problems(
                        ProblemType.INVALID_ARGUMENTS,
                        ProblemType.FORBIDDEN_ADDRESS,
                        ProblemType.UNKNOWN_FUNCTION,
                        ProblemType.UNKNOWN_POOL,
                        ProblemType.UNKNOWN_JOB,
                        ProblemType.POOL_CLOSED,
                        ProblemType.IDEMPOTENCY_KEY_REUSED,
                        ProblemType.QUEUE_FULL);
    }

    private void submit(Exchange exchange, String path, Reading reading) throws Exception {
        intake.check();
        Submission submission = submitted(exchange, path, reading);
        exchange.header("Location", "/v1/jobs/" + submission.job().job().id());
        if (submission.repeated()) {
            exchange.header("Idempotent-Replayed", "true");
            answer.answerDone(exchange, 200, submission.job());
        } else {
            answer.answerDone(exchange, 202, submission.job());
        }
    }

    /** A method of its own, so that nothing holds the arguments any more while the answer is written. */
    private Submission submitted(Exchange exchange, String path, Reading reading) throws Exception {
        RepeatKey key = key(exchange, path);
        AsyncCall call;
        try {
            call = reading.read(exchange.body());
        } catch (CallRefusedException refused) {
            // What it asks for may have gone since it came first: a pool, a function, a limit.
            Submission first = key == null ? null : jobs.repeated(key);
            if (first != null) {
                return first;
            }
            throw refused;
        }
        return jobs.of(exchange.caller().tenant()).submit(call, key, exchange.trace());
    }

    private static @Nullable RepeatKey key(Exchange exchange, String path) {
        String key = exchange.repeatKey();
        return key == null
                ? null
                : new RepeatKey(
                        exchange.caller().tenant().name(), exchange.caller().key(), path, key, digest(exchange.body()));
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
