package dev.motorpool.detached;

import dev.motorpool.job.Ends;
import dev.motorpool.json.RawJson;
import dev.motorpool.pool.Failure;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Brings jobs into their final states, within a transaction of the store: the one place for all that belongs to the end of
 * a job. Called by the store's thread.
 */
final class Endings {

    private final Clock clock;

    Endings(Clock clock) {
        this.clock = clock;
    }

    /**
     * The job has succeeded.
     *
     * @param value null for a map
     * @return whether it was in a state for that
     */
    boolean succeed(JobTables tables, Run run, AttemptEnd end, @Nullable RawJson value) throws StoreException {
        return tables.succeed(run.job.id(), end, value);
    }

    /**
     * The job has failed.
     *
     * @param rows results that came with the failure
     * @return whether it was in a state for that
     */
    boolean fail(JobTables tables, Run run, AttemptEnd end, RawJson error, List<MapResults> rows)
            throws StoreException {
        if (!rows.isEmpty()) {
            tables.addResults(run.job.id(), run.number, rows);
        }
        return tables.fail(run.job.id(), end, error);
    }

    /**
     * The job is cancelled. What runs is known as started before it is ended, and what it has got is kept.
     *
     * @param run its run; null if none is in memory
     * @return the job in its final state; null if it had ended
     */
    @Nullable
    StoredJob cancel(JobTables tables, StoredJob job, @Nullable Run run) throws StoreException {
        Run.Told told = run == null ? null : run.told();
        if (run != null && told != null) {
            int number = told.attempt().number();
            tables.start(job.id(), told.attempt(), told.queueNanos());
            tables.addResults(job.id(), number, told.results());
            tables.tell(job.id(), number, told.progress(), told.output());
        }
        RawJson error = error(job, new Failure.Cancelled());
        return tables.cancel(job.id(), clock.instant(), error) ? tables.find(job.id()) : null;
    }

    /**
     * The time to start is over, by this clock or by that of the pool, which may be a little ahead.
     *
     * @return the job in its final state; null if it was in no state for that
     */
    @Nullable
    StoredJob expire(JobTables tables, StoredJob job) throws StoreException {
        Instant now = clock.instant();
        Instant limit = job.expiresAt();
        Instant then = limit == null || now.isAfter(limit) ? now : limit;
        RawJson error = error(job, new Failure.Expired());
        return tables.expire(job.id(), then, error) ? tables.find(job.id()) : null;
    }

    private static RawJson error(StoredJob job, Failure failure) {
        return Ends.error(job.id(), job.function(), job.pool(), job.expires(), failure)
                .toJson();
    }
}
