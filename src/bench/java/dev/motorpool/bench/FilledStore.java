package dev.motorpool.bench;

import dev.motorpool.detached.model.AttemptEnd;
import dev.motorpool.detached.model.StoredJob;
import dev.motorpool.detached.model.WaitingJob;
import dev.motorpool.detached.store.JobStore;
import dev.motorpool.detached.store.JobTables;
import dev.motorpool.detached.store.StoreException;
import dev.motorpool.job.Attempt;
import dev.motorpool.job.Callbacks;
import dev.motorpool.job.JobIds;
import dev.motorpool.job.JobSpec;
import dev.motorpool.json.RawJson;
import dev.motorpool.store.sqlite.SqliteJobStore;
import dev.motorpool.store.sqlite.StoreUnusableException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;

/**
 * Writes very many jobs into the file of a service that does not run, with the store's own code, a thousand in each
 * transaction.
 */
final class FilledStore {

    /** The tag of every finished job; its value is the last digit of its number. */
    static final String TAG = "tenth";

    private static final int GROUP = 1_000;
    private static final int TAGS = 10;
    private static final RawJson ARGS = RawJson.of("[\"some short text\"]");
    private static final RawJson VALUE = RawJson.of("\"some short text\"");

    private FilledStore() {}

    /** Jobs of {@code echo} that wait for this pool. */
    static void waiting(Path data, String pool, int count) throws IOException {
        JobIds ids = new JobIds(Clock.systemUTC());
        fill(data, count, (tables, number) -> tables.insert(job(ids, pool, Map.of()), null));
    }

    /** Jobs of {@code echo} that have succeeded. */
    static void finished(Path data, int count) throws IOException {
        JobIds ids = new JobIds(Clock.systemUTC());
        fill(data, count, (tables, number) -> {
            WaitingJob job = job(ids, "processes", Map.of(TAG, Integer.toString(number % TAGS)));
            tables.insert(job, null);
            Instant now = Instant.now();
            Attempt attempt = new Attempt(1, now, now, "processes-1", 4242, null);
            tables.succeed(job.id(), new AttemptEnd(attempt, 400_000, 31_000, null, null), VALUE);
        });
    }

    private interface Filling {
        void add(JobTables tables, int number) throws StoreException;
    }

    private static void fill(Path data, int count, Filling filling) throws IOException {
        Files.createDirectories(data);
        try (JobStore store = SqliteJobStore.open(data.resolve(SqliteJobStore.FILE))) {
            for (int from = 0; from < count; from += GROUP) {
                int first = from;
                store.write(tables -> {
                    for (int i = first; i < Math.min(count, first + GROUP); i++) {
                        filling.add(tables, i);
                    }
                });
            }
        } catch (StoreException | StoreUnusableException failed) {
            throw new IOException(failed);
        }
    }

    private static WaitingJob job(JobIds ids, String pool, Map<String, String> tags) {
        JobSpec spec = new JobSpec(
                "apply_async",
                "echo",
                pool,
                null,
                null,
                0,
                tags,
                0,
                Duration.ofSeconds(1),
                Duration.ofDays(1),
                null,
                Callbacks.NONE);
        StoredJob job = StoredJob.submitted(ids.next(), "default", spec, Instant.now(), null, null);
        return new WaitingJob(job, ARGS, RawJson.EMPTY_OBJECT);
    }
}
