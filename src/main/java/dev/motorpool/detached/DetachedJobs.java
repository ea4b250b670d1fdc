package dev.motorpool.detached;

import dev.motorpool.job.AsyncCall;
import dev.motorpool.job.CallRefusedException;
import dev.motorpool.job.ErrorType;
import dev.motorpool.job.Intake;
import dev.motorpool.job.JobError;
import dev.motorpool.job.JobIds;
import dev.motorpool.job.JobState;
import dev.motorpool.job.Refusals;
import dev.motorpool.json.RawJson;
import dev.motorpool.pool.Pool;
import dev.motorpool.pool.PoolState;
import dev.motorpool.pool.RefusedException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The detached jobs of the service, in the hands of who serves clients.
 *
 * <pre>
 *   submit -> Commits -> store -> Feed -> pool -> Run -> Commits -> store -> Watchers
 * </pre>
 *
 * Whatever is answered here about a job is on stable storage. All methods may be called by any thread; those that wait
 * say so, and each wait has an end.
 */
public final class DetachedJobs {

    private static final int EXACT = 1_000;
    private static final int COUNTED = 100_000;
    private static final long PAGE_BYTES = 1 << 20;
    private static final int PAGE_ROWS = 256;

    private final DetachedEngine engine;
    private final Cancelling cancelling;
    private final Intake intake;
    private final JobIds ids;
    private final Clock clock;

    public DetachedJobs(DetachedEngine engine, Intake intake, JobIds ids, Clock clock) {
        this.engine = engine;
        this.cancelling = new Cancelling(engine, engine.endings());
        this.intake = intake;
        this.ids = ids;
        this.clock = clock;
    }

    /** What a submission led to: a new job, or the first one of the same repeat key. */
    public record Submission(JobView job, boolean repeated) {}

    /** Stores the job; waits until it is on stable storage. */
    public Submission submit(AsyncCall call, @Nullable RepeatKey key)
            throws CallRefusedException, InterruptedException {
        JobError refusal = intake.refusal();
        if (refusal == null && !engine.reachable()) {
            refusal = unavailable();
        }
        if (refusal != null) {
            throw new CallRefusedException(refusal);
        }
        PoolPort pool = engine.feed(call.pool()).pool();
        JobError closed = admit(pool);
        if (closed != null) {
            return repeated(key, closed);
        }
        UUID id = ids.next();
        NewJob job = newJob(id, call);
        Insert insert = new Insert(job, call.pool(), key);
        JobTables.Insertion insertion = null;
        try {
            insertion = ask(insert);
        } finally {
            if (!(insertion instanceof JobTables.Insertion.Made)) {
                engine.discount(pool, 1);
            }
        }
        return switch (insertion) {
            case JobTables.Insertion.Made made -> new Submission(view(insert.stored()), false);
            case JobTables.Insertion.Repeated repeated -> repeated(repeated);
            case JobTables.Insertion.Conflict conflict -> throw conflict();
        };
    }

    private @Nullable JobError admit(PoolPort pool) {
        if (!engine.count()) {
            return JobError.of(
                            ErrorType.QUEUE_FULL,
                            "As many jobs as may have not ended yet: "
                                    + engine.settings().backlog() + ".")
                    .retryAfter(Duration.ofSeconds(10));
        }
        try {
            pool.admit();
            return null;
        } catch (RefusedException refused) {
            engine.uncount(1);
            return Refusals.of(refused);
        }
    }

    /** The first job of this key, if the key came before with the same bytes; else null. */
    public @Nullable Submission repeated(RepeatKey key) throws CallRefusedException {
        return read(tables -> tables.findRepeat(key)) instanceof JobTables.Insertion.Repeated first
                ? repeated(first)
                : null;
    }

    /** What cannot be taken may be a repetition of what was taken. */
    private Submission repeated(@Nullable RepeatKey key, JobError refusal) throws CallRefusedException {
        if (key != null) {
            JobTables.Insertion known = read(tables -> tables.findRepeat(key));
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
        JobView first = find(repeated.id(), true);
        if (first == null) {
            throw unknown(repeated.id().toString());
        }
        return new Submission(first, true);
    }

    private static CallRefusedException conflict() {
        return new CallRefusedException(JobError.of(
                ErrorType.IDEMPOTENCY_KEY_REUSED,
                "This Idempotency-Key came before with another body. Use a new key for a new call."));
    }

    /** The refusal of an id that no job has. */
    public static CallRefusedException unknown(String id) {
        return new CallRefusedException(JobError.of(
                ErrorType.UNKNOWN_JOB,
                "There is no job '" + id + "': it never was, is not detached, or has been forgotten.",
                "name",
                id,
                "suggestion",
                null));
    }

    private static JobError unavailable() {
        return JobError.unavailable("the store of jobs cannot be reached for now");
    }

    private NewJob newJob(UUID id, AsyncCall call) {
        AsyncCall.MapPart map = call.map();
        Instant asked = call.startAt();
        // A start in the past is one at once, and no older than what was asked before it.
        Instant startAt = asked != null && asked.isAfter(call.readAt()) ? asked : null;
        return new NewJob(
                id,
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
                call.callbacks());
    }

    private final class Insert extends Asked<JobTables.Insertion> {
        private final NewJob job;
        private final Pool pool;
        private final @Nullable RepeatKey key;
        private @Nullable StoredJob stored;

        Insert(NewJob job, Pool pool, @Nullable RepeatKey key) {
            this.job = job;
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
            return tables.insert(job, key);
        }

        @Override
        void follow(JobTables.Insertion insertion) {
            if (insertion instanceof JobTables.Insertion.Made(StoredJob made)) {
                stored = made;
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
                engine.withdraw(made);
            }
        }

        @Override
        long bytes() {
            return (long) job.args().length() + job.kwargs().length();
        }
    }

    /** Something that waits for the store. */
    private interface Reaching<T> {
        T perform() throws StoreException, InterruptedException;
    }

    private static <T> T reaching(Reaching<T> what) throws CallRefusedException, InterruptedException {
        try {
            return what.perform();
        } catch (StoreException failed) {
            throw new CallRefusedException(unavailable());
        }
    }

    private <T> T ask(Asked<T> change) throws CallRefusedException, InterruptedException {
        return reaching(() -> engine.ask(change));
    }

    private <T extends @Nullable Object> T read(JobStore.Reading<T> reading) throws CallRefusedException {
        try {
            return engine.store().read(reading);
        } catch (StoreException failed) {
            throw new CallRefusedException(unavailable());
        }
    }

    /** The job as it is now; null if there is none. */
    public @Nullable JobView find(UUID id, boolean withValue) throws CallRefusedException {
        return read(tables -> {
            StoredJob stored = tables.find(id);
            return stored == null ? null : view(tables, stored, withValue);
        });
    }

    private JobView view(JobReader tables, StoredJob stored, boolean withValue) throws StoreException {
        Run run = engine.run(stored);
        StoredJob job = run == null ? stored : run.live(stored);
        boolean single = job.map() == null;
        RawJson value = withValue && single && job.state() == JobState.SUCCEEDED ? tables.value(job.id()) : null;
        return new JobView(job, attempts(tables, job), value, place(tables, job));
    }

    /** A job that nobody has seen before. */
    private JobView view(StoredJob stored) {
        Run run = engine.run(stored);
        StoredJob job = run == null ? stored : run.live(stored);
        JobView.Place place = nearPlace(job);
        if (place == null && job.state() == JobState.QUEUED) {
            place = placeOfNew(job);
        }
        return new JobView(job, job.latest() == null ? List.of() : List.of(job.latest()), null, place);
    }

    /** The place of a job behind very many: as the newest one it has all before it, but for less urgent ones. */
    private JobView.@Nullable Place placeOfNew(StoredJob job) {
        String pool = job.pool();
        long position = engine.waitingInMemory(pool);
        try {
            if (position < EXACT) {
                position = engine.store().read(tables -> tables.queuedBefore(pool, JobKey.of(job), EXACT));
            }
        } catch (StoreException unknown) {
            return null;
        }
        return place(job, position < EXACT ? position : Math.max(position, engine.queuedOfLate(pool)));
    }

    private static List<Attempt> attempts(JobReader tables, StoredJob job) throws StoreException {
        Attempt latest = job.latest();
        if (latest == null) {
            return List.of();
        }
        if (latest.number() == 1) {
            return List.of(latest);
        }
        List<Attempt> attempts = new ArrayList<>(tables.attempts(job.id()));
        attempts.removeIf(attempt -> attempt.number() >= latest.number());
        attempts.add(latest);
        return attempts;
    }

    private JobView.@Nullable Place place(JobReader tables, StoredJob job) throws StoreException {
        JobView.Place near = nearPlace(job);
        if (near != null || job.state() != JobState.QUEUED) {
            return near;
        }
        long position = tables.queuedBefore(job.pool(), JobKey.of(job), EXACT);
        if (position >= EXACT) {
            position = tables.queuedBefore(job.pool(), JobKey.of(job), COUNTED);
        }
        return place(job, position);
    }

    /** The place of a job as far as memory tells; null if the store has to be asked, or the job has none. */
    private JobView.@Nullable Place nearPlace(StoredJob job) {
        return switch (job.state()) {
            case SCHEDULED -> new JobView.Place(null, job.dueAt());
            case QUEUED -> {
                int position = engine.before(job);
                yield position < 0 ? null : place(job, position);
            }
            default -> null;
        };
    }

    private JobView.Place place(StoredJob job, long position) {
        return new JobView.Place(position, engine.estimatedStart(job.pool(), position));
    }

    /** The job without value, attempts and place; null if there is none. */
    @Nullable
    JobView glance(UUID id) throws CallRefusedException {
        StoredJob stored = read(tables -> tables.find(id));
        if (stored == null) {
            return null;
        }
        Run run = engine.run(stored);
        return new JobView(run == null ? stored : run.live(stored), List.of(), null, null);
    }

    /** Waits for the end of a job. */
    public JobWait await(UUID id, Duration wait, boolean withValue) throws CallRefusedException {
        return JobWait.open(this, engine.watchers(), id, wait, withValue);
    }

    /** Jobs that fit, newest first, without values, attempts and places. */
    public List<JobView> list(JobFilter filter, @Nullable UUID before, int most) throws CallRefusedException {
        List<StoredJob> jobs = read(tables -> tables.list(filter, before, most));
        return jobs.stream()
                .map(stored -> {
                    Run run = engine.run(stored);
                    return new JobView(run == null ? stored : run.live(stored), List.of(), null, null);
                })
                .toList();
    }

    /** Cancels a job, unless it has ended; the job in its final state, null if there is none. */
    public @Nullable JobView cancel(UUID id) throws CallRefusedException, InterruptedException {
        StoredJob known = read(tables -> tables.find(id));
        if (known == null) {
            return null;
        }
        if (!known.state().isFinal()) {
            reaching(() -> {
                cancelling.cancel(id);
                return true;
            });
        }
        return find(id, false);
    }

    /** Cancels all jobs that fit and have not ended, in steps; how many. */
    public long cancelAll(JobFilter filter) throws CallRefusedException, InterruptedException {
        return reaching(() -> cancelling.cancelAll(filter));
    }

    /** Begins a new round of a job that has failed, been cancelled or expired; null if there is none of that id. */
    public @Nullable JobView retry(UUID id) throws CallRefusedException, InterruptedException {
        StoredJob known = read(tables -> tables.find(id));
        if (known == null) {
            return null;
        }
        PoolPort pool = engine.port(known.pool());
        JobError refusal = pool == null
                ? JobError.of(
                        ErrorType.POOL_CLOSED, "The pool '" + known.pool() + "' of the job is not there any more.")
                : admit(pool);
        if (refusal != null) {
            throw new CallRefusedException(refusal);
        }
        AtomicReference<@Nullable WaitingJob> queued = new AtomicReference<>();
        boolean retried = false;
        try {
            retried = ask(new Asked<Boolean>() {
                @Override
                Boolean make(JobTables tables) throws StoreException {
                    Instant now = clock.instant();
                    boolean done = tables.retry(id, now, JobAge.of(ids.next()));
                    queued.set(done ? tables.withArguments(id) : null);
                    return done;
                }

                @Override
                void follow(Boolean done) {
                    WaitingJob job = queued.get();
                    if (job != null) {
                        engine.wakeBy(job.job());
                        engine.arrived(List.of(job));
                    }
                }

                @Override
                void undo(Boolean done) {
                    doubt(done);
                }

                @Override
                void doubt(Boolean done) {
                    WaitingJob job = queued.get();
                    if (job != null) {
                        engine.perhapsQueued(job);
                    }
                }
            });
        } finally {
            if (!retried) {
                engine.discount(pool, 1);
            }
        }
        if (!retried) {
            throw new CallRefusedException(JobError.of(
                    ErrorType.JOB_NOT_FAILED,
                    "The job is " + known.state().word()
                            + "; only a failed, cancelled or expired job can be retried."));
        }
        return find(id, false);
    }

    /** Forgets a job that has ended; false if there is none. */
    public boolean delete(UUID id) throws CallRefusedException, InterruptedException {
        StoredJob known = read(tables -> tables.find(id));
        if (known == null) {
            return false;
        }
        boolean deleted = ask(new Asked<Boolean>() {
            @Override
            Boolean make(JobTables tables) throws StoreException {
                return tables.delete(id);
            }

            @Override
            void follow(Boolean done) {
                if (done) {
                    engine.forgotten(id);
                }
            }
        });
        if (!deleted && read(tables -> tables.find(id)) != null) {
            throw new CallRefusedException(JobError.of(
                    ErrorType.JOB_NOT_FINISHED, "The job has not ended. Cancel it first, or wait for its end."));
        }
        return deleted;
    }

    /** The last of what the job has printed; null if there is no such job. */
    public byte @Nullable [] output(UUID id) throws CallRefusedException {
        return read(tables -> {
            StoredJob stored = tables.find(id);
            if (stored == null) {
                return null;
            }
            Run run = engine.run(stored);
            byte[] kept = tables.output(id);
            if (run != null && !stored.state().isFinal()) {
                return run.output();
            }
            return kept == null ? new byte[0] : kept;
        });
    }

    /** Waits for several jobs. */
    public ManyWait awaitAll(List<UUID> asked, ReturnWhen when, Duration timeout) throws CallRefusedException {
        return ManyWait.open(engine.watchers(), asked, when, timeout, this::states);
    }

    /** Jobs as they end. */
    public Completions asCompleted(List<UUID> asked) throws CallRefusedException {
        return Completions.open(this, engine.watchers(), asked, this::states);
    }

    /** The states of jobs. */
    private List<@Nullable StoredJob> states(List<UUID> asked) throws CallRefusedException {
        return read(tables -> {
            List<@Nullable StoredJob> jobs = new ArrayList<>();
            for (UUID id : asked) {
                jobs.add(tables.find(id));
            }
            return jobs;
        });
    }

    /** What happens to a job from now on; null if there is none. */
    public @Nullable JobEvents events(UUID id) throws CallRefusedException {
        return JobEvents.open(this, engine.watchers(), id);
    }

    /**
     * Results of a map's items, those there are and those to come.
     *
     * @param byCompletion in the order of completion; else in that of the items
     * @param after the place (in completion, or in the items) of the last one that is known; -1: none
     * @return null if there is no such job
     */
    public @Nullable MapItems items(UUID id, boolean byCompletion, long after) throws CallRefusedException {
        JobView job = find(id, false);
        if (job == null) {
            return null;
        }
        if (job.job().map() == null) {
            throw new CallRefusedException(JobError.of(
                    ErrorType.NOT_A_MAP,
                    "The job is a single call (" + job.job().verb() + "); only maps have items."));
        }
        return new MapItems(this, engine.watchers(), id, byCompletion, after);
    }

    /** A page of results of a map by index, from the row that holds this one on; empty at the end. */
    public List<MapResults> results(UUID id, int fromIndex) throws CallRefusedException {
        return read(tables -> tables.resultsByIndex(id, fromIndex, PAGE_ROWS, PAGE_BYTES));
    }

    /** As {@link #results}, by completion. */
    List<MapResults> completed(UUID id, long fromSeq) throws CallRefusedException {
        return read(tables -> tables.resultsBySeq(id, fromSeq, PAGE_ROWS, PAGE_BYTES));
    }

    /** The deliveries of a job, the oldest first; null if there is neither the job nor any of them. */
    public @Nullable List<Delivery> deliveries(UUID id) throws CallRefusedException, InterruptedException {
        return reaching(() -> new Found<>(engine.deliveries().of(id))).value;
    }

    /** Has a delivery tried now, whatever its state; null if there is none. */
    public @Nullable Delivery retry(DeliveryKey key) throws CallRefusedException, InterruptedException {
        return reaching(() -> new Found<>(engine.deliveries().retry(key))).value;
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
