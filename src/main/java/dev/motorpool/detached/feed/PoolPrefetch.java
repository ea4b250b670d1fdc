package dev.motorpool.detached.feed;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.motorpool.detached.attempt.AttemptRun;
import dev.motorpool.detached.attempt.PoolPort;
import dev.motorpool.detached.model.JobKey;
import dev.motorpool.detached.model.JobLine;
import dev.motorpool.detached.model.WaitingJob;
import dev.motorpool.detached.store.StoreException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The detached jobs of one line of a pool that are in memory: running ones, and the next ones to run. All others are
 * only in the store.
 *
 * <pre>
 *   key order:  | in memory: begun in the pool | horizon | only in the store ... |
 * </pre>
 *
 * Every queued job up to the horizon is in memory if its function is known; without a horizon, every queued one. More
 * are read from the store when few are left. One monitor guards all fields. The pool is called without it, because the
 * pool may call back.
 */
public final class PoolPrefetch {

    private static final Logger LOG = LoggerFactory.getLogger(PoolPrefetch.class);

    /** Most waiting jobs in memory. */
    static final int MOST_WAITING = 2_048;

    /** Reads queued jobs of the line after a key. */
    interface Backlog {
        List<WaitingJob> next(JobLine line, JobKey after, int most, long mostBytes) throws StoreException;
    }

    private final PoolPort pool;
    private final JobLine line;
    private final Backlog backlog;
    private final Function<WaitingJob, AttemptRun> runs;
    private final JobMemory memory;
    private final Executor threads;

    /** The known functions: a job of an unknown one waits in the store. */
    private final Predicate<String> functions;

    @GuardedBy("this")
    private final StartRate rate = new StartRate();

    /** All attempts of the pool, by job. */
    @GuardedBy("this")
    private final Map<UUID, AttemptRun> all = new HashMap<>();

    /** Waiting attempts. */
    @GuardedBy("this")
    private final TreeMap<JobKey, AttemptRun> waiting = new TreeMap<>();

    /** Attempts that no longer count as waiting, and were neither withdrawn nor started yet. */
    @GuardedBy("this")
    private final Set<AttemptRun> loose = new HashSet<>();

    @GuardedBy("this")
    private long waitingBytes;

    /** Bytes of all attempts, running ones included. */
    @GuardedBy("this")
    private long allBytes;

    /** Null: no jobs are beyond. */
    @GuardedBy("this")
    private @Nullable JobKey horizon;

    /** Whether the store is being read. */
    @GuardedBy("this")
    private boolean reading;

    /** Jobs that arrived during the reading, the latest version of each. */
    @GuardedBy("this")
    private final Map<UUID, WaitingJob> arrived = new LinkedHashMap<>();

    @GuardedBy("this")
    private long arrivedBytes;

    /** Jobs that ended during the reading, and may be in its result. */
    @GuardedBy("this")
    private final Set<UUID> left = new HashSet<>();

    /**
     * The first job that is only in the store again since the reading began, because it was withdrawn or did not fit.
     */
    @GuardedBy("this")
    private @Nullable JobKey returned;

    /** Whether no attempts are started. */
    @GuardedBy("this")
    private boolean suspended;

    /**
     * @param line whose jobs are here
     * @param behind whether the store may have queued jobs of the line already
     * @param threads run each reading of the store; may fail to start it
     */
    PoolPrefetch(
            PoolPort pool,
            JobLine line,
            Backlog backlog,
            Function<WaitingJob, AttemptRun> runs,
            JobMemory memory,
            Predicate<String> functions,
            boolean behind,
            Executor threads) {
        this.threads = threads;
        this.pool = pool;
        this.line = line;
        this.backlog = backlog;
        this.runs = runs;
        this.memory = memory;
        this.functions = functions;
        this.horizon = behind ? JobKey.FIRST : null;
    }

    JobLine line() {
        return line;
    }

    public PoolPort pool() {
        return pool;
    }

    synchronized @Nullable AttemptRun find(UUID job) {
        return all.get(job);
    }

    /** How many of its jobs wait or run in memory. */
    public synchronized int size() {
        return all.size();
    }

    /** These jobs are queued on stable storage. */
    void arrived(List<WaitingJob> jobs) {
        List<AttemptRun> begun = new ArrayList<>();
        boolean tooMany;
        synchronized (this) {
            for (WaitingJob job : jobs) {
                if (reading) {
                    arrive(job);
                } else {
                    take(job, begun);
                }
            }
            tooMany = isCrowded();
        }
        begin(begun);
        if (tooMany) {
            shrink();
        }
        refill();
    }

    /** Whether the waiting jobs exceed a limit, so that the last of them are dropped from memory. */
    @GuardedBy("this")
    private boolean isCrowded() {
        return waiting.size() > 2 * MOST_WAITING || waitingBytes > 2 * memory.waiting();
    }

    /** Keeps the job until the reading is over; without room it is only in the store. */
    @GuardedBy("this")
    private void arrive(WaitingJob job) {
        forgetArrived(job.job().id());
        if (arrived.size() < MOST_WAITING && arrivedBytes < memory.waiting()) {
            arrived.put(job.job().id(), job);
            arrivedBytes += job.bytes();
        } else {
            comesAfterHorizon(JobKey.of(job.job()));
        }
    }

    @GuardedBy("this")
    private void forgetArrived(UUID job) {
        WaitingJob known = arrived.remove(job);
        if (known != null) {
            arrivedBytes -= known.bytes();
        }
    }

    /** Whether no more jobs are loaded after those that wait. */
    @GuardedBy("this")
    private boolean isFull() {
        return waiting.size() >= MOST_WAITING || waitingBytes >= memory.waiting() || memory.isFull(allBytes);
    }

    /** Loads the job if it belongs before the horizon. */
    @GuardedBy("this")
    private void take(WaitingJob job, List<AttemptRun> begun) {
        JobKey key = JobKey.of(job.job());
        JobKey end = horizon;
        if (all.containsKey(job.job().id())
                || (end != null && key.compareTo(end) > 0)
                || !functions.test(job.job().spec().function())) {
            return;
        }
        boolean last = waiting.isEmpty() || key.compareTo(waiting.lastKey()) > 0;
        if (suspended || (isFull() && last)) {
            lowerHorizon(waiting.isEmpty() ? JobKey.FIRST : waiting.lastKey());
            return;
        }
        AttemptRun run = runs.apply(job);
        all.put(run.job.id(), run);
        allBytes += run.lastingBytes();
        memory.add(run.lastingBytes());
        waiting.put(key, run);
        waitingBytes += run.bytes;
        begun.add(run);
    }

    @GuardedBy("this")
    private void lowerHorizon(JobKey key) {
        JobKey end = horizon;
        if (end == null || key.compareTo(end) < 0) {
            horizon = key;
        }
    }

    private void begin(List<AttemptRun> begun) {
        for (AttemptRun run : begun) {
            run.begin(pool);
        }
    }

    /** Drops the last waiting jobs from memory, because more urgent ones arrived. */
    private void shrink() {
        List<AttemptRun> surplus = new ArrayList<>();
        synchronized (this) {
            int most = Math.max(1, Math.min(MOST_WAITING, waiting.size() / 2));
            while (waiting.size() > most) {
                AttemptRun last = waiting.pollLastEntry().getValue();
                waitingBytes -= last.bytes;
                surplus.add(last);
            }
            loose.addAll(surplus);
            lowerHorizon(waiting.isEmpty() ? JobKey.FIRST : waiting.lastKey());
        }
        withdraw(surplus);
    }

    /** These no longer count as waiting; those that have not started leave memory. */
    private void withdraw(List<AttemptRun> surplus) {
        for (AttemptRun run : surplus) {
            if (run.withdraw(pool)) {
                synchronized (this) {
                    loose.remove(run);
                    if (forget(run)) {
                        comesAfterHorizon(run.key);
                    }
                }
                run.left();
            } else {
                synchronized (this) {
                    if (run.attempt() != null || run.over()) {
                        loose.remove(run);
                    }
                }
            }
        }
    }

    /** A job of this key is only in the store again. */
    @GuardedBy("this")
    private void comesAfterHorizon(JobKey key) {
        if (reading) {
            JobKey first = returned;
            returned = first == null || key.compareTo(first) < 0 ? key : first;
        } else {
            JobKey before = waiting.lowerKey(key);
            lowerHorizon(before == null ? JobKey.FIRST : before);
        }
    }

    @GuardedBy("this")
    private void ended(UUID job) {
        if (reading) {
            left.add(job);
            forgetArrived(job);
        }
    }

    /** Removes the attempt from memory; false if it was not there. */
    @GuardedBy("this")
    private boolean forget(AttemptRun run) {
        boolean known = all.remove(run.job.id(), run);
        if (known) {
            allBytes -= run.lastingBytes();
            memory.add(-run.lastingBytes());
        }
        return known;
    }

    /** The attempt has its slot. */
    void started(AttemptRun run) {
        synchronized (this) {
            unwait(run);
            rate.add(System.nanoTime());
        }
        refill();
    }

    /**
     * How many jobs wait before this key; negative if memory does not show it. Every queued job up to the horizon is in
     * memory, so the number is exact. The newest of many jobs, which clients query most, has few after it to count.
     */
    public synchronized int before(JobKey key) {
        JobKey end = horizon;
        if (reading || suspended || !loose.isEmpty() || (end != null && key.compareTo(end) > 0)) {
            return -1;
        }
        return waiting.size() - waiting.tailMap(key, true).size();
    }

    /** How many jobs wait in memory. */
    public synchronized int waiting() {
        return waiting.size();
    }

    /** Expected time for this many starts, by the recent rate; null if nothing has started recently. */
    public synchronized @Nullable Duration timeFor(long starts) {
        return rate.timeFor(starts, System.nanoTime());
    }

    @GuardedBy("this")
    private void unwait(AttemptRun run) {
        loose.remove(run);
        if (waiting.remove(run.key, run)) {
            waitingBytes -= run.bytes;
        }
    }

    /** The attempt or its job has ended, on stable storage. */
    void over(AttemptRun run) {
        synchronized (this) {
            unwait(run);
            if (forget(run)) {
                ended(run.job.id());
            }
        }
        run.left();
        refill();
    }

    /**
     * A job has ended otherwise, or will be deleted. Returns its attempt, which has to be abandoned, if there is one.
     */
    synchronized @Nullable AttemptRun gone(UUID job) {
        ended(job);
        AttemptRun run = all.get(job);
        if (run != null) {
            forget(run);
            unwait(run);
        }
        return run;
    }

    /** Called every second: records whether jobs could start, and reads again if a reading failed. */
    public void tick() {
        if (!pool.isPaused()) {
            synchronized (this) {
                if (!suspended && !waiting.isEmpty()) {
                    rate.couldStart(System.nanoTime());
                }
            }
        }
        refill();
    }

    /** Whether it is empty, and nothing will arrive. */
    synchronized boolean isIdle() {
        return all.isEmpty() && arrived.isEmpty() && !reading;
    }

    /** Reads more from the store if few jobs are left. */
    void refill() {
        JobKey after;
        int most;
        long mostBytes;
        synchronized (this) {
            JobKey end = horizon;
            if (reading || suspended || end == null || memory.isFull(allBytes)) {
                return;
            }
            // Jobs that are only in the store come before some that wait here.
            boolean gap = !waiting.isEmpty() && waiting.lastKey().compareTo(end) > 0;
            if (!gap && (waiting.size() > MOST_WAITING / 2 || waitingBytes > memory.waiting() / 2)) {
                return;
            }
            reading = true;
            after = end;
            most = Math.max(MOST_WAITING - waiting.size(), gap ? MOST_WAITING / 2 : 0);
            mostBytes = Math.max(memory.waiting() - waitingBytes, gap ? memory.waiting() / 2 : 0);
        }
        try {
            threads.execute(() -> read(after, most, mostBytes));
        } catch (RuntimeException | Error noThread) {
            LOG.atWarn()
                    .addKeyValue("pool", pool.name())
                    .log("The queue of a pool is read later, as no thread can be started: {}", noThread.toString());
            wasRead(null, most, mostBytes); // the next tick retries
        }
    }

    private void read(JobKey after, int most, long mostBytes) {
        List<WaitingJob> jobs = null;
        try {
            jobs = backlog.next(line, after, most, mostBytes);
        } catch (StoreException e) {
            LOG.atWarn()
                    .addKeyValue("pool", pool.name())
                    .log("The queue of a pool cannot be read for now: {}", e.getMessage());
        } finally {
            wasRead(jobs, most, mostBytes);
        }
    }

    private void wasRead(@Nullable List<WaitingJob> jobs, int most, long mostBytes) {
        List<AttemptRun> begun = new ArrayList<>();
        boolean tooMany;
        synchronized (this) {
            reading = false;
            if (jobs != null && !suspended) {
                long bytes = jobs.stream().mapToLong(WaitingJob::bytes).sum();
                boolean all = jobs.size() < most && bytes < mostBytes;
                horizon = null;
                for (WaitingJob job : jobs) {
                    UUID id = job.job().id();
                    if (!left.contains(id) && !arrived.containsKey(id)) {
                        take(job, begun);
                    }
                }
                if (!all) {
                    lowerHorizon(JobKey.of(jobs.getLast().job()));
                }
            }
            arrived.values().forEach(job -> take(job, begun));
            arrived.clear();
            arrivedBytes = 0;
            left.clear();
            JobKey first = returned;
            returned = null;
            if (first != null) {
                comesAfterHorizon(first);
            }
            tooMany = isCrowded();
        }
        begin(begun);
        if (tooMany) {
            shrink();
        }
        if (jobs != null) {
            refill();
        }
    }

    /** The store may have queued jobs that were not reported here. */
    public void reread() {
        synchronized (this) {
            if (reading) {
                returned = JobKey.FIRST;
            } else {
                horizon = JobKey.FIRST;
            }
        }
        refill();
    }

    /** Starts nothing new, and withdraws what has not started, until {@link #resume}. Running attempts continue. */
    void suspend() {
        List<AttemptRun> surplus;
        List<AttemptRun> running;
        synchronized (this) {
            suspended = true;
            horizon = JobKey.FIRST;
            surplus = List.copyOf(waiting.values());
            running = List.copyOf(all.values());
            loose.addAll(surplus);
            waiting.clear();
            waitingBytes = 0;
        }
        running.forEach(run -> run.hold(true));
        withdraw(surplus);
    }

    void resume() {
        List<AttemptRun> running;
        synchronized (this) {
            suspended = false;
            running = List.copyOf(all.values());
        }
        running.forEach(run -> run.hold(false));
        refill();
    }
}
