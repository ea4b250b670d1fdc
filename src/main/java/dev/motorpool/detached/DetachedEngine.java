package dev.motorpool.detached;

import dev.motorpool.detached.attempt.AttemptRun;
import dev.motorpool.detached.attempt.JobCompletion;
import dev.motorpool.detached.attempt.PoolPort;
import dev.motorpool.detached.attempt.Retries;
import dev.motorpool.detached.commit.BlockingChange;
import dev.motorpool.detached.commit.DiskReserve;
import dev.motorpool.detached.commit.GroupCommitWriter;
import dev.motorpool.detached.commit.JobListener;
import dev.motorpool.detached.commit.KeptPools;
import dev.motorpool.detached.commit.StoreCalls;
import dev.motorpool.detached.delivery.Deliveries;
import dev.motorpool.detached.delivery.DeliveryOutbox;
import dev.motorpool.detached.feed.AttemptRunner;
import dev.motorpool.detached.feed.JobMemory;
import dev.motorpool.detached.feed.KnownFunctions;
import dev.motorpool.detached.feed.PoolPrefetch;
import dev.motorpool.detached.feed.PrefetchLifecycle;
import dev.motorpool.detached.feed.Prefetches;
import dev.motorpool.detached.model.DetachedSettings;
import dev.motorpool.detached.model.JobFilter;
import dev.motorpool.detached.model.OutgoingDelivery;
import dev.motorpool.detached.model.StoredJob;
import dev.motorpool.detached.store.JobCensus;
import dev.motorpool.detached.store.JobReader;
import dev.motorpool.detached.store.JobStore;
import dev.motorpool.detached.store.JobTables;
import dev.motorpool.detached.store.Schedule;
import dev.motorpool.detached.store.StoreException;
import dev.motorpool.detached.time.RelativeTimes;
import dev.motorpool.detached.time.SetClock;
import dev.motorpool.detached.wait.JobViews;
import dev.motorpool.detached.wait.WaitingReasons;
import dev.motorpool.detached.watch.Watchers;
import dev.motorpool.job.JobError;
import dev.motorpool.job.JobIds;
import dev.motorpool.job.ProblemType;
import dev.motorpool.job.waited.AdmissionSwitch;
import dev.motorpool.json.RawJson;
import dev.motorpool.pool.Pool;
import dev.motorpool.pool.PoolState;
import dev.motorpool.pool.PoolView;
import dev.motorpool.pool.Pools;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.function.DoubleSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs detached jobs: owns the store's writer thread, the prefetches of the pools, and the schedule. Started after the
 * pools exist, and closed after them.
 */
public final class DetachedEngine implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(DetachedEngine.class);
    private static final Duration TICK = Duration.ofSeconds(1);
    private static final long FEW = 10_000;

    private final JobStore store;
    private final DetachedSettings settings;
    private final Predicate<String> functions;
    private final GroupCommitWriter writer;
    private final StoreCalls calls;
    private final DiskReserve disk;
    private final Prefetches prefetches;
    private final JobListener listener;
    private final Watchers watchers = new Watchers();
    private final JobCompletion completion;
    private final Deliveries deliveries;
    private final Backlog backlog;
    private final JobCensus census;
    private final PrefetchLifecycle prefetchLifecycle;
    private final InDoubtChanges inDoubt;
    private final JobViews views;
    private final Cancelling cancelling;
    private final JobTimes times;
    private final DueJobs dueJobs;
    private final Schedule schedule;
    private final ScheduledThreadPoolExecutor later = new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().daemon().name("motorpool-map-flush").factory());

    /** Set once, by {@link #open}. */
    private volatile @Nullable Pools pools;

    /**
     * Starts the store's thread; {@link #open} starts the rest.
     *
     * @param functions the known functions; {@link #functionsChanged} is called after they have changed
     * @param steady keeps running when the system clock is set
     */
    public DetachedEngine(
            JobStore store,
            DetachedSettings settings,
            Predicate<String> functions,
            Clock clock,
            Clock steady,
            DoubleSupplier random,
            JobListener listener) {
        this(store, settings, functions, clock, steady, random, listener, task -> Thread.ofVirtual()
                .name("motorpool-detached")
                .start(task));
    }

    /** @param threads run the readings of the store for prefetches and maps; may fail to start them */
    DetachedEngine(
            JobStore store,
            DetachedSettings settings,
            Predicate<String> functions,
            Clock clock,
            Clock steady,
            DoubleSupplier random,
            JobListener listener,
            Executor threads) {
        this.store = store;
        this.settings = settings;
        this.listener = listener;
        this.functions = functions;
        this.prefetches = new Prefetches(settings.withRunning());
        this.schedule = new Schedule(clock, this::perform);
        this.times = new JobTimes(clock, steady, schedule);
        this.census = new JobCensus(store);
        this.disk = new DiskReserve(store, settings.diskReserve());
        JobMemory memory =
                new JobMemory(settings.memory(), 1 + settings.withRunning().size());
        SetClock setClock = new SetClock(clock, steady);
        DeliveryOutbox outbox = new DeliveryOutbox(this::made);
        this.completion = new JobCompletion(clock, outbox);
        this.writer =
                new GroupCommitWriter(outbox.over(store), disk, _ -> suspend(!mayStart()), listener, memory.changes());
        this.calls = new StoreCalls(store, writer, settings.storeTimeout());
        this.deliveries = new Deliveries(store, writer, calls, clock, setClock);
        this.backlog = new Backlog(settings, prefetches, deliveries, listener);
        JobEnds ends = new JobEnds(prefetches, watchers, backlog, times, listener);
        Retries retries = new Retries(times.starts(), random);
        AttemptRunner runner = new AttemptRunner(
                writer,
                store,
                prefetches,
                watchers,
                completion,
                ends,
                retries,
                clock,
                times.expiries(),
                memory,
                later,
                threads);
        KnownFunctions known = new KnownFunctions(functions, clock);
        this.prefetchLifecycle = new PrefetchLifecycle(store, prefetches, runner, memory, known, clock, threads);
        this.inDoubt = new InDoubtChanges(writer, prefetches, ends, backlog, times);
        WaitingReasons reasons =
                new WaitingReasons(prefetches, known, this::poolView, prefetchLifecycle::suspendedSince);
        this.views = new JobViews(store, prefetches, census, reasons, clock);
        this.cancelling = new Cancelling(calls, prefetches, completion, views, ends, inDoubt);
        this.dueJobs =
                new DueJobs(calls, store, prefetches, watchers, completion, times, setClock, deliveries, ends, inDoubt);
        later.prestartCoreThread(); // now, while threads are available
        writer.start();
    }

    /**
     * Takes up the jobs in the store.
     *
     * @throws StoreException if the store refuses what a start has to write
     */
    public void open(Pools itsPools) throws StoreException, InterruptedException {
        takeUp(itsPools);
        schedule.start();
    }

    /** As {@link #open}, without the schedule's thread. */
    public void takeUp(Pools itsPools) throws StoreException, InterruptedException {
        pools = itsPools;
        int interrupted = recover();
        JobReader.Census census = store.read(JobReader::census);
        long all = census.queued() + census.scheduled();
        backlog.open(all, store);
        if (all > 0) {
            LOG.atInfo()
                    .addKeyValue("count", all)
                    .addKeyValue("interrupted", interrupted)
                    .log("Resuming jobs");
        }
        prefetchLifecycle.adopt(itsPools);
        for (String name : census.pools().keySet()) {
            Pool pool = itsPools.find(name).orElse(null);
            if (pool != null && pool.view().state() == PoolState.TERMINATED) {
                cancelling.cancelAll(new JobFilter(Set.of(), null, name, Map.of()));
            } else if (pool == null) {
                LOG.atWarn()
                        .addKeyValue("pool", name)
                        .log("Jobs wait for a pool that does not exist; they run when it does");
            }
        }
    }

    private int recover() throws StoreException, InterruptedException {
        RawJson error = JobError.of(
                        ProblemType.WORKER_LOST,
                        "The service ended while the job ran.",
                        "exit_code",
                        null,
                        "reason",
                        "the service ended while the job ran")
                .toJson();
        BlockingChange<Integer> recovery = new BlockingChange<>() {
            @Override
            public Integer make(JobTables tables) throws StoreException {
                tables.countBytes(backlog.tenants().withBytes());
                tables.separate(settings.withRunning());
                return completion.recover(tables, settings.deaths(), error);
            }
        };
        writer.add(recovery);
        // For a newly limited tenant the store counts its bytes, or builds an index of all waiting jobs.
        boolean limited = !backlog.tenants().withBytes().isEmpty()
                || !settings.withRunning().isEmpty();
        return recovery.await(!limited ? Duration.ofMinutes(1) : Duration.ofMinutes(10));
    }

    /** The greatest id of a job in the store; null if there is none, or the store cannot be read. */
    public @Nullable UUID newestJob() {
        try {
            List<StoredJob> newest =
                    store.read(tables -> tables.list(new JobFilter(Set.of(), null, null, Map.of()), null, 1));
            return newest.isEmpty() ? null : newest.getFirst().id();
        } catch (StoreException e) {
            return null;
        }
    }

    private void made(OutgoingDelivery outgoing) {
        deliveries.made(outgoing);
    }

    /** The webhook deliveries of jobs. */
    public Deliveries deliveries() {
        return deliveries;
    }

    StoreCalls calls() {
        return calls;
    }

    JobViews views() {
        return views;
    }

    Cancelling cancelling() {
        return cancelling;
    }

    Submissions submissions(AdmissionSwitch admission, JobIds ids) {
        return new Submissions(
                calls,
                writer,
                backlog,
                disk,
                times,
                prefetchLifecycle,
                prefetches,
                views,
                cancelling,
                inDoubt,
                listener,
                admission,
                ids);
    }

    ManualRetries retries(JobIds ids, Clock clock) {
        return new ManualRetries(calls, backlog, times, this::port, prefetches, views, inDoubt, functions, ids, clock);
    }

    Watchers watchers() {
        return watchers;
    }

    Pools pools() {
        Pools opened = pools;
        if (opened == null) {
            throw new IllegalStateException("not opened");
        }
        return opened;
    }

    /** The state of the pool; empty if there is none. */
    private Optional<PoolView> poolView(String name) {
        Pools opened = pools;
        return opened == null ? Optional.empty() : opened.find(name).map(Pool::view);
    }

    private boolean mayStart() {
        return writer.mayStart() && disk.hasRoomForEnds();
    }

    /** Whether the store accepts writes. */
    public boolean reachable() {
        return writer.reachable();
    }

    /** Jobs that have not ended. */
    public long outstanding() {
        return backlog.count();
    }

    /** Stores the pools that clients have created. */
    public KeptPools keptPools() {
        return new KeptPools(store, calls);
    }

    /** Job counts for monitoring. */
    public JobCensus census() {
        return census;
    }

    /** A prefetch of the pool; created on first use. */
    PoolPrefetch feed(Pool pool) {
        return prefetchLifecycle.of(pool);
    }

    /** Number of prefetches. */
    public int feeds() {
        return prefetches.all().size();
    }

    /** The pool with this name, as jobs use it; null if there is none. */
    @Nullable
    PoolPort port(String name) {
        Pool pool = pools().find(name).orElse(null);
        return pool == null ? null : feed(pool).pool();
    }

    /** The attempt of the job, if it is in memory. */
    @Nullable
    AttemptRun run(StoredJob job) {
        return prefetches.run(job);
    }

    public RelativeTimes starts() {
        return times.starts();
    }

    public RelativeTimes expiries() {
        return times.expiries();
    }

    void forgotten(UUID job) {
        watchers.forgotten(job);
    }

    /** Jobs of the pool that wait for a slot; where there are many, a recent count. */
    public long queued(String pool) {
        return (backlog.count() <= FEW ? census.now() : census.take())
                .pool(pool)
                .queued();
    }

    private void suspend(boolean suspend) {
        prefetchLifecycle.suspend(suspend);
    }

    /**
     * The known functions have changed. Waiting jobs of functions that have gone stay queued, jobs of those that are back
     * run. Does not block on the store; its cost depends on the pools and the functions that jobs wait for, not on the
     * number of jobs.
     */
    public void functionsChanged() {
        if (pools != null) { // before that no job is in memory
            prefetchLifecycle.functionsChanged();
        }
    }

    /** Starts nothing new, and answers waiting clients; running attempts continue. */
    public void stop() {
        prefetchLifecycle.stop();
        watchers.stopping();
    }

    /** Performs what is due. */
    public Instant perform(Instant now) {
        prefetchLifecycle.suspend(!mayStart());
        Pools opened = pools;
        if (opened != null) {
            prefetchLifecycle.adopt(opened);
        }
        prefetches.all().forEach(PoolPrefetch::tick);
        Instant next = now.plus(TICK);
        if (!writer.reachable()) {
            return next;
        }
        try {
            next = dueJobs.perform(now, next);
        } catch (StoreException e) {
            LOG.warn("Cannot process due jobs; retrying: {}", e.getMessage());
            writer.doubt();
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
        return next;
    }

    /** Writes what has ended, and closes. Idempotent. */
    @Override
    public void close() {
        stop();
        schedule.close();
        later.shutdownNow();
        writer.close();
        store.close();
    }
}
