package dev.motorpool.detached.attempt;

import dev.motorpool.detached.delivery.DeliveryOutbox;
import dev.motorpool.detached.model.AttemptEnd;
import dev.motorpool.detached.model.MapResults;
import dev.motorpool.detached.model.StoredJob;
import dev.motorpool.detached.store.JobTables;
import dev.motorpool.detached.store.StoreException;
import dev.motorpool.job.JobState;
import dev.motorpool.job.waited.OutcomeMapper;
import dev.motorpool.json.RawJson;
import dev.motorpool.pool.Failure;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Moves jobs into their final states within a transaction of the store. All consequences of a job's end are here.
 * Called by the store's thread.
 */
public final class JobCompletion {

    private final Clock clock;
    private final DeliveryOutbox outbox;

    public JobCompletion(Clock clock, DeliveryOutbox outbox) {
        this.clock = clock;
        this.outbox = outbox;
    }

    /**
     * The job has succeeded.
     *
     * @param value null for a map
     * @return whether its state permitted that
     */
    boolean succeed(JobTables tables, AttemptRun run, AttemptEnd end, @Nullable RawJson value) throws StoreException {
        boolean done = tables.succeed(run.job.id(), end, value);
        if (done) {
            outbox.ended(tables, run.job.ended(JobState.SUCCEEDED, end, null), value);
        }
        return done;
    }

    /**
     * The job has failed.
     *
     * @param rows results that came with the failure
     * @return whether its state permitted that
     */
    boolean fail(JobTables tables, AttemptRun run, AttemptEnd end, RawJson error, List<MapResults> rows)
            throws StoreException {
        if (!rows.isEmpty()) {
            tables.addResults(run.job.id(), run.number, rows);
        }
        boolean done = tables.fail(run.job.id(), end, error);
        if (done) {
            outbox.ended(tables, run.job.ended(JobState.FAILED, end, error), null);
        }
        return done;
    }

    /**
     * Cancels the job. A running attempt is recorded as started before it is ended, and its results are kept.
     *
     * @param job as this transaction has read it
     * @param run its attempt; null if none is in memory
     * @return the job in its final state; null if it had ended
     */
    public @Nullable StoredJob cancel(JobTables tables, StoredJob job, @Nullable AttemptRun run) throws StoreException {
        AttemptRun.Told told = run == null ? null : run.told();
        if (run != null && told != null) {
            int number = told.attempt().number();
            tables.start(job.id(), told.attempt(), told.queueNanos());
            tables.addResults(job.id(), number, told.results());
            tables.tell(job.id(), number, told.progress(), told.output());
        }
        RawJson error = error(job, new Failure.Cancelled());
        Instant at = clock.instant().truncatedTo(ChronoUnit.MICROS);
        if (!tables.cancel(job.id(), at, error)) {
            return null;
        }
        if (told != null || job.state() == JobState.RUNNING) {
            return decided(tables, job.id());
        }
        StoredJob cancelled = job.cancelled(at, error);
        outbox.ended(tables, cancelled, null);
        return cancelled;
    }

    /**
     * Expires the job: its time to start is over, by this clock or by that of the pool, which may be slightly ahead.
     *
     * @return the job in its final state; null if its state did not permit that
     */
    public @Nullable StoredJob expire(JobTables tables, StoredJob job) throws StoreException {
        Instant now = clock.instant();
        Instant limit = job.expiresAt();
        Instant then = limit == null || now.isAfter(limit) ? now : limit;
        RawJson error = error(job, new Failure.Expired());
        return tables.expire(job.id(), then, error) ? decided(tables, job.id()) : null;
    }

    /**
     * Queues jobs that ran when the service died, or fails those that ran at too many of its deaths.
     *
     * @param deaths the number of deaths of the service after which the job fails
     * @return how many were running
     */
    public int recover(JobTables tables, int deaths, RawJson error) throws StoreException {
        List<UUID> exhausted = tables.exhausted(deaths);
        int running = tables.recover(clock.instant(), deaths, error);
        for (UUID id : exhausted) {
            decided(tables, id);
        }
        return running;
    }

    /** The current state of a job that was ended by decision. */
    private @Nullable StoredJob decided(JobTables tables, UUID id) throws StoreException {
        StoredJob job = tables.find(id);
        if (job != null) {
            outbox.ended(tables, job, null);
        }
        return job;
    }

    private static RawJson error(StoredJob job, Failure failure) {
        return OutcomeMapper.error(job.id(), job.spec(), failure).toJson();
    }
}
