package dev.motorpool.detached.feed;

import static org.assertj.core.api.Assertions.assertThat;

import dev.motorpool.detached.attempt.AttemptRun;
import dev.motorpool.detached.attempt.PoolPort;
import dev.motorpool.detached.model.JobKey;
import dev.motorpool.detached.model.JobLine;
import dev.motorpool.detached.model.StoredJob;
import dev.motorpool.detached.model.WaitingJob;
import dev.motorpool.detached.time.RelativeTimes;
import dev.motorpool.job.JobSpec;
import dev.motorpool.json.RawJson;
import dev.motorpool.pool.CallRequest;
import dev.motorpool.pool.Lane;
import dev.motorpool.pool.LaneRequest;
import dev.motorpool.pool.LaneResults;
import dev.motorpool.pool.PendingCall;
import dev.motorpool.pool.Pool;
import dev.motorpool.testing.Eventually;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The contents of a prefetch under random histories. The pool and the store are only lists, so that the test covers the
 * bookkeeping between them.
 */
@Tag("service")
class PoolPrefetchTest {

    private static final long LIMIT = 8L << 20;
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final List<String> FUNCTIONS = List.of("echo", "a", "b");

    /**
     * Jobs that are queued or run, in the order of the queue. Guarded by itself, because prefetches read it on their
     * own threads.
     */
    private final TreeMap<JobKey, StoredJob> store = new TreeMap<>();

    /** Jobs given to the pool and not started. Guarded by itself. */
    private final TreeMap<JobKey, ListedRun> queue = new TreeMap<>();

    private final Set<UUID> running = new HashSet<>();
    private final List<ListedRun> runs = new ArrayList<>();
    private long made;

    /** The arguments of all jobs. */
    private RawJson args = RawJson.EMPTY_ARRAY;

    /** Functions that the service has. */
    private final Set<String> known = ConcurrentHashMap.newKeySet();

    /** Functions that workers did not have since the functions changed. */
    private final Set<String> lacking = new HashSet<>();

    /** Attempts that found no function, and whose jobs are not known to be queued again. */
    private final List<ListedRun> unstarted = new ArrayList<>();

    /** Jobs of functions that are not known, as far as they were read. */
    private final AtomicInteger readInVain = new AtomicInteger();

    /** Counts readings of the store. */
    private final Semaphore readings = new Semaphore(0);

    /** Results of readings are returned when this is open. */
    private volatile CountDownLatch toldAfter = new CountDownLatch(0);

    /** Number of readings that get no thread, before the others. */
    private final AtomicInteger withoutThread = new AtomicInteger();

    private final PoolPrefetch prefetch = new PoolPrefetch(
            new ListedPool(),
            new JobLine("pool", null, Collections.emptySortedSet()),
            this::read,
            ListedRun::new,
            new JobMemory(LIMIT, 1),
            new KnownFunctions(known::contains, Clock.systemUTC()),
            true,
            this::onAThread);

    PoolPrefetchTest() {
        known.addAll(FUNCTIONS);
    }

    private void onAThread(Runnable reading) {
        if (withoutThread.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
            throw new OutOfMemoryError("unable to create native thread");
        }
        Thread.ofVirtual().start(reading);
    }

    @Test
    void aQueueThatNoThreadCouldReadIsReadLater() {
        withoutThread.set(2);
        arrive(new Random(1), 3);
        assertThat(prefetch.size()).isZero();
        prefetch.tick();
        assertThat(prefetch.size()).isZero();
        prefetch.tick();
        Eventually.within(PATIENCE, () -> assertThat(prefetch.size()).isEqualTo(3));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void everyJobStartsOnceAndNoneThatHasEnded(long seed) {
        Random random = new Random(seed);
        int burst = 1 + random.nextInt(400);
        for (int step = 0; step < 5_000; step++) {
            switch (random.nextInt(40)) {
                case 0 -> arrive(random, random.nextInt(8) == 0 ? 10 * burst : burst);
                case 1 -> prefetch.suspend();
                case 2, 3 -> prefetch.resume();
                case 4 -> prefetch.reread();
                case 5, 6, 7 -> cancel(random);
                case 8, 9 -> arrive(random, 1);
                case 10 -> checkPlace(random);
                case 11 -> changeFunctions(random);
                case 12 -> findNoFunction();
                case 13 -> queueAgain(random);
                default -> {
                    start();
                    if (running.size() > random.nextInt(50)) {
                        end(random);
                    }
                }
            }
        }
        prefetch.resume();
        known.addAll(FUNCTIONS);
        prefetch.functionsChanged();
        while (!unstarted.isEmpty()) {
            queueAgain(random);
        }
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (left() > 0) {
            start();
            end(random);
            assertThat(System.nanoTime()).as("%s jobs never start", left()).isLessThan(deadline);
        }
        assertThat(prefetch.size()).isZero();
        Eventually.within(PATIENCE, () -> assertThat(prefetch.before(JobKey.FIRST))
                .as("places are known again")
                .isZero());
    }

    private void changeFunctions(Random random) {
        String function = random.nextBoolean() ? "a" : "b";
        if (!known.remove(function)) {
            known.add(function);
        }
        lacking.clear();
        prefetch.functionsChanged();
    }

    /** The next job starts at a worker that does not have its function. */
    private void findNoFunction() {
        StoredJob job = start();
        if (job != null) {
            ListedRun run = runs.removeLast();
            unstarted.add(run);
            lacking.add(job.spec().function());
            prefetch.lacks(job.spec().function(), Instant.EPOCH);
        }
    }

    /** The store has queued the job of such an attempt again. */
    private void queueAgain(Random random) {
        if (!unstarted.isEmpty()) {
            ListedRun run = unstarted.remove(random.nextInt(unstarted.size()));
            running.remove(run.job.id());
            prefetch.back(run);
        }
    }

    @Test
    void jobsOfMissingFunctionsAreReadOnce() {
        known.remove("a");
        arrive(jobs(20_000, "a"));
        readings.drainPermits();
        prefetch.reread();
        List<StoredJob> others = jobs(10, "echo");
        arrive(others);
        for (int i = 0; i < 3; i++) {
            Eventually.within(PATIENCE, () -> assertThat(allQueued())
                    .isEqualTo(others.stream().map(JobKey::of).toList()));
            prefetch.suspend();
            prefetch.resume();
        }
        assertThat(readInVain.get()).isLessThanOrEqualTo(PoolPrefetch.MOST_WAITING);
        assertThat(readings.availablePermits()).isLessThan(20);
    }

    private List<StoredJob> jobs(int count, String function) {
        return IntStream.range(0, count).mapToObj(i -> job(0, function)).toList();
    }

    @Test
    void theMemoryHoldsTheFirstJobsHoweverManyThereAre() {
        Random random = new Random(1);
        for (int i = 0; i < 100; i++) {
            arrive(random, 500);
        }
        Eventually.within(
                PATIENCE, () -> assertThat(prefetch.size()).isBetween(1, 2 * PoolPrefetch.MOST_WAITING + 500));

        for (int i = 0; i < 10_000; i++) {
            JobKey first;
            synchronized (store) {
                first = store.firstKey();
            }
            // The jobs are given to the pool one by one.
            Eventually.within(PATIENCE, () -> assertThat(firstQueued()).isEqualTo(first));
            assertThat(JobKey.of(Objects.requireNonNull(start()))).isEqualTo(first);
            end(random);
        }
    }

    /**
     * During a reading, memory keeps a limited number of arriving jobs; an urgent job beyond the limit still runs
     * first.
     */
    @Test
    void anUrgentJobThatMemoryDidNotKeepIsReadBeforeTheLessUrgentOnes() throws InterruptedException {
        CountDownLatch goOn = new CountDownLatch(1);
        toldAfter = goOn;
        arrive(List.of(job(0)));
        assertThat(readings.tryAcquire(30, TimeUnit.SECONDS)).isTrue();
        arrive(IntStream.range(0, PoolPrefetch.MOST_WAITING)
                .mapToObj(i -> job(0))
                .toList());
        StoredJob urgent = job(4);
        arrive(List.of(urgent));

        goOn.countDown();

        Eventually.within(PATIENCE, () -> assertThat(firstQueued()).isEqualTo(JobKey.of(urgent)));
    }

    /** Running jobs count too: while they hold many bytes, nothing more is read; afterwards reading continues. */
    @Test
    void theMemoryHoldsNoMoreBytesThanItIsMeantForWhetherJobsWaitOrRun() {
        args = RawJson.of("[\"" + "x".repeat(64 << 10) + "\"]");
        Random random = new Random(1);
        for (int i = 0; i < 20; i++) {
            arrive(random, 20);
        }
        long most = LIMIT / args.length() + 2L * (LIMIT / 8 / args.length()) + 2 * 20;
        int started = 0;
        while (started < 400) {
            if (start() != null) {
                started++;
            } else if (!runs.isEmpty() && prefetch.waiting() == 0) {
                end(random);
            }
            assertThat((long) prefetch.size()).as("jobs in memory").isLessThanOrEqualTo(most);
        }
    }

    private int left() {
        synchronized (store) {
            return store.size();
        }
    }

    private List<JobKey> allQueued() {
        synchronized (queue) {
            return List.copyOf(queue.keySet());
        }
    }

    private @Nullable JobKey firstQueued() {
        synchronized (queue) {
            return queue.isEmpty() ? null : queue.firstKey();
        }
    }

    private void arrive(Random random, int count) {
        arrive(IntStream.range(0, count)
                .mapToObj(
                        i -> job(random.nextInt(5), random.nextInt(4) > 0 ? "echo" : random.nextBoolean() ? "a" : "b"))
                .toList());
    }

    private void arrive(List<StoredJob> made) {
        List<WaitingJob> jobs = made.stream()
                .map(job -> new WaitingJob(job, args, RawJson.EMPTY_OBJECT))
                .toList();
        synchronized (store) {
            jobs.forEach(job -> store.put(JobKey.of(job.job()), job.job()));
        }
        prefetch.arrived(jobs);
    }

    private StoredJob job(int priority) {
        return job(priority, "echo");
    }

    private StoredJob job(int priority, String function) {
        UUID id = new UUID(++made << 16 | 0x7000, 0x8000_0000_0000_0000L);
        JobSpec spec = new JobSpec("apply_async", function, "listed", null, null, priority, Map.of(), null);
        return StoredJob.submitted(id, "default", spec, Instant.EPOCH, null, null);
    }

    private @Nullable StoredJob start() {
        ListedRun run;
        synchronized (queue) {
            if (queue.isEmpty()) {
                return null;
            }
            run = queue.pollFirstEntry().getValue();
        }
        synchronized (store) {
            assertThat(store).as("a job starts that has ended").containsKey(run.key);
        }
        assertThat(running.add(run.job.id())).as("a job starts twice").isTrue();
        runs.add(run);
        prefetch.started(run);
        return run.job;
    }

    private void end(Random random) {
        if (runs.isEmpty()) {
            return;
        }
        ListedRun run = runs.remove(random.nextInt(runs.size()));
        running.remove(run.job.id());
        if (!run.abandoned()) {
            synchronized (store) {
                store.remove(run.key);
            }
            prefetch.over(run);
        }
    }

    private void cancel(Random random) {
        StoredJob job;
        synchronized (store) {
            if (store.isEmpty()) {
                return;
            }
            List<JobKey> some = store.keySet().stream().limit(500).toList();
            job = Objects.requireNonNull(store.remove(some.get(random.nextInt(some.size()))));
        }
        AttemptRun run = prefetch.gone(job.id());
        if (run != null) {
            run.abandon();
        }
    }

    /** The place from memory equals the place that the store would compute from jobs that have not started. */
    private void checkPlace(Random random) {
        JobKey key;
        long place;
        long before;
        synchronized (store) {
            if (store.isEmpty()) {
                return;
            }
            List<JobKey> keys = store.keySet().stream().limit(100).toList();
            key = keys.get(random.nextInt(keys.size()));
            place = prefetch.before(key);
            before = store.headMap(key).values().stream()
                    .filter(job -> !running.contains(job.id()))
                    .filter(job -> known.contains(job.spec().function())
                            && !lacking.contains(job.spec().function()))
                    .count();
        }
        if (place >= 0) {
            assertThat(place).isEqualTo(before);
        }
    }

    private List<WaitingJob> read(JobLine line, JobKey after, int most, long mostBytes, List<String> without) {
        List<WaitingJob> jobs = look(after, most, mostBytes, without);
        readings.release();
        try {
            toldAfter.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        return jobs;
    }

    private List<WaitingJob> look(JobKey after, int most, long mostBytes, List<String> without) {
        synchronized (store) {
            List<WaitingJob> jobs = new ArrayList<>();
            long bytes = 0;
            for (StoredJob job : store.tailMap(after, false).values()) {
                if (jobs.size() == most || bytes >= mostBytes) {
                    break;
                }
                if (without.contains(job.spec().function())) {
                    continue;
                }
                if (!known.contains(job.spec().function())) {
                    readInVain.incrementAndGet();
                }
                WaitingJob waiting = new WaitingJob(job, args, RawJson.EMPTY_OBJECT);
                jobs.add(waiting);
                bytes += waiting.bytes();
            }
            return jobs;
        }
    }

    private final class ListedRun extends AttemptRun {

        ListedRun(WaitingJob waiting) {
            super(waiting, new RelativeTimes(Clock.systemUTC(), Clock.systemUTC()));
        }

        @Override
        public void begin(PoolPort pool) {
            synchronized (queue) {
                if (!abandoned()) {
                    queue.put(key, this);
                }
            }
        }

        @Override
        public boolean withdraw(PoolPort pool) {
            synchronized (queue) {
                return queue.remove(key, this);
            }
        }

        @Override
        public void abandon() {
            synchronized (queue) {
                super.abandon();
                queue.remove(key, this);
            }
        }
    }

    private static final class ListedPool implements PoolPort {

        @Override
        public String name() {
            return "listed";
        }

        @Override
        public boolean is(Pool pool) {
            return false;
        }

        @Override
        public boolean isPaused() {
            return false;
        }

        @Override
        public void admit() {}

        @Override
        public void restore(long jobs) {}

        @Override
        public void ended(long jobs) {}

        @Override
        public PendingCall submit(CallRequest request) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Lane lane(LaneRequest request, LaneResults results) {
            throw new UnsupportedOperationException();
        }

        @Override
        public boolean withdraw(PendingCall call) {
            throw new UnsupportedOperationException();
        }
    }
}
