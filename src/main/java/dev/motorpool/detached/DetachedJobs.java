package dev.motorpool.detached;

import dev.motorpool.detached.attempt.AttemptRun;
import dev.motorpool.detached.commit.BlockingChange;
import dev.motorpool.detached.commit.StoreCalls;
import dev.motorpool.detached.model.Delivery;
import dev.motorpool.detached.model.DeliveryKey;
import dev.motorpool.detached.model.JobFilter;
import dev.motorpool.detached.model.JobPage;
import dev.motorpool.detached.model.JobView;
import dev.motorpool.detached.model.MapResults;
import dev.motorpool.detached.model.RepeatKey;
import dev.motorpool.detached.model.ReturnWhen;
import dev.motorpool.detached.model.StoredJob;
import dev.motorpool.detached.store.JobReader;
import dev.motorpool.detached.store.JobTables;
import dev.motorpool.detached.store.StoreException;
import dev.motorpool.detached.wait.Completions;
import dev.motorpool.detached.wait.JobEvents;
import dev.motorpool.detached.wait.JobLookup;
import dev.motorpool.detached.wait.JobViews;
import dev.motorpool.detached.wait.JobWait;
import dev.motorpool.detached.wait.ManyWait;
import dev.motorpool.detached.wait.MapItems;
import dev.motorpool.function.TraceContext;
import dev.motorpool.job.JobError;
import dev.motorpool.job.JobIds;
import dev.motorpool.job.ProblemType;
import dev.motorpool.job.request.AsyncCall;
import dev.motorpool.job.request.CallRefusedException;
import dev.motorpool.job.waited.AdmissionSwitch;
import dev.motorpool.pool.Pool;
import dev.motorpool.pool.Tenant;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Facade over detached jobs, used by the HTTP layer.
 *
 * <pre>
 *   submit -> GroupCommitWriter -> store -> PoolPrefetch -> pool -> AttemptRun -> GroupCommitWriter -> store -> Watchers
 * </pre>
 *
 * Everything returned here about a job is on stable storage. Thread-safe. Methods that block say so, and each wait is
 * bounded.
 */
public final class DetachedJobs {

    private final DetachedEngine engine;
    private final StoreCalls store;
    private final JobLookup lookup;
    private final JobViews views;
    private final Cancelling cancelling;
    private final Submissions submissions;
    private final ManualRetries retries;

    public DetachedJobs(DetachedEngine engine, AdmissionSwitch admission, JobIds ids, Clock clock) {
        this.engine = engine;
        this.store = engine.calls();
        this.views = engine.views();
        this.lookup = new JobLookup(store, views);
        this.cancelling = engine.cancelling();
        this.submissions = engine.submissions(admission, ids);
        this.retries = engine.retries(ids, clock);
    }

    /** The jobs that a tenant sees. */
    public TenantJobs of(Tenant tenant) {
        return new TenantJobs(this, tenant);
    }

    /** The owner of a job, or of its deliveries that have outlived it; null if there is neither. */
    @Nullable
    String tenant(UUID id) throws CallRefusedException {
        return store.read(tables -> tables.tenant(id));
    }

    /** The result of a submission: a new job, or the first one with the same repeat key. */
    public record Submission(JobView job, boolean repeated) {}

    /**
     * Stores the job; waits until it is on stable storage.
     *
     * @param tenant its owner
     * @param trace the trace that it belongs to; null if there is none
     */
    Submission submit(Tenant tenant, AsyncCall call, @Nullable RepeatKey key, @Nullable TraceContext trace)
            throws CallRefusedException, InterruptedException {
        return submissions.submit(tenant, call, key, trace);
    }

    /** The first job with this key, if the key was used with the same bytes; else null. */
    public @Nullable Submission repeated(RepeatKey key) throws CallRefusedException {
        return submissions.repeated(key);
    }

    /** The current state of the job; null if there is none. */
    public @Nullable JobView find(UUID id, boolean withValue) throws CallRefusedException {
        return lookup.find(id, withValue);
    }

    /** Waits for the end of a job. */
    JobWait await(UUID id, Duration wait, boolean withValue) throws CallRefusedException {
        return JobWait.open(lookup, engine.watchers(), id, wait, withValue);
    }

    /** Matching jobs, newest first: at most this many, fewer if they are long. */
    JobPage list(JobFilter filter, @Nullable UUID before, int most) throws CallRefusedException {
        return store.read(tables -> {
            List<StoredJob> jobs = tables.list(filter, before, most + 1);
            boolean more = jobs.size() > most
                    || (StoredJob.bytes(jobs) >= JobReader.MOST_LISTED_BYTES
                            && !tables.list(filter, jobs.getLast().id(), 1).isEmpty());
            return new JobPage(views.brief(jobs.size() > most ? jobs.subList(0, most) : jobs), more);
        });
    }

    /** Cancels a job unless it has ended; returns the job in its final state, null if there is none. */
    public @Nullable JobView cancel(UUID id) throws CallRefusedException, InterruptedException {
        JobView known = find(id, false);
        if (known == null || known.job().state().isFinal()) {
            return known;
        }
        return store.reaching(() -> new Found<>(cancelling.cancel(id))).value;
    }

    /** Cancels all matching jobs that have not ended, in steps; returns how many. */
    public long cancelAll(JobFilter filter) throws CallRefusedException, InterruptedException {
        return store.reaching(() -> cancelling.cancelAll(filter));
    }

    /** Starts a new round of a job that has failed, been cancelled or expired; null if there is no such job. */
    public @Nullable JobView retry(UUID id) throws CallRefusedException, InterruptedException {
        return retries.retry(id);
    }

    /** Deletes a job that has ended; false if there is none. */
    public boolean delete(UUID id) throws CallRefusedException, InterruptedException {
        StoredJob known = store.read(tables -> tables.find(id));
        if (known == null) {
            return false;
        }
        boolean deleted = store.ask(new BlockingChange<Boolean>() {
            @Override
            public Boolean make(JobTables tables) throws StoreException {
                return tables.delete(id);
            }

            @Override
            public void follow(Boolean done) {
                if (done) {
                    engine.forgotten(id);
                }
            }
        });
        if (!deleted && store.read(tables -> tables.find(id)) != null) {
            throw new CallRefusedException(JobError.of(
                    ProblemType.JOB_NOT_FINISHED, "The job has not ended. Cancel it first, or wait for its end."));
        }
        return deleted;
    }

    /** The end of the job's output; null if there is no such job. */
    byte @Nullable [] output(UUID id) throws CallRefusedException {
        return store.read(tables -> {
            StoredJob stored = tables.find(id);
            if (stored == null) {
                return null;
            }
            AttemptRun run = engine.run(stored);
            byte[] kept = tables.output(id);
            if (run != null && !stored.state().isFinal()) {
                return run.output();
            }
            return kept == null ? new byte[0] : kept;
        });
    }

    /** Waits for several jobs. */
    ManyWait awaitAll(List<UUID> asked, ReturnWhen when, Duration timeout) throws CallRefusedException {
        return ManyWait.open(engine.watchers(), asked, when, timeout, lookup::states);
    }

    /** Jobs as they end. */
    Completions asCompleted(List<UUID> asked) throws CallRefusedException {
        return Completions.open(lookup, engine.watchers(), asked, lookup::states);
    }

    /** The events of a job from now on; null if there is no such job. */
    public @Nullable JobEvents events(UUID id) throws CallRefusedException {
        return JobEvents.open(lookup, engine.watchers(), id);
    }

    /**
     * Results of a map's items, existing and future.
     *
     * @param byCompletion in the order of completion; else in the order of the items
     * @param after the place (in completion, or in the items) of the last known one; -1: none
     * @return null if there is no such job
     */
    @Nullable
    MapItems items(UUID id, boolean byCompletion, long after) throws CallRefusedException {
        JobView job = find(id, false);
        if (job == null) {
            return null;
        }
        if (job.job().spec().map() == null) {
            throw new CallRefusedException(JobError.of(
                    ProblemType.NOT_A_MAP,
                    "The job is a single call (" + job.job().spec().verb() + "); only maps have items."));
        }
        return new MapItems(lookup, engine.watchers(), id, byCompletion, after);
    }

    /** A page of results of a map by index, from the row with this index on; empty at the end. */
    public List<MapResults> results(UUID id, int fromIndex) throws CallRefusedException {
        return lookup.results(id, fromIndex);
    }

    /** Time of the delivery's next attempt; null if it has ended. */
    public @Nullable Instant nextTry(Delivery delivery) {
        return engine.deliveries().nextTry(delivery);
    }

    /** The deliveries of a job, the oldest first; null if neither the job nor a delivery exists. */
    @Nullable
    List<Delivery> deliveries(UUID id) throws CallRefusedException, InterruptedException {
        return store.reaching(() -> new Found<>(engine.deliveries().of(id))).value;
    }

    /** Makes a delivery due now, in any state; null if there is none. */
    @Nullable
    Delivery retry(DeliveryKey key) throws CallRefusedException, InterruptedException {
        return store.reaching(() -> new Found<>(engine.deliveries().retry(key))).value;
    }

    /** An optional result. */
    private record Found<T>(@Nullable T value) {}

    /** Jobs of the pool that wait for a slot. */
    public long queued(String pool) {
        return engine.queued(pool);
    }

    /** Cancels the store's jobs of a terminated pool; waits until that is done. */
    public void endPool(Pool pool) throws CallRefusedException, InterruptedException {
        cancelAll(new JobFilter(Set.of(), null, pool.name(), Map.of()));
    }
}
