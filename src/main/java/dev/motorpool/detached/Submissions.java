package dev.motorpool.detached;

import dev.motorpool.detached.DetachedJobs.Submission;
import dev.motorpool.function.TraceContext;
import dev.motorpool.job.AsyncCall;
import dev.motorpool.job.CallRefusedException;
import dev.motorpool.job.Callbacks;
import dev.motorpool.job.ErrorType;
import dev.motorpool.job.Intake;
import dev.motorpool.job.JobError;
import dev.motorpool.job.JobIds;
import dev.motorpool.job.JobState;
import dev.motorpool.job.Refusals;
import dev.motorpool.pool.Pool;
import dev.motorpool.pool.PoolState;
import dev.motorpool.pool.RefusedException;
import dev.motorpool.pool.Tenant;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Takes jobs in: each is counted, stored, and told to its pool, once for each repeat key. */
final class Submissions {

    private static final Duration BACKLOG_PAUSE = Duration.ofSeconds(10);

    private final DetachedEngine engine;
    private final StoreCalls store;
    private final JobViews views;
    private final Cancelling cancelling;
    private final Intake intake;
    private final JobIds ids;

    Submissions(
            DetachedEngine engine, StoreCalls store, JobViews views, Cancelling cancelling, Intake intake, JobIds ids) {
        this.engine = engine;
        this.store = store;
        this.views = views;
        this.cancelling = cancelling;
        this.intake = intake;
        this.ids = ids;
    }

    /** Stores the job; waits until it is on stable storage. */
    Submission submit(Tenant tenant, AsyncCall call, @Nullable RepeatKey key, @Nullable TraceContext trace)
            throws CallRefusedException, InterruptedException {
        JobError refusal = intake.refusal();
        if (refusal == null && !engine.reachable()) {
            refusal = StoreCalls.unavailable();
        }
        if (refusal != null) {
            throw new CallRefusedException(refusal);
        }
        UUID id = ids.next();
        Duration delay = call.delay();
        RelativeTimes.Time start = delay == null ? null : engine.starts().in(id, delay);
        NewJob job = newJob(id, tenant, call, start == null ? call.startAt() : start.at(), trace);
        if (engine.disk().refuses(job.bytes())) {
            return repeated(key, StoreCalls.diskFull());
        }
        PoolPort pool = engine.feed(call.pool()).pool();
        JobError closed = admit(tenant.name(), pool, call.callbacks());
        if (closed != null) {
            return repeated(key, closed);
        }
        Duration expires = call.expires();
        RelativeTimes.Time expiry = expires == null ? null : engine.expiries().in(id, expires, call.readAt());
        Insert insert = new Insert(job, start, expiry, call.pool(), key);
        JobTables.Insertion insertion = null;
        try {
            insertion = store.ask(insert);
        } finally {
            if (!(insertion instanceof JobTables.Insertion.Made)) {
                engine.discount(tenant.name(), pool);
            }
        }
        return switch (insertion) {
            case JobTables.Insertion.Made made -> new Submission(views.ofNew(insert.stored()), false);
            case JobTables.Insertion.Repeated repeated -> repeated(repeated);
            case JobTables.Insertion.Conflict conflict -> throw conflict();
            case JobTables.Insertion.NoRoom noRoom -> {
                engine.tenantFull(pool, tenant.name(), "bytes");
                throw new CallRefusedException(engine.tenants().noRoom(tenant.name()));
            }
        };
    }

    /** Counts one more job of the tenant and of the pool, which is to be discounted if it does not come about; why it cannot be taken, or null. */
    @Nullable
    JobError admit(String tenant, PoolPort pool, Callbacks callbacks) {
        for (String url : callbacks.urls()) {
            if (!engine.hasRoomForWebhook(url)) {
                engine.backlogFull(pool);
                return full("Of jobs that have not ended and webhooks that have not arrived, all or this receiver's,"
                        + " there are as many as may be; of all: ");
            }
        }
        if (!engine.count()) {
            engine.backlogFull(pool);
            return full("As many jobs as may have not ended yet: ");
        }
        if (!engine.tenants().count(tenant)) {
            engine.uncount();
            engine.tenantFull(pool, tenant, "jobs");
            return engine.tenants().full(tenant);
        }
        try {
            pool.admit();
            return null;
        } catch (RefusedException refused) {
            engine.uncount();
            engine.tenants().discount(tenant);
            return Refusals.of(refused);
        }
    }

    private JobError full(String sentence) {
        return JobError.of(ErrorType.QUEUE_FULL, sentence + engine.settings().backlog() + ".")
                .retryAfter(BACKLOG_PAUSE);
    }

    /** The first job of this key, if the key came before with the same bytes; else null. */
    @Nullable
    Submission repeated(RepeatKey key) throws CallRefusedException {
        return switch (store.read(tables -> tables.findRepeat(key))) {
            case JobTables.Insertion.Repeated first -> repeated(first);
            case JobTables.Insertion.Conflict ignored -> throw conflict();
            case null, default -> null;
        };
    }

    /** What cannot be taken may be a repetition of what was taken. */
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
            throw DetachedJobs.unknown(repeated.id().toString());
        }
        return new Submission(first, true);
    }

    private static CallRefusedException conflict() {
        return new CallRefusedException(JobError.of(
                ErrorType.IDEMPOTENCY_KEY_REUSED,
                "This Idempotency-Key came before with another body. Use a new key for a new call."));
    }

    private NewJob newJob(
            UUID id, Tenant tenant, AsyncCall call, @Nullable Instant asked, @Nullable TraceContext trace) {
        AsyncCall.MapPart map = call.map();
        // A start in the past is one at once, and no older than what was asked before it.
        Instant startAt = asked != null && asked.isAfter(call.readAt()) ? asked : null;
        return new NewJob(
                id,
                tenant.name(),
                call.verb(),
                call.function().name(),
                call.pool().name(),
                call.args(),
                call.kwargs(),
                call.timeout(),
                call.expires(),
                call.priority(),
                call.tags(),
                call.retries(),
                call.retryDelay(),
                call.retain(),
                call.readAt(),
                startAt,
                map == null ? null : new NewJob.MapShape(map.count(), map.chunksize(), map.collect()),
                call.callbacks(),
                trace);
    }

    private final class Insert extends Asked<JobTables.Insertion> {
        private final NewJob job;
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
                NewJob job,
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

        /** The job as it was stored. */
        StoredJob stored() {
            StoredJob made = stored;
            if (made == null) {
                throw new IllegalStateException("nothing was stored");
            }
            return made;
        }

        @Override
        JobTables.Insertion make(JobTables tables) throws StoreException {
            return engine.tenants().insert(tables, job, key);
        }

        @Override
        void follow(JobTables.Insertion insertion) {
            if (insertion instanceof JobTables.Insertion.Made(StoredJob made)) {
                stored = made;
                engine.submitted(made);
                if (start != null) {
                    engine.starts().add(start);
                }
                if (expiry != null) {
                    engine.expiries().add(expiry);
                }
                engine.wakeBy(made);
                if (pool.view().state() == PoolState.TERMINATED) {
                    // It was terminated while the job was on its way to the store.
                    engine.change(cancelling.change(made));
                } else if (made.state() == JobState.QUEUED) {
                    engine.arrived(List.of(new WaitingJob(made, job.args(), job.kwargs())));
                }
            }
        }

        @Override
        void undo(JobTables.Insertion insertion) {
            doubt(insertion);
        }

        /** Its client was told that it is not accepted, so it must not run. */
        @Override
        void doubt(JobTables.Insertion insertion) {
            if (insertion instanceof JobTables.Insertion.Made(StoredJob made)) {
                engine.doubts().accepted(made);
            }
        }

        @Override
        long bytes() {
            return job.bytes();
        }

        @Override
        boolean isSubmission() {
            return true;
        }
    }
}
