package dev.motorpool.store.sqlite;

import dev.motorpool.detached.model.StoredJob;
import dev.motorpool.detached.store.StoreException;
import dev.motorpool.function.TraceContext;
import dev.motorpool.job.Attempt;
import dev.motorpool.job.Callbacks;
import dev.motorpool.job.JobSpec;
import dev.motorpool.job.JobSpec.MapShape;
import dev.motorpool.json.RawJson;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Converts rows of the table of jobs to jobs. */
final class JobRows {

    /** The columns that {@link #read} takes, in their order. */
    static final String COLUMNS =
            "id, jobs.tenant, verb, function, pool, state, attempt, priority, tags, timeout, expires, retries,"
                + " retries_left, retry_delay, retain, interruptions, age, created_at, due_at, expires_at,"
                + " attempt_started_at, attempt_finished_at, attempt_worker, attempt_pid, attempt_error, finished_at,"
                + " queue_nanos, run_nanos, error, progress, map_count, map_chunksize, map_collect, callback,"
                + " error_callback, round, traceparent, tracestate";

    private JobRows() {}

    static StoredJob read(Rows rows) throws StoreException {
        UUID id = rows.id();
        String tenant = rows.word();
        String verb = rows.word();
        String function = rows.word();
        String pool = rows.word();
        int state = rows.integer();
        int attempt = rows.integer();
        int priority = rows.integer();
        Map<String, String> tags = TagText.read(rows.text());
        Duration timeout = rows.duration();
        Duration expires = rows.duration();
        int retries = rows.integer();
        int retriesLeft = rows.integer();
        Duration retryDelay = Objects.requireNonNull(rows.duration());
        Duration retain = Objects.requireNonNull(rows.duration());
        int interruptions = rows.integer();
        long age = rows.number();
        Instant createdAt = rows.time();
        Instant dueAt = rows.moment();
        Instant expiresAt = rows.moment();
        Attempt latest = latest(attempt, rows);
        Instant finishedAt = rows.moment();
        long queueNanos = rows.number();
        long runNanos = rows.number();
        RawJson error = rows.json();
        RawJson progress = rows.json();
        MapShape map = map(rows);
        Callbacks callbacks = callbacks(rows);
        int round = rows.integer();
        TraceContext trace = TraceContext.read(rows.text(), rows.text());
        JobSpec spec = new JobSpec(
                verb, function, pool, timeout, expires, priority, tags, retries, retryDelay, retain, map, callbacks);
        return new StoredJob(
                id,
                tenant,
                spec,
                States.of(state),
                retriesLeft,
                interruptions,
                age,
                createdAt,
                dueAt,
                expiresAt,
                latest,
                finishedAt,
                queueNanos,
                runNanos,
                error,
                progress,
                round,
                trace);
    }

    private static @Nullable Attempt latest(int number, Rows rows) throws StoreException {
        if (number == 0) {
            rows.skip(5);
            return null;
        }
        return attempt(number, rows);
    }

    /** An attempt from the columns of its start, end, worker, pid and error. */
    static Attempt attempt(int number, Rows rows) throws StoreException {
        return new Attempt(number, rows.time(), rows.moment(), rows.text(), rows.number(), rows.json());
    }

    private static Callbacks callbacks(Rows rows) throws StoreException {
        String callback = rows.text();
        String errorCallback = rows.text();
        return callback == null && errorCallback == null ? Callbacks.NONE : new Callbacks(callback, errorCallback);
    }

    private static @Nullable MapShape map(Rows rows) throws StoreException {
        long count = rows.number(-1);
        if (count < 0) {
            rows.skip(2);
            return null;
        }
        return new MapShape((int) count, rows.integer(), rows.number() != 0);
    }
}
