package dev.motorpool.store.sqlite;

import dev.motorpool.detached.model.JobFilter;
import dev.motorpool.detached.model.JobKey;
import dev.motorpool.detached.model.JobLine;
import dev.motorpool.detached.model.MapResults;
import dev.motorpool.detached.model.RepeatKey;
import dev.motorpool.detached.model.StoredJob;
import dev.motorpool.detached.model.WaitingJob;
import dev.motorpool.detached.store.DeliveryTables;
import dev.motorpool.detached.store.JobReader;
import dev.motorpool.detached.store.JobTables;
import dev.motorpool.detached.store.JobTables.Insertion;
import dev.motorpool.detached.store.StoreException;
import dev.motorpool.job.Attempt;
import dev.motorpool.job.JobState;
import dev.motorpool.json.JsonWriter;
import dev.motorpool.json.RawJson;
import dev.motorpool.pool.CallAge;
import dev.motorpool.pool.PoolStore.KeptPool;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The queries of the tables, on one connection. */
class SqliteReader implements JobReader {

    /** The columns of a job and then those of its arguments, in the row or beside it. */
    private static final String WITH_ARGUMENTS = "SELECT " + JobRows.COLUMNS + ", job, kwargs, args FROM jobs ";

    private static final String COUNT = "SELECT count(*) FROM (SELECT 1 FROM jobs ";

    /** Attempts of one job that are read. */
    private static final int MOST_ATTEMPTS = 1_000;

    final Database database;

    SqliteReader(Database database) {
        this.database = database;
    }

    @Override
    public @Nullable StoredJob find(UUID id) throws StoreException {
        try (Rows rows = database.sql("SELECT " + JobRows.COLUMNS + " FROM jobs WHERE id = ?")
                .with(id)
                .rows()) {
            return rows.next() ? JobRows.read(rows) : null;
        }
    }

    @Override
    public @Nullable JobState state(UUID id) throws StoreException {
        long state =
                database.sql("SELECT state FROM jobs WHERE id = ?").with(id).number(-1);
        return state < 0 ? null : States.of((int) state);
    }

    @Override
    public @Nullable String tenant(UUID id) throws StoreException {
        try (Rows rows = database.sql("SELECT tenant FROM jobs WHERE id = ? UNION ALL"
                        + " SELECT tenant FROM deliveries WHERE job_id = ? LIMIT 1")
                .with(id)
                .with(id)
                .rows()) {
            return rows.next() ? rows.word() : null;
        }
    }

    @Override
    public JobTables.@Nullable Insertion findRepeat(RepeatKey key) throws StoreException {
        RepeatKeys.Known known = new RepeatKeys(database).find(key);
        if (known == null) {
            return null;
        }
        return known.digest().equals(key.digest())
                ? new Insertion.Repeated(known.id(), find(known.id()))
                : new Insertion.Conflict();
    }

    @Override
    public List<StoredJob> cancellable(JobFilter filter, @Nullable UUID before, int most) throws StoreException {
        return new Listing(database, filter).newestUnfinished(before, most);
    }

    @Override
    public @Nullable RawJson value(UUID id) throws StoreException {
        try (Rows rows = database.sql(
                        "SELECT coalesce(value, (SELECT v.value FROM job_values v WHERE v.job = jobs.job))"
                                + " FROM jobs WHERE id = ? AND state = 3")
                .with(id)
                .rows()) {
            return rows.next() ? rows.json() : null;
        }
    }

    @Override
    public @Nullable WaitingJob withArguments(UUID id) throws StoreException {
        try (Rows rows = database.sql(WITH_ARGUMENTS + "WHERE id = ?").with(id).rows()) {
            return rows.next() ? withArguments(rows) : null;
        }
    }

    private WaitingJob withArguments(Rows rows) throws StoreException {
        StoredJob job = JobRows.read(rows);
        long number = rows.number();
        RawJson kwargs = rows.json();
        RawJson args = rows.json();
        return kwargs == null || args == null ? longOnes(job, number) : new WaitingJob(job, args, kwargs);
    }

    private WaitingJob longOnes(StoredJob job, long number) throws StoreException {
        try (Rows rows = database.sql("SELECT kwargs, args FROM arguments WHERE job = ?")
                .with(number)
                .rows()) {
            if (!rows.next()) {
                throw new StoreException("The arguments of job " + job.id() + " are missing.");
            }
            RawJson kwargs = Objects.requireNonNull(rows.json());
            return new WaitingJob(job, Objects.requireNonNull(rows.json()), kwargs);
        }
    }

    @Override
    public List<Attempt> attempts(UUID id) throws StoreException {
        List<Attempt> attempts = new ArrayList<>();
        StoredJob job = find(id);
        Attempt latest = job == null ? null : job.latest();
        if (latest != null) {
            attempts.add(latest);
        }
        try (Rows rows = database.sql("SELECT attempt, started_at, finished_at, worker, pid, error FROM attempts"
                        + " WHERE job = (SELECT job FROM jobs WHERE id = ?) ORDER BY attempt DESC LIMIT ?")
                .with(id)
                .with(MOST_ATTEMPTS)
                .rows()) {
            for (long bytes = 0; bytes < MOST_LISTED_BYTES && rows.next(); ) {
                Attempt attempt = JobRows.attempt(rows.integer(), rows);
                attempts.add(attempt);
                RawJson error = attempt.error();
                bytes += error == null ? 0 : error.length();
            }
        }
        return attempts.reversed();
    }

    @Override
    public byte @Nullable [] output(UUID id) throws StoreException {
        try (Rows rows = database.sql("SELECT bytes FROM outputs WHERE job = (SELECT job FROM jobs WHERE id = ?)")
                .with(id)
                .rows()) {
            return rows.next() ? rows.bytes() : null;
        }
    }

    @Override
    public List<StoredJob> list(JobFilter filter, @Nullable UUID before, int most) throws StoreException {
        return new Listing(database, filter).newest(before, most);
    }

    @Override
    public List<WaitingJob> queued(JobLine line, JobKey after, int most, long mostBytes, List<String> without)
            throws StoreException {
        List<WaitingJob> jobs = new ArrayList<>();
        String others = without.isEmpty() ? "" : " AND function NOT IN (SELECT value FROM json_each(?))";
        Sql same = inLine(
                        WITH_ARGUMENTS,
                        line,
                        "priority = ? AND (age, id) > (?, ?)" + others + " ORDER BY age, id LIMIT ?")
                .with(after.priority())
                .with(after.age())
                .with(after.id());
        try (Rows rows = except(same, without).with(most).rows()) {
            take(rows, jobs, mostBytes);
        }
        if (jobs.size() < most && bytes(jobs) < mostBytes) {
            Sql lower = inLine(
                            WITH_ARGUMENTS, line, "priority < ?" + others + " ORDER BY priority DESC, age, id LIMIT ?")
                    .with(after.priority());
            try (Rows rows = except(lower, without).with(most - jobs.size()).rows()) {
                take(rows, jobs, mostBytes);
            }
        }
        return jobs;
    }

    private static Sql except(Sql sql, List<String> functions) throws StoreException {
        if (functions.isEmpty()) {
            return sql;
        }
        JsonWriter names = new JsonWriter().beginArray();
        functions.forEach(names::value);
        return sql.with(names.endArray().toRawJson().toString());
    }

    /** A query of jobs that wait in a line, with the line's parameters. */
    private Sql inLine(String select, JobLine line, String condition) throws StoreException {
        Sql sql = database.sql(select + WaitingIndexes.of(line) + " AND " + condition)
                .with(line.pool());
        return line.tenant() == null ? sql : sql.with(line.tenant());
    }

    private void take(Rows rows, List<WaitingJob> jobs, long mostBytes) throws StoreException {
        long bytes = bytes(jobs);
        while ((jobs.isEmpty() || bytes < mostBytes) && rows.next()) {
            WaitingJob job = withArguments(rows);
            jobs.add(job);
            bytes += job.bytes();
        }
    }

    private static long bytes(List<WaitingJob> jobs) {
        return jobs.stream().mapToLong(WaitingJob::bytes).sum();
    }

    @Override
    public int queuedBefore(JobLine line, JobKey key, int most) throws StoreException {
        int higher = (int) inLine(COUNT, line, "priority > ? LIMIT ?)")
                .with(key.priority())
                .with(most)
                .number(0);
        int older = (int) inLine(COUNT, line, "priority = ? AND (age, id) < (?, ?) LIMIT ?)")
                .with(key.priority())
                .with(key.age())
                .with(key.id())
                .with(most - higher)
                .number(0);
        return higher + older;
    }

    @Override
    public long unfinished(String tenant) throws StoreException {
        return database.sql("SELECT count(*) FROM jobs INDEXED BY jobs_state WHERE state <> 3 AND state IN (0, 1, 2)"
                        + " AND tenant = ?")
                .with(tenant)
                .number(0);
    }

    @Override
    public long bytes(String tenant) throws StoreException {
        return database.sql("SELECT bytes FROM tenant_bytes WHERE tenant = ?")
                .with(tenant)
                .number(0);
    }

    @Override
    public Census census() throws StoreException {
        Map<String, Backlog> pools = new HashMap<>();
        try (Rows rows = database.sql("SELECT pool, count(*), min(age) FROM jobs WHERE state = 1 GROUP BY pool")
                .rows()) {
            while (rows.next()) {
                pools.put(rows.word(), new Backlog(rows.number(), 0, CallAge.moment(rows.number())));
            }
        }
        try (Rows rows = database.sql("SELECT pool, count(*) FROM jobs WHERE due_at IS NOT NULL GROUP BY pool")
                .rows()) {
            while (rows.next()) {
                pools.merge(
                        rows.word(),
                        new Backlog(0, rows.number(), null),
                        (queued, due) -> new Backlog(queued.queued(), due.scheduled(), queued.oldest()));
            }
        }
        return new Census(
                database.sql("SELECT count(*) FROM jobs WHERE state <> 3 AND state = 2")
                        .number(0),
                pools);
    }

    @Override
    public @Nullable Instant nextDue() throws StoreException {
        return moment("SELECT min(due_at) FROM jobs WHERE due_at IS NOT NULL");
    }

    @Override
    public @Nullable Instant nextExpiry() throws StoreException {
        return moment("SELECT min(expires_at) FROM jobs WHERE expires_at IS NOT NULL");
    }

    @Override
    public @Nullable Instant nextForgotten() throws StoreException {
        return moment("SELECT min(moment) FROM (SELECT min(forget_at) AS moment FROM jobs WHERE forget_at IS NOT NULL"
                + " UNION ALL SELECT min(look_at) FROM repeat_keys)");
    }

    private @Nullable Instant moment(String text) throws StoreException {
        try (Rows rows = database.sql(text).rows()) {
            return rows.next() ? rows.moment() : null;
        }
    }

    @Override
    public List<StoredJob> expired(Instant now, int most) throws StoreException {
        List<StoredJob> jobs = new ArrayList<>();
        try (Rows rows = database.sql("SELECT " + JobRows.COLUMNS
                        + " FROM jobs WHERE expires_at <= ? ORDER BY expires_at, job LIMIT ?")
                .with(now)
                .with(most)
                .rows()) {
            for (long bytes = 0; bytes < MOST_LISTED_BYTES && rows.next(); ) {
                StoredJob job = JobRows.read(rows);
                jobs.add(job);
                bytes += job.bytes();
            }
        }
        return jobs;
    }

    @Override
    public List<MapResults> resultsBySeq(UUID id, long fromSeq, int mostRows, long mostBytes) throws StoreException {
        return new ResultRows(database).bySeq(id, fromSeq, mostRows, mostBytes);
    }

    @Override
    public List<MapResults> resultsByIndex(UUID id, int fromIndex, int mostRows, long mostBytes) throws StoreException {
        return new ResultRows(database).byIndex(id, fromIndex, mostRows, mostBytes);
    }

    @Override
    public List<UUID> exhausted(int deaths) throws StoreException {
        List<UUID> jobs = new ArrayList<>();
        try (Rows rows = database.sql("SELECT id FROM jobs WHERE state <> 3 AND state = 2 AND interruptions + 1 >= ?")
                .with(deaths)
                .rows()) {
            while (rows.next()) {
                jobs.add(rows.id());
            }
        }
        return jobs;
    }

    @Override
    public DeliveryTables deliveries() {
        return new DeliveryRows(database);
    }

    @Override
    public Map<String, KeptPool> pools() throws StoreException {
        return new PoolRows(database).load();
    }
}
