package dev.motorpool.store.sqlite;

import dev.motorpool.detached.model.AttemptEnd;
import dev.motorpool.detached.model.MapResults;
import dev.motorpool.detached.model.RepeatKey;
import dev.motorpool.detached.model.StoredJob;
import dev.motorpool.detached.model.WaitingJob;
import dev.motorpool.detached.store.JobTables;
import dev.motorpool.detached.store.StoreException;
import dev.motorpool.function.TraceContext;
import dev.motorpool.job.Attempt;
import dev.motorpool.job.JobSpec;
import dev.motorpool.json.RawJson;
import dev.motorpool.pool.CallAge;
import dev.motorpool.pool.PoolStore.KeptPool;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The changes of the tables, within the transaction of the writing connection. */
final class SqliteTables extends SqliteReader implements JobTables {

    /** Maximum bytes of arguments, or of a value, in the job's row; longer ones have a row of their own. */
    static final int SHORT_BYTES = 2048;

    /** Maximum bytes of arguments of due jobs that are handed over at once. */
    private static final long DUE_BYTES = 16 << 20;

    /** An attempt may speak of the job: it is the one that runs, or its start was not recorded. */
    private static final String IN_ATTEMPT = " (state = 2 AND attempt <= ? OR state = 1 AND attempt < ?)";

    private static final String END =
            " attempt = ?, attempt_started_at = ?, attempt_finished_at = ?, attempt_worker = ?, attempt_pid = ?,"
                + " attempt_error = ?, queue_nanos = ?, run_nanos = ?, progress = coalesce(?, progress), expires_at ="
                + " NULL";

    /** How long a job stays from a moment on. */
    private static final String FORGET = " forget_at = ? + retain / 1000";

    private final RepeatKeys keys;
    private final Removal removal;
    private final ResultRows results;

    SqliteTables(Database database) {
        super(database);
        this.keys = new RepeatKeys(database);
        this.removal = new Removal(database);
        this.results = new ResultRows(database);
    }

    @Override
    public Insertion insert(WaitingJob submitted, @Nullable RepeatKey key) throws StoreException {
        StoredJob job = submitted.job();
        if (key == null) {
            return new Insertion.Made(add(submitted));
        }
        Insertion known = findRepeat(key);
        if (known == null) {
            keys.add(key, job.id(), job.createdAt());
            return new Insertion.Made(add(submitted));
        }
        return known instanceof Insertion.Repeated repeated
                        && repeated.job() != null
                        && repeated.id().equals(job.id())
                ? new Insertion.Made(repeated.job())
                : known;
    }

    private StoredJob add(WaitingJob submitted) throws StoreException {
        StoredJob job = submitted.job();
        JobSpec spec = job.spec();
        RawJson args = submitted.args();
        RawJson kwargs = submitted.kwargs();
        boolean inRow = args.length() + kwargs.length() <= SHORT_BYTES;
        JobSpec.MapShape map = spec.map();
        Sql insert = database.sql("INSERT INTO jobs (id, tenant, state, pool, function, verb, priority, age, retries,"
                        + " retries_left, retry_delay, retain, timeout, expires, created_at, due_at, expires_at,"
                        + " tags, kwargs, args, map_count, map_chunksize, map_collect, callback, error_callback,"
                        + " traceparent, tracestate) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?,"
                        + " ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING")
                .with(job.id())
                .with(job.tenant())
                .with(States.number(job.state()))
                .with(spec.pool())
                .with(spec.function())
                .with(spec.verb())
                .with(spec.priority())
                .with(job.age())
                .with(spec.retries())
                .with(spec.retries())
                .with(spec.retryDelay())
                .with(spec.retain())
                .with(spec.timeout())
                .with(spec.expires())
                .with(job.createdAt())
                .with(job.dueAt())
                .with(job.expiresAt())
                .with(TagText.of(spec.tags()))
                .with(inRow ? kwargs : null)
                .with(inRow ? args : null);
        if (map == null) {
            insert.with((String) null).with((String) null).with((String) null);
        } else {
            insert.with(map.count()).with(map.chunksize()).with(map.collect() ? 1 : 0);
        }
        insert.with(spec.callbacks().callback()).with(spec.callbacks().errorCallback());
        TraceContext trace = job.trace();
        insert.with(trace == null ? null : trace.traceparent()).with(trace == null ? null : trace.tracestate());
        if (insert.run() == 0) {
            // It was added before: the transaction was done although its writer saw a failure.
            return Objects.requireNonNull(find(job.id()));
        }
        if (!inRow) {
            database.sql("INSERT INTO arguments (job, kwargs, args) VALUES (last_insert_rowid(), ?, ?)")
                    .with(kwargs)
                    .with(args)
                    .run();
        }
        for (Map.Entry<String, String> tag : spec.tags().entrySet()) {
            database.sql("INSERT INTO tags (tenant, name, value, job_id) VALUES (?, ?, ?, ?)")
                    .with(job.tenant())
                    .with(tag.getKey())
                    .with(tag.getValue())
                    .with(job.id())
                    .run();
        }
        return job;
    }

    @Override
    public void withdraw(UUID id) throws StoreException {
        StoredJob job = find(id);
        if (job != null && !job.state().isFinal() && job.attempt() == 0) {
            removal.remove(id);
            keys.remove(id);
        }
    }

    @Override
    public boolean start(UUID id, Attempt attempt, long queueNanos) throws StoreException {
        keepEarlier(id, attempt.number(), "state = 1");
        return database.sql("UPDATE jobs SET was = state, state = 2, attempt = ?, attempt_started_at = ?,"
                                + " attempt_finished_at = NULL, attempt_worker = ?, attempt_pid = ?, attempt_error"
                                + " = NULL, queue_nanos = ?, run_nanos = 0, expires_at = NULL WHERE id = ? AND"
                                + " state = 1 AND attempt < ?")
                        .with(attempt.number())
                        .with(attempt.startedAt())
                        .with(attempt.workerId())
                        .with(attempt.pid())
                        .with(queueNanos)
                        .with(id)
                        .with(attempt.number())
                        .run()
                == 1;
    }

    @Override
    public boolean unstart(StoredJob before, int attempt) throws StoreException {
        UUID id = before.id();
        Attempt latest = before.latest();
        Sql update = database.sql("UPDATE jobs SET was = state, state = 1, attempt = ?, attempt_started_at = ?,"
                        + " attempt_finished_at = ?, attempt_worker = ?, attempt_error = ?, attempt_pid = ?,"
                        + " queue_nanos = ?, run_nanos = ?, expires_at = ? WHERE id = ? AND state = 2 AND"
                        + " attempt = ?")
                .with(before.attempt());
        if (latest == null) {
            String none = null;
            update.with(none).with(none).with(none).with(none).with(none);
        } else {
            update.with(latest.startedAt())
                    .with(latest.finishedAt())
                    .with(latest.workerId())
                    .with(latest.error())
                    .with(latest.pid());
        }
        int changed = update.with(before.queueNanos())
                .with(before.runNanos())
                .with(before.expiresAt())
                .with(id)
                .with(attempt)
                .run();
        if (changed == 0) {
            return false;
        }
        database.sql("DELETE FROM attempts WHERE job = (SELECT job FROM jobs WHERE id = ?) AND attempt >= ?")
                .with(id)
                .with(before.attempt())
                .run();
        countDone(id);
        return true;
    }

    /** Puts the attempt in the job's row into the list of attempts, if this one is later and the job in a state for it. */
    private void keepEarlier(UUID id, int number, String states) throws StoreException {
        if (number > 1) {
            database.sql("INSERT INTO attempts (job, attempt, started_at, finished_at, pid, worker, error)"
                            + " SELECT job, attempt, attempt_started_at, attempt_finished_at, attempt_pid,"
                            + " attempt_worker, attempt_error FROM jobs"
                            + " WHERE id = ? AND " + states + " AND attempt > 0 AND attempt < ?")
                    .with(id)
                    .with(number)
                    .run();
        }
    }

    @Override
    public boolean succeed(UUID id, AttemptEnd end, @Nullable RawJson value) throws StoreException {
        boolean inRow = value == null || value.length() <= SHORT_BYTES;
        keepEarlier(id, end.attempt().number(), "state IN (1, 2)");
        Sql update = database.sql("UPDATE jobs SET was = state, state = 3, value = ?, finished_at = ?," + FORGET + ","
                        + END + " WHERE id = ? AND" + IN_ATTEMPT)
                .with(inRow ? value : null)
                .with(endOf(end))
                .with(endOf(end));
        if (!ended(update, id, end)) {
            return false;
        }
        if (!inRow) {
            database.sql("INSERT INTO job_values (job, value) VALUES ((SELECT job FROM jobs WHERE id = ?), ?)")
                    .with(id)
                    .with(value)
                    .run();
        }
        return true;
    }

    @Override
    public boolean fail(UUID id, AttemptEnd end, RawJson error) throws StoreException {
        keepEarlier(id, end.attempt().number(), "state IN (1, 2)");
        Sql update = database.sql("UPDATE jobs SET was = state, state = 4, error = ?, finished_at = ?," + FORGET + ","
                        + END + " WHERE id = ? AND" + IN_ATTEMPT)
                .with(error)
                .with(endOf(end))
                .with(endOf(end));
        return ended(update, id, end);
    }

    @Override
    public boolean reschedule(UUID id, AttemptEnd end, Instant dueAt) throws StoreException {
        keepEarlier(id, end.attempt().number(), "state IN (1, 2)");
        Sql update = database.sql(
                        "UPDATE jobs SET was = state, state = 0, due_at = ?, retries_left = max(retries_left - 1, 0),"
                                + END + " WHERE id = ? AND" + IN_ATTEMPT)
                .with(dueAt);
        if (!ended(update, id, end)) {
            return false;
        }
        results.removeFailed(id);
        countDone(id);
        return true;
    }

    /** A waiting job has no attempt with a count: a map has done the items with results, any other job nothing. */
    private void countDone(UUID id) throws StoreException {
        countDone("id = ?").with(id).run();
    }

    private Sql countDone(String jobs) throws StoreException {
        return database.sql("UPDATE jobs SET progress = CASE WHEN map_count IS NULL THEN NULL ELSE CAST(json_object("
                + "'done', (SELECT coalesce(sum(count), 0) FROM results WHERE results.job = jobs.job), 'total',"
                + " map_count, 'message', NULL) AS BLOB) END WHERE " + jobs);
    }

    private boolean ended(Sql update, UUID id, AttemptEnd end) throws StoreException {
        Attempt attempt = end.attempt();
        int changed = update.with(attempt.number())
                .with(attempt.startedAt())
                .with(endOf(end))
                .with(attempt.workerId())
                .with(attempt.pid())
                .with(attempt.error())
                .with(end.queueNanos())
                .with(end.runNanos())
                .with(end.progress())
                .with(id)
                .with(attempt.number())
                .with(attempt.number())
                .run();
        if (changed == 1) {
            keepOutput(id, end.output());
        }
        return changed == 1;
    }

    private void keepOutput(UUID id, byte @Nullable [] output) throws StoreException {
        if (output != null && output.length > 0) {
            database.sql("INSERT INTO outputs (job, bytes) VALUES ((SELECT job FROM jobs WHERE id = ?), ?)"
                            + " ON CONFLICT (job) DO UPDATE SET bytes = excluded.bytes")
                    .with(id)
                    .with(output)
                    .run();
        }
    }

    @Override
    public boolean tell(UUID id, int attempt, @Nullable RawJson progress, byte @Nullable [] output)
            throws StoreException {
        int changed = database.sql("UPDATE jobs SET progress = coalesce(?, progress) WHERE id = ? AND" + IN_ATTEMPT)
                .with(progress)
                .with(id)
                .with(attempt)
                .with(attempt)
                .run();
        if (changed == 1) {
            keepOutput(id, output);
        }
        return changed == 1;
    }

    private static Instant endOf(AttemptEnd end) {
        return Objects.requireNonNull(end.attempt().finishedAt(), "an attempt that has ended");
    }

    @Override
    public boolean cancel(UUID id, Instant at, RawJson error) throws StoreException {
        return decide(States.CANCELLED, id, at, error, "state <= 2", null);
    }

    @Override
    public boolean expire(UUID id, Instant now, RawJson error) throws StoreException {
        return decide(States.EXPIRED, id, now, error, "state <= 1 AND expires_at <= ?", now);
    }

    /** Ends a job by decision, and an attempt that runs. */
    private boolean decide(int state, UUID id, Instant at, RawJson error, String condition, @Nullable Instant parameter)
            throws StoreException {
        Sql update = database.sql("UPDATE jobs SET was = state, state = ?, error = ?, finished_at = ?," + FORGET
                        + ", due_at = NULL, expires_at = NULL, queue_nanos = CASE attempt WHEN 0 THEN max(? -"
                        + " created_at, 0) * 1000 ELSE queue_nanos END, run_nanos = CASE state WHEN 2 THEN max(? -"
                        + " attempt_started_at, 0) * 1000 ELSE run_nanos END, attempt_finished_at = CASE state WHEN 2"
                        + " THEN ? ELSE attempt_finished_at END, attempt_error = CASE state WHEN 2 THEN ? ELSE"
                        + " attempt_error END WHERE id = ? AND " + condition)
                .with(state)
                .with(error)
                .with(at)
                .with(at)
                .with(at)
                .with(at)
                .with(at)
                .with(error)
                .with(id);
        return (parameter == null ? update : update.with(parameter)).run() == 1;
    }

    @Override
    public boolean retry(UUID id, Instant at, long age) throws StoreException {
        int changed = database.sql(
                        "UPDATE jobs SET was = state, state = 1, age = ?, round = round + 1, interruptions = 0,"
                            + " retries_left = 0, error = NULL, finished_at = NULL, forget_at = NULL, expires_at = ? +"
                            + " expires / 1000 WHERE id = ? AND state >= 4")
                .with(age)
                .with(at)
                .with(id)
                .run();
        if (changed == 0) {
            return false;
        }
        results.removeFailed(id);
        countDone(id);
        return true;
    }

    @Override
    public void postpone(UUID id, Instant dueAt) throws StoreException {
        database.sql("UPDATE jobs SET due_at = ? WHERE id = ? AND state = 0")
                .with(dueAt)
                .with(id)
                .run();
    }

    @Override
    public void postponeExpiry(UUID id, Instant expiresAt) throws StoreException {
        database.sql("UPDATE jobs SET expires_at = ? WHERE id = ? AND expires_at IS NOT NULL")
                .with(expiresAt)
                .with(id)
                .run();
    }

    @Override
    public void postponeForgetting(Instant from, Instant until, Duration by) throws StoreException {
        database.sql("UPDATE jobs SET forget_at = forget_at + ? WHERE forget_at >= ?"
                        + " AND forget_at - retain / 1000 BETWEEN ? AND ?")
                .with(Sql.micros(Instant.EPOCH.plus(by)))
                .with(from)
                .with(from)
                .with(until)
                .run();
    }

    @Override
    public List<WaitingJob> makeDue(Instant now, int most) throws StoreException {
        record Due(UUID id, Instant at) {}
        List<Due> due = new ArrayList<>();
        try (Rows rows = database.sql("SELECT id, due_at FROM jobs INDEXED BY jobs_due"
                        + " WHERE due_at <= ? ORDER BY due_at, pool, job LIMIT ?")
                .with(now)
                .with(most)
                .rows()) {
            while (rows.next()) {
                due.add(new Due(rows.id(), rows.time()));
            }
        }
        List<WaitingJob> jobs = new ArrayList<>();
        long bytes = 0;
        for (Due one : due) {
            if (bytes >= DUE_BYTES) {
                break;
            }
            database.sql("UPDATE jobs SET was = state, state = 1, due_at = NULL, age = ? WHERE id = ?")
                    .with(CallAge.of(one.at))
                    .with(one.id)
                    .run();
            WaitingJob job = Objects.requireNonNull(withArguments(one.id));
            jobs.add(job);
            bytes += job.bytes();
        }
        return jobs;
    }

    @Override
    public boolean delete(UUID id) throws StoreException {
        StoredJob job = find(id);
        if (job == null || !job.state().isFinal()) {
            return false;
        }
        removal.remove(id);
        return true;
    }

    @Override
    public int forget(Instant now, int most) throws StoreException {
        int jobs = removal.forget(now, most);
        keys.forget(now, most);
        return jobs;
    }

    @Override
    public boolean addResults(UUID id, int attempt, List<MapResults> rows) throws StoreException {
        long job = database.sql("SELECT job FROM jobs WHERE id = ? AND" + IN_ATTEMPT)
                .with(id)
                .with(attempt)
                .with(attempt)
                .number(-1);
        if (job < 0) {
            return false;
        }
        results.add(job, rows);
        return true;
    }

    @Override
    public int recover(Instant now, int deaths, RawJson error) throws StoreException {
        countDone("state <> 3 AND state = 2 AND map_count IS NOT NULL").run();
        String interrupted = " interruptions = interruptions + 1, attempt_finished_at = ?, attempt_error = ?,"
                + " run_nanos = max(? - attempt_started_at, 0) * 1000";
        int failed = database.sql("UPDATE jobs SET was = state, state = 4, error = ?, finished_at = ?," + FORGET + ","
                        + interrupted + " WHERE state <> 3 AND state = 2 AND interruptions + 1 >= ?")
                .with(error)
                .with(now)
                .with(now)
                .with(now)
                .with(error)
                .with(now)
                .with(deaths)
                .run();
        int queued = database.sql(
                        "UPDATE jobs SET was = state, state = 1," + interrupted + " WHERE state <> 3 AND state = 2")
                .with(now)
                .with(error)
                .with(now)
                .run();
        return failed + queued;
    }

    @Override
    public void countBytes(Set<String> tenants) throws StoreException {
        new TenantBytes(database).countOnly(tenants);
    }

    @Override
    public void separate(SortedSet<String> tenants) throws StoreException {
        new WaitingIndexes(database).make(tenants);
    }

    @Override
    public void keepPools(Map<String, KeptPool> pools) throws StoreException {
        new PoolRows(database).keep(pools);
    }

    /** The file's first page is written, with what it says already. */
    @Override
    public void probe() throws StoreException {
        database.sql("PRAGMA application_id = " + Schema.APPLICATION).run();
    }
}
