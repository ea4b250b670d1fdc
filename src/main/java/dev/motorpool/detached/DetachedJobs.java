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
import dev.motorpool.job.AdmissionSwitch;
import dev.motorpool.job.AsyncCall;
import dev.motorpool.job.CallRefusedException;
import dev.motorpool.job.ErrorType;
import dev.motorpool.job.JobError;
import dev.motorpool.job.JobIds;
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
 * The detached jobs of the service, in the hands of who serves clients.
 *
 * <pre>
 *   submit -> GroupCommitWriter -> store -> Feed -> pool -> Run -> GroupCommitWriter -> store -> Watchers
 * </pre>
 *
 * Whatever is answered here about a job is on stable storage. All methods may be called by any thread; those that wait
 * say so, and each wait has an end.
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

    /** Whom a job belongs to, or those of its deliveries that have outlived it; null if there is neither. */
    @Nullable
    String tenant(UUID id) throws CallRefusedException {
        return store.read(tables -> tables.tenant(id));
    }

    /** What a submission led to: a new job, or the first one of the same repeat key. */
    public record Submission(JobView job, boolean repeated) {}

    /**
     * Stores the job; waits until it is on stable storage.
     *
     * @param tenant whom it belongs to
     * @param trace the trace that it belongs to; null if there is none
     */
    Submission submit(Tenant tenant, AsyncCall call, @Nullable RepeatKey key, @Nullable TraceContext trace)
            throws CallRefusedException, InterruptedException {
        return submissions.submit(tenant, call, key, trace);
    }

    /** The first job of this key, if the key came before with the same bytes; else null. */
    public @Nullable Submission repeated(RepeatKey key) throws CallRefusedException {
        return submissions.repeated(key);
    }

    /** The refusal of an id that no job has. */
    public static CallRefusedException unknown(String id) {
        return JobLookup.unknown(id);
    }

    /** The job as it is now; null if there is none. */
    public @Nullable JobView find(UUID id, boolean withValue) throws CallRefusedException {
        return lookup.find(id, withValue);
    }

    /** Waits for the end of a job. */
    JobWait await(UUID id, Duration wait, boolean withValue) throws CallRefusedException {
        return JobWait.open(lookup, engine.watchers(), id, wait, withValue);
    }

    /** Jobs that fit, newest first: at most this many, fewer where they are long. */
    JobPage list(JobFilter filter, @Nullable UUID before, int most) throws CallRefusedException {
        return store.read(tables -> {
            List<StoredJob> jobs = tables.list(filter, before, most + 1);
            boolean more = jobs.size() > most
                    || (StoredJob.bytes(jobs) >= JobReader.MOST_LISTED_BYTES
                            && !tables.list(filter, jobs.getLast().id(), 1).isEmpty());
            return new JobPage(jobs.stream().limit(most).map(views::brief).toList(), more);
        });
    }

    /** Cancels a job, unless it has ended; the job in its final state, null if there is none. */
    public @Nullable JobView cancel(UUID id) throws CallRefusedException, InterruptedException {
        JobView known = find(id, false);
        if (known == null || known.job().state().isFinal()) {
            return known;
        }
        return store.reaching(() -> new Found<>(cancelling.cancel(id))).value;
    }

    /** Cancels all jobs that fit and have not ended, in steps; how many. */
    public long cancelAll(JobFilter filter) throws CallRefusedException, InterruptedException {
        return store.reaching(() -> cancelling.cancelAll(filter));
    }

    /** Begins a new round of a job that has failed, been cancelled or expired; null if there is none of that id. */
    public @Nullable JobView retry(UUID id) throws CallRefusedException, InterruptedException {
        return retries.retry(id);
    }

    /** Forgets a job that has ended; false if there is none. */
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
                    ErrorType.JOB_NOT_FINISHED, "The job has not ended. Cancel it first, or wait for its end."));
        }
        return deleted;
    }

    /** The last of what the job has printed; null if there is no such job. */
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

    /** What happens to a job from now on; null if there is none. */
    public @Nullable JobEvents events(UUID id) throws CallRefusedException {
        return JobEvents.open(lookup, engine.watchers(), id);
    }

    /**
     * Results of a map's items, those there are and those to come.
     *
     * @param byCompletion in the order of completion; else in that of the items
     * @param after the place (in completion, or in the items) of the last one that is known; -1: none
     * @return null if there is no such job
     */
    @Nullable
    MapItems items(UUID id, boolean byCompletion, long after) throws CallRefusedException {
        JobView job = find(id, false);
        if (job == null) {
            return null;
        }
        if (job.job().map() == null) {
            throw new CallRefusedException(JobError.of(
                    ErrorType.NOT_A_MAP,
                    "The job is a single call (" + job.job().verb() + "); only maps have items."));
        }
        return new MapItems(lookup, engine.watchers(), id, byCompletion, after);
    }

    /** A page of results of a map by index, from the row that holds this one on; empty at the end. */
    public List<MapResults> results(UUID id, int fromIndex) throws CallRefusedException {
        return lookup.results(id, fromIndex);
    }

    /** When the delivery is tried next; null if it has ended. */
    public @Nullable Instant nextTry(Delivery delivery) {
        return engine.deliveries().nextTry(delivery);
    }

    /** The deliveries of a job, the oldest first; null if there is neither the job nor any of them. */
    @Nullable
    List<Delivery> deliveries(UUID id) throws CallRefusedException, InterruptedException {
        return store.reaching(() -> new Found<>(engine.deliveries().of(id))).value;
    }

    /** Has a delivery tried now, whatever its state; null if there is none. */
    @Nullable
    Delivery retry(DeliveryKey key) throws CallRefusedException, InterruptedException {
        return store.reaching(() -> new Found<>(engine.deliveries().retry(key))).value;
    }

    /** Something that may not be there. */
    private record Found<T>(@Nullable T value) {}

    /** Jobs of the pool that wait for a slot. */
    public long queued(String pool) {
        return engine.queued(pool);
    }

    /** Cancels what the store has for a pool that was terminated; waits until that is done. */
    public void endPool(Pool pool) throws CallRefusedException, InterruptedException {
        cancelAll(new JobFilter(Set.of(), null, pool.name(), Map.of()));
    }
}
