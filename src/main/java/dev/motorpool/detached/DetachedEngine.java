package dev.motorpool.detached;

import dev.motorpool.job.ErrorType;
import dev.motorpool.job.JobError;
import dev.motorpool.json.RawJson;
import dev.motorpool.pool.Pool;
import dev.motorpool.pool.PoolState;
import dev.motorpool.pool.Pools;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.DoubleSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What moves detached jobs: the store's thread, the feeds of the pools, and the schedule. Started once the pools are
 * there, and closed after them.
 */
public final class DetachedEngine implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(DetachedEngine.class);
    private static final Duration TICK = Duration.ofSeconds(1);
    private static final long FEW = 10_000;

    private final JobStore store;
    private final DetachedSettings settings;
    private final Predicate<String> functions;
    private final Clock clock;
    private final Commits commits;
    private final DiskReserve disk;
    private final Feeds feeds = new Feeds();
    private final Watchers watchers = new Watchers();
    private final Endings endings;
    private final Deliveries deliveries;
    private final JobListener listener;
    private final JobCensus census;
    private final Runs runs;
    private final PoolFeeds poolFeeds;
    private final Doubts doubts;
    private final QueueCounts counts;
    private final RelativeTimes starts;
    private final RelativeTimes expiries;
    private final DueJobs dueJobs;
    private final Schedule schedule;
    private final ScheduledThreadPoolExecutor later = new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().daemon().name("motorpool-map-flush").factory());

    /** Jobs that have not ended. */
    private final AtomicLong outstanding = new AtomicLong();

    private final TenantBacklogs tenants;

    /** Set once, by {@link #open}. */
    private volatile @Nullable Pools pools;

    /**
     * Starts the store's thread; the rest by {@link #open}.
     *
     * @param functions which functions there are; it may change while the service does not run
     * @param steady runs on when the other clock is set
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

    /** @param threads run what reads the store for feeds and maps; may fail to */
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
        this.tenants = new TenantBacklogs(settings.tenants());
        this.functions = functions;
        this.clock = clock;
        this.listener = listener;
        this.census = new JobCensus(store);
        this.disk = new DiskReserve(store, settings.diskReserve());
        JobMemory memory = new JobMemory(settings.memory());
        this.starts = new RelativeTimes(clock, steady);
        this.expiries = new RelativeTimes(clock, steady);
        SetClock setClock = new SetClock(clock, steady);
        Announcements announcements = new Announcements(this::made);
        this.commits = new Commits(announcements.over(store), _ -> suspend(!mayStart()), listener, memory.changes());
        this.deliveries = new Deliveries(store, commits, settings, clock, setClock);
        Aftermath aftermath = new Aftermath() {
            @Override
            public void over(Run run) {
                feeds.over(run);
            }

            @Override
            public void ended(StoredJob job, @Nullable RawJson value) {
                DetachedEngine.this.ended(job, value);
            }

            @Override
            public void rescheduled(StoredJob job, RelativeTimes.Time next) {
                starts.add(next);
                listener.jobRetried(job);
                wakeBy(job);
                watchers.happened(new JobView(job, List.of(), null, null));
            }
        };
        this.endings = new Endings(clock, announcements);
        Retries retries = new Retries(starts, random);
        this.runs = new Runs(
                commits, store, feeds, watchers, endings, aftermath, retries, clock, expiries, memory, later, threads);
        this.poolFeeds = new PoolFeeds(store, feeds, runs, memory, functions, threads);
        this.doubts = new Doubts(this, commits, feeds);
        this.counts = new QueueCounts(store);
        this.dueJobs = new DueJobs(this, store, feeds, watchers, endings, starts, expiries, setClock);
        this.schedule = new Schedule(clock, this::perform);
        later.prestartCoreThread(); // now, while there are threads
        commits.start();
    }

    /**
     * Takes up the jobs that the store has.
     *
     * @throws StoreException if the store does not take what a start has to write
     */
    public void open(Pools itsPools) throws StoreException, InterruptedException {
        takeUp(itsPools);
        schedule.start();
    }

    /** As {@link #open}, without the thread that does what is due. */
    void takeUp(Pools itsPools) throws StoreException, InterruptedException {
        pools = itsPools;
        int interrupted = recover();
        Map<String, JobReader.Backlog> backlogs = store.read(JobReader::backlogs);
        long all = backlogs.values().stream()
                .mapToLong(backlog -> backlog.queued() + backlog.scheduled())
                .sum();
        outstanding.set(all);
        tenants.open(store);
        if (all > 0) {
            LOG.atInfo()
                    .addKeyValue("count", all)
                    .addKeyValue("interrupted", interrupted)
                    .log("Taking up jobs");
        }
        poolFeeds.adopt(itsPools);
        for (String name : backlogs.keySet()) {
            Pool pool = itsPools.find(name).orElse(null);
            if (pool != null && pool.view().state() == PoolState.TERMINATED) {
                new Cancelling(this, endings, new JobViews(this))
                        .cancelAll(new JobFilter(Set.of(), null, name, Map.of()));
            } else if (pool == null) {
                LOG.atWarn()
                        .addKeyValue("pool", name)
                        .log("Jobs wait for a pool that does not exist; they run when it does");
            }
        }
    }

    private int recover() throws StoreException, InterruptedException {
        RawJson error = JobError.of(
                        ErrorType.WORKER_LOST,
                        "The service ended while the job ran.",
                        "exit_code",
                        null,
                        "reason",
                        "the service ended while the job ran")
                .toJson();
        Asked<Integer> recovery = new Asked<>() {
            @Override
            Integer make(JobTables tables) throws StoreException {
                tables.countBytes(tenants.withBytes());
                return endings.recover(tables, settings.deaths(), error);
            }
        };
        commits.add(recovery);
        // Who limits the bytes of a tenant for the first time has them counted.
        return recovery.await(tenants.withBytes().isEmpty() ? Duration.ofMinutes(1) : Duration.ofMinutes(10));
    }

    /** The greatest id of a job in the store; null if there is none, or the store cannot tell. */
    public @Nullable UUID newestJob() {
        try {
            List<StoredJob> newest =
                    store.read(tables -> tables.list(new JobFilter(Set.of(), null, null, Map.of()), null, 1));
            return newest.isEmpty() ? null : newest.getFirst().id();
        } catch (StoreException e) {
            return null;
        }
    }

    private void made(Parcel parcel) {
        deliveries.made(parcel);
    }

    /** What tells the ends of jobs. */
    public Deliveries deliveries() {
        return deliveries;
    }

    Endings endings() {
        return endings;
    }

    JobStore store() {
        return store;
    }

    DetachedSettings settings() {
        return settings;
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

    private boolean mayStart() {
        return commits.mayStart() && disk.hasRoomForEnds();
    }

    DiskReserve disk() {
        return disk;
    }

    /** Whether the store takes what is written. */
    public boolean reachable() {
        return commits.reachable();
    }

    /** Jobs that have not ended. */
    public long outstanding() {
        return outstanding.get();
    }

    /** Keeps the pools that clients made in the store. */
    public KeptPools keptPools() {
        return new KeptPools(store, commits, settings.storeTimeout());
    }

    /** Counts jobs for those who only watch. */
    public JobCensus census() {
        return census;
    }

    boolean change(Change change) {
        return commits.add(change);
    }

    void arrived(List<WaitingJob> jobs) {
        feeds.arrived(jobs);
    }

    /** The feed of the pool, made when it is first asked for. */
    Feed feed(Pool pool) {
        return poolFeeds.of(pool);
    }

    /** How many feeds there are. */
    int feeds() {
        return feeds.all().size();
    }

    /** The pool of that name as jobs use it; null if there is none. */
    @Nullable
    PoolPort port(String name) {
        Pool pool = pools().find(name).orElse(null);
        return pool == null ? null : feed(pool).pool();
    }

    /** Whether there is a function of this name. */
    boolean knows(String function) {
        return functions.test(function);
    }

    /** The run of the job, if it is in memory. */
    @Nullable
    Run run(StoredJob job) {
        return feeds.run(job.pool(), job.id());
    }

    /** Counts one more job; false if there are as many as may be. */
    boolean count() {
        if (outstanding.incrementAndGet() <= settings.backlog()) {
            return true;
        }
        outstanding.decrementAndGet();
        return false;
    }

    /** Whether a webhook to this URL would be within the backlog too, with all jobs that have not ended. */
    boolean hasRoomForWebhook(String url) {
        return deliveries.hasRoomFor(url, settings.backlog() - outstanding.get() - deliveries.pending());
    }

    /** A new job of the pool was refused, as there are as many as may be. */
    void backlogFull(PoolPort pool) {
        listener.jobRefused(pool.name(), ErrorType.QUEUE_FULL.word());
    }

    /** A new job of the pool was refused by a limit of its tenant. */
    void tenantFull(PoolPort pool) {
        listener.jobRefused(pool.name(), ErrorType.LIMIT_REACHED.word());
    }

    void uncount() {
        outstanding.decrementAndGet();
    }

    /** How many jobs tenants have. */
    TenantBacklogs tenants() {
        return tenants;
    }

    /** A job of the tenant that was counted, in its pool too, has ended, or has not come about. */
    void discount(String tenant, @Nullable PoolPort pool) {
        uncount();
        tenants.discount(tenant);
        if (pool != null) {
            pool.ended(1);
        }
    }

    /** The job has a later start, or a time to expire. */
    void wakeBy(StoredJob job) {
        if (job.dueAt() != null) {
            schedule.wakeBy(job.dueAt());
        }
        if (job.expiresAt() != null) {
            schedule.wakeBy(job.expiresAt());
        }
    }

    /** The job is in a final state, and that is on stable storage. */
    private void ended(StoredJob job, @Nullable RawJson value) {
        if (job.expires() != null) {
            expiries.remove(job.id());
        }
        Feed feed = feeds.find(job.pool());
        discount(job.tenant(), feed == null ? null : feed.pool());
        listener.jobEnded(job);
        if (watchers.isWatched(job.id())) {
            List<Attempt> attempts = job.latest() == null ? List.of() : List.of(job.latest());
            watchers.ended(new JobView(job, attempts, value, null));
        }
    }

    /** As {@link #ended}, of a job that was ended by decision: its run is given up. */
    void endedOtherwise(StoredJob job) {
        starts.remove(job.id());
        feeds.gone(job);
        ended(job, null);
    }

    RelativeTimes starts() {
        return starts;
    }

    RelativeTimes expiries() {
        return expiries;
    }

    Doubts doubts() {
        return doubts;
    }

    /** Counts a job again that was discounted, in its pool too. */
    void recount(StoredJob job) {
        outstanding.incrementAndGet();
        tenants.recount(job.tenant());
        Feed feed = feeds.find(job.pool());
        if (feed != null) {
            feed.pool().restore(1);
        }
    }

    void forgotten(UUID job) {
        watchers.forgotten(job);
    }

    /** How many jobs wait before this one; negative if memory does not tell. */
    int before(StoredJob job) {
        Feed feed = feeds.find(job.pool());
        return feed == null ? -1 : feed.before(JobKey.of(job));
    }

    /** How many jobs of the pool wait in memory. */
    int waitingInMemory(String pool) {
        Feed feed = feeds.find(pool);
        return feed == null ? 0 : feed.waiting();
    }

    /** When a job will start that has so many before it; null if nothing is known. */
    @Nullable
    Instant estimatedStart(String pool, long position) {
        Feed feed = feeds.find(pool);
        Duration time = feed == null ? null : feed.timeFor(position + 1);
        return time == null ? null : clock.instant().plus(time);
    }

    /** Jobs of the pool that wait for a slot; where there are many, as of a moment ago. */
    public long queued(String pool) {
        return counts.queued(pool, outstanding.get() <= FEW);
    }

    /** As {@link #queued} where there are many: no newer than that, and counted by one thread while the others go on. */
    long queuedOfLate(String pool) {
        return counts.queuedOfLate(pool);
    }

    private void suspend(boolean suspend) {
        poolFeeds.suspend(suspend);
    }

    /** Begins nothing new any more, and answers who waits; what runs goes on. */
    public void stop() {
        poolFeeds.stop();
        watchers.stopping();
    }

    /** Does what is due. */
    Instant perform(Instant now) {
        poolFeeds.suspend(!mayStart());
        Pools opened = pools;
        if (opened != null) {
            poolFeeds.adopt(opened);
        }
        feeds.all().forEach(Feed::tick);
        Instant next = now.plus(TICK);
        if (!commits.reachable()) {
            return next;
        }
        try {
            next = dueJobs.perform(now, next);
        } catch (StoreException e) {
            LOG.warn("What is due cannot be done for now: {}", e.getMessage());
            commits.doubt();
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
        return next;
    }

    /** Waits for a change that somebody asks for. */
    <T> T ask(Asked<T> change) throws StoreException, InterruptedException {
        if (!commits.add(change)) {
            throw new StoreException("the service is stopping");
        }
        return change.await(settings.storeTimeout());
    }

    /** Writes what has ended, and ends. Again: does nothing. */
    @Override
    public void close() {
        stop();
        schedule.close();
        later.shutdownNow();
        commits.close();
        store.close();
    }
}
