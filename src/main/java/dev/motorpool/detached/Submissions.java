package dev.motorpool.detached;

import dev.motorpool.detached.DetachedJobs.Submission;
import dev.motorpool.detached.attempt.PoolPort;
import dev.motorpool.detached.commit.BlockingChange;
import dev.motorpool.detached.commit.DiskReserve;
import dev.motorpool.detached.commit.GroupCommitWriter;
import dev.motorpool.detached.commit.JobListener;
import dev.motorpool.detached.commit.StoreCalls;
import dev.motorpool.detached.feed.PrefetchLifecycle;
import dev.motorpool.detached.feed.Prefetches;
import dev.motorpool.detached.model.JobView;
import dev.motorpool.detached.model.RepeatKey;
import dev.motorpool.detached.model.StoredJob;
import dev.motorpool.detached.model.WaitingJob;
import dev.motorpool.detached.store.JobTables;
import dev.motorpool.detached.store.StoreException;
import dev.motorpool.detached.time.RelativeTimes;
import dev.motorpool.detached.wait.JobLookup;
import dev.motorpool.detached.wait.JobViews;
import dev.motorpool.function.TraceContext;
import dev.motorpool.job.JobError;
import dev.motorpool.job.JobIds;
import dev.motorpool.job.JobState;
import dev.motorpool.job.ProblemType;
import dev.motorpool.job.request.AsyncCall;
import dev.motorpool.job.request.CallRefusedException;
import dev.motorpool.job.waited.AdmissionSwitch;
import dev.motorpool.pool.Pool;
import dev.motorpool.pool.PoolState;
import dev.motorpool.pool.Tenant;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Accepts jobs: counts and stores each job, and notifies its pool, once for each repeat key. */
final class Submissions {

    private final StoreCalls store;
    private final GroupCommitWriter writer;
    private final Backlog backlog;
    private final DiskReserve disk;
    private final JobTimes times;
    private final PrefetchLifecycle pools;
    private final Prefetches prefetches;
    private final JobViews views;
    private final Cancelling cancelling;
    private final InDoubtChanges inDoubt;
    private final JobListener listener;
    private final AdmissionSwitch admission;
    private final JobIds ids;

    Submissions(
            StoreCalls store,
            GroupCommitWriter writer,
            Backlog backlog,
            DiskReserve disk,
            JobTimes times,
            PrefetchLifecycle pools,
            Prefetches prefetches,
            JobViews views,
            Cancelling cancelling,
            InDoubtChanges inDoubt,
            JobListener listener,
            AdmissionSwitch admission,
            JobIds ids) {
        this.store = store;
        this.writer = writer;
        this.backlog = backlog;
        this.disk = disk;
        this.times = times;
        this.pools = pools;
        this.prefetches = prefetches;
        this.views = views;
        this.cancelling = cancelling;
        this.inDoubt = inDoubt;
        this.listener = listener;
        this.admission = admission;
        this.ids = ids;
    }

    /** Stores the job; waits until it is on stable storage. */
    Submission submit(Tenant tenant, AsyncCall call, @Nullable RepeatKey key, @Nullable TraceContext trace)
            throws CallRefusedException, InterruptedException {
        JobError refusal = admission.refusal();
        if (refusal == null && !store.reachable()) {
            refusal = StoreCalls.unavailable();
        }
        if (refusal != null) {
            throw new CallRefusedException(refusal);
        }
        UUID id = ids.next();
        Duration delay = call.delay();
        RelativeTimes.Time start = delay == null ? null : times.starts().in(id, delay);
        WaitingJob job = newJob(id, tenant, call, start == null ? call.startAt() : start.at(), trace);
        if (disk.refuses(job.chosenBytes())) {
            return repeated(key, StoreCalls.diskFull());
        }
        PoolPort pool = pools.of(call.pool()).pool();
        JobError closed = backlog.admit(tenant.name(), pool, call.spec().callbacks());
        if (closed != null) {
            return repeated(key, closed);
        }
        Duration expires = call.spec().expires();
        RelativeTimes.Time expiry = expires == null ? null : times.expiries().in(id, expires, call.readAt());
        Insert insert = new Insert(job, start, expiry, call.pool(), key);
        JobTables.Insertion insertion = null;
        try {
            insertion = store.ask(insert);
        } finally {
            if (!(insertion instanceof JobTables.Insertion.Made)) {
                backlog.discount(tenant.name(), pool);
            }
        }
        return switch (insertion) {
            case JobTables.Insertion.Made made -> new Submission(views.ofNew(insert.stored()), false);
            case JobTables.Insertion.Repeated repeated -> repeated(repeated);
            case JobTables.Insertion.Conflict conflict -> throw conflict();
            case JobTables.Insertion.NoRoom noRoom -> {
                backlog.refusedByTenant(pool, tenant.name(), "bytes");
                throw new CallRefusedException(backlog.tenants().noRoom(tenant.name()));
            }
        };
    }

    /** The first job with this key, if the key was used with the same bytes; else null. */
    @Nullable
    Submission repeated(RepeatKey key) throws CallRefusedException {
        return switch (store.read(tables -> tables.findRepeat(key))) {
            case JobTables.Insertion.Repeated first -> repeated(first);
            case JobTables.Insertion.Conflict ignored -> throw conflict();
            case null, default -> null;
        };
    }

    /** A refused submission may be a repetition of an accepted one. */
    private Submission repeated(@Nullable RepeatKey key, JobError refusal) throws CallRefusedException {
        if (key != null) {
            JobTables.Insertion known = store.read(tables -> tables.findRepeat(key));
            if (known instanceof JobTables.Insertion.Repeated repeated) {
                return repeated(repeated);
            }
            if (known instanceof JobTables.Insertion.Conflict) {
                throw conflict();
            }
        }
        throw new CallRefusedException(refusal);
    }

    private Submission repeated(JobTables.Insertion.Repeated repeated) throws CallRefusedException {
        JobView first = store.read(tables -> {
            StoredJob stored = tables.find(repeated.id());
            return stored == null ? null : views.of(tables, stored, true);
        });
        if (first == null) {
            throw JobLookup.unknown(repeated.id().toString());
        }
        return new Submission(first, true);
    }

    private static CallRefusedException conflict() {
        return new CallRefusedException(JobError.of(
                ProblemType.IDEMPOTENCY_KEY_REUSED,
                "This Idempotency-Key came before with another body. Use a new key for a new call."));
    }

    private static WaitingJob newJob(
            UUID id, Tenant tenant, AsyncCall call, @Nullable Instant asked, @Nullable TraceContext trace) {
        // A start in the past means at once, and makes the job no older than its submission.
        Instant startAt = asked != null && asked.isAfter(call.readAt()) ? asked : null;
        StoredJob job = StoredJob.submitted(id, tenant.name(), call.spec(), call.readAt(), startAt, trace);
        return new WaitingJob(job, call.args(), call.kwargs());
    }

    private final class Insert extends BlockingChange<JobTables.Insertion> {
        private final WaitingJob job;
        private final Pool pool;
        private final @Nullable RepeatKey key;
        private final RelativeTimes.@Nullable Time start;
        private final RelativeTimes.@Nullable Time expiry;
        private @Nullable StoredJob stored;

        /**
         * A new job.
         *
         * @param start null unless the job has a delay
         * @param expiry null unless it expires
         */
        Insert(
                WaitingJob job,
                RelativeTimes.@Nullable Time start,
                RelativeTimes.@Nullable Time expiry,
                Pool pool,
                @Nullable RepeatKey key) {
            this.job = job;
            this.start = start;
            this.expiry = expiry;
            this.pool = pool;
            this.key = key;
        }

        /** The job as stored. */
        StoredJob stored() {
            StoredJob made = stored;
            if (made == null) {
                throw new IllegalStateException("nothing was stored");
            }
            return made;
        }

        @Override
        public JobTables.Insertion make(JobTables tables) throws StoreException {
            return backlog.tenants().insert(tables, job, key);
        }

        @Override
        public void follow(JobTables.Insertion insertion) {
            if (insertion instanceof JobTables.Insertion.Made(StoredJob made)) {
                stored = made;
                listener.jobSubmitted(made);
                if (start != null) {
                    times.starts().add(start);
                }
                if (expiry != null) {
                    times.expiries().add(expiry);
                }
                times.wakeFor(made);
                if (pool.view().state() == PoolState.TERMINATED) {
                    // The pool was terminated while the job was being stored.
                    boolean _ = writer.add(cancelling.change(made));
                } else if (made.state() == JobState.QUEUED) {
                    prefetches.arrived(List.of(new WaitingJob(made, job.args(), job.kwargs())));
                }
            }
        }

        @Override
        public void undo(JobTables.Insertion insertion) {
            doubt(insertion);
        }

        /** The client was refused, so the job must not run. */
        @Override
        public void doubt(JobTables.Insertion insertion) {
            if (insertion instanceof JobTables.Insertion.Made(StoredJob made)) {
                inDoubt.accepted(made);
            }
        }

        @Override
        public long bytes() {
            return job.chosenBytes();
        }

        @Override
        public boolean isSubmission() {
            return true;
        }
    }
}
