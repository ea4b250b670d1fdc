package dev.motorpool.detached.feed;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.motorpool.detached.attempt.AttemptRun;
import dev.motorpool.detached.attempt.PoolPort;
import dev.motorpool.detached.model.JobKey;
import dev.motorpool.detached.model.JobLine;
import dev.motorpool.detached.model.WaitingJob;
import dev.motorpool.detached.store.StoreException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Executor;
import java.util.function.Function;
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
 * Every queued job up to the horizon is in memory unless its function is missing; without a horizon, every queued one.
 * More are read from the store when few are left. One monitor guards all fields. The pool is called without it, because the
 * pool may call back.
 */
public final class PoolPrefetch {

    private static final Logger LOG = LoggerFactory.getLogger(PoolPrefetch.class);

    /** Most waiting jobs in memory. */
    static final int MOST_WAITING = 2_048;

    /** Reads queued jobs of the line after a key, except those of some functions. */
    interface Backlog {
        List<WaitingJob> next(JobLine line, JobKey after, int most, long mostBytes, List<String> without)
                throws StoreException;
    }

    private final PoolPort pool;
    private final JobLine line;
    private final Backlog backlog;
    private final Function<WaitingJob, AttemptRun> runs;
    private final Executor threads;

    /** Jobs of these functions wait in the store, before the horizon too. */
    @GuardedBy("this")
    private final MissingFunctions missing;

    @GuardedBy("this")
    private final StartRate rate = new StartRate();

    @GuardedBy("this")
    private final LoadedAttempts all;

    @GuardedBy("this")
    private final WaitingAttempts waiting;

    /** Attempts that no longer count as waiting, and were neither withdrawn nor started yet. */
    @GuardedBy("this")
    private final Set<AttemptRun> loose = new HashSet<>();

    /** Null: no jobs are beyond. */
    @GuardedBy("this")
    private @Nullable JobKey horizon;

    @GuardedBy("this")
    private final StoreReading reading;

    /** Whether no attempts are started. */
    @GuardedBy("this")
    private boolean suspended;

    /** Whether the latest reading of the store failed. */
    @GuardedBy("this")
    private boolean unread;

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
            KnownFunctions functions,
            boolean behind,
            Executor threads) {
        this.threads = threads;
        this.pool = pool;
        this.line = line;
        this.backlog = backlog;
        this.runs = runs;
        this.all = new LoadedAttempts(memory);
        this.waiting = new WaitingAttempts(memory);
        this.reading = new StoreReading(memory);
        this.missing = new MissingFunctions(functions);
        this.horizon = behind ? JobKey.FIRST : null;
    }

    JobLine line() {
        return line;
    }

    public PoolPort pool() {
        return pool;
    }

    synchronized @Nullable AttemptRun find(UUID job) {
        return all.find(job);
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
                if (reading.isUnderWay()) {
                    reading.arrived(job);
                } else {
                    take(job, begun);
                }
            }
            tooMany = waiting.isCrowded();
        }
        begin(begun);
        if (tooMany) {
            shrink();
        }
        refill();
    }

    /** Loads the job if it belongs before the horizon. */
    @GuardedBy("this")
    private void take(WaitingJob job, List<AttemptRun> begun) {
        JobKey key = JobKey.of(job.job());
        JobKey end = horizon;
        if (all.find(job.job().id()) != null
                || (end != null && key.compareTo(end) > 0)
                || missing.isMissing(job.job().spec().function())) {
            return;
        }
        boolean full = waiting.isFull() || all.isFull();
        if (suspended || (full && key.compareTo(waiting.lastKey()) > 0)) {
            lowerHorizon(waiting.lastKey());
            return;
        }
        AttemptRun run = runs.apply(job);
        all.add(run);
        waiting.add(run);
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
        List<AttemptRun> surplus;
        synchronized (this) {
            surplus = waiting.removeSurplus();
            loose.addAll(surplus);
            lowerHorizon(waiting.lastKey());
        }
        withdraw(surplus);
    }

    /** These no longer count as waiting; those that have not started leave memory. */
    private void withdraw(List<AttemptRun> surplus) {
        for (AttemptRun run : surplus) {
            if (run.withdraw(pool)) {
                synchronized (this) {
                    loose.remove(run);
                    if (all.remove(run)) {
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
        if (reading.isUnderWay()) {
            reading.returned(key);
        } else {
            lowerHorizon(waiting.keyBefore(key));
        }
    }

    @GuardedBy("this")
    private void ended(UUID job) {
        if (reading.isUnderWay()) {
            reading.ended(job);
        }
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
     * memory, so the number is exact.
     */
    public synchronized int before(JobKey key) {
        JobKey end = horizon;
        if (reading.isUnderWay() || suspended || !loose.isEmpty() || (end != null && key.compareTo(end) > 0)) {
            return -1;
        }
        return waiting.before(key);
    }

    /** How many jobs wait in memory. */
    public synchronized int waiting() {
        return waiting.size();
    }

    /**
     * Whether no job of the line waits here for a slot, and this one is only in the store: the running jobs fill the
     * memory, or the store cannot be read.
     */
    public synchronized boolean isBehind(JobKey key) {
        JobKey end = horizon;
        return end != null && key.compareTo(end) > 0 && waiting.isEmpty() && (unread || all.isFull());
    }

    /** Since when the workers of the pool do not have a function that the service has; null if they may have it. */
    public synchronized @Nullable Instant lackedSince(String function) {
        return missing.lackedSince(function);
    }

    /** Expected time for this many starts, by the recent rate; null if nothing has started recently. */
    public synchronized @Nullable Duration timeFor(long starts) {
        return rate.timeFor(starts, System.nanoTime());
    }

    @GuardedBy("this")
    private void unwait(AttemptRun run) {
        loose.remove(run);
        waiting.remove(run);
    }

    /** The attempt or its job has ended, on stable storage. */
    void over(AttemptRun run) {
        synchronized (this) {
            unwait(run);
            if (all.remove(run)) {
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
        AttemptRun run = all.find(job);
        if (run != null) {
            boolean _ = all.remove(run);
            unwait(run);
        }
        return run;
    }

    /**
     * Called every second: records whether jobs could start, reads again if a reading failed, and tries functions again
     * that workers did not have.
     */
    public void tick() {
        boolean back;
        boolean paused = pool.isPaused();
        synchronized (this) {
            if (!paused && !suspended && !waiting.isEmpty()) {
                rate.couldStart(System.nanoTime());
            }
            back = missing.retry(System.nanoTime());
        }
        if (back) {
            reread();
        } else {
            refill();
        }
    }

    /** The functions of the service have changed: jobs of those that have gone leave memory, others are loaded. */
    void functionsChanged() {
        List<AttemptRun> gone;
        boolean back;
        synchronized (this) {
            back = missing.changed();
            gone = waiting.removeThoseOf(missing);
            loose.addAll(gone);
        }
        withdraw(gone);
        if (back) {
            reread();
        } else {
            refill();
        }
    }

    /** A worker did not have the function: its jobs leave memory, and are tried again later. */
    void lacks(String function, Instant now) {
        List<AttemptRun> gone;
        synchronized (this) {
            missing.lacked(function, now, System.nanoTime());
            gone = waiting.removeThoseOf(missing);
            loose.addAll(gone);
        }
        withdraw(gone);
    }

    /** The job of the attempt is queued again, on stable storage, as before the attempt. */
    void back(AttemptRun run) {
        synchronized (this) {
            unwait(run);
            if (all.remove(run)) {
                ended(run.job.id()); // a reading under way may have it as it was
                comesAfterHorizon(run.key);
            }
        }
        run.left();
        refill();
    }

    /** Whether it is empty, and nothing will arrive. */
    synchronized boolean isIdle() {
        return all.isEmpty() && !reading.isUnderWay();
    }

    /** Reads more from the store if few jobs are left. */
    void refill() {
        JobKey after;
        int most;
        long mostBytes;
        List<String> without;
        synchronized (this) {
            JobKey end = horizon;
            if (reading.isUnderWay() || suspended || end == null || all.isFull()) {
                return;
            }
            // Jobs that are only in the store come before some that wait here.
            boolean gap = !waiting.isEmpty() && waiting.lastKey().compareTo(end) > 0;
            if (!gap && !waiting.areFew()) {
                return;
            }
            reading.begin();
            after = end;
            most = waiting.room(gap);
            mostBytes = waiting.roomBytes(gap);
            without = missing.names();
        }
        try {
            threads.execute(() -> read(after, most, mostBytes, without));
        } catch (RuntimeException | Error noThread) {
            LOG.atWarn()
                    .addKeyValue("pool", pool.name())
                    .log(
                            "Reading the queue of a pool is delayed because no thread can be started: {}",
                            noThread.toString());
            wasRead(null, most, mostBytes); // the next tick retries
        }
    }

    private void read(JobKey after, int most, long mostBytes, List<String> without) {
        List<WaitingJob> jobs = null;
        try {
            jobs = backlog.next(line, after, most, mostBytes, without);
        } catch (StoreException e) {
            LOG.atWarn()
                    .addKeyValue("pool", pool.name())
                    .log("Cannot read the queue of a pool; retrying: {}", e.getMessage());
        } finally {
            wasRead(jobs, most, mostBytes);
        }
    }

    private void wasRead(@Nullable List<WaitingJob> jobs, int most, long mostBytes) {
        List<AttemptRun> begun = new ArrayList<>();
        boolean tooMany;
        synchronized (this) {
            StoreReading.Changes meanwhile = reading.end();
            unread = jobs == null;
            if (jobs != null && !suspended) {
                long bytes = jobs.stream().mapToLong(WaitingJob::bytes).sum();
                boolean all = jobs.size() < most && bytes < mostBytes;
                horizon = null;
                for (WaitingJob job : jobs) {
                    if (!meanwhile.outdated().contains(job.job().id())) {
                        take(job, begun);
                    }
                }
                if (!all) {
                    lowerHorizon(JobKey.of(jobs.getLast().job()));
                }
            }
            meanwhile.arrived().forEach(job -> take(job, begun));
            if (meanwhile.returned() != null) {
                comesAfterHorizon(meanwhile.returned());
            }
            tooMany = waiting.isCrowded();
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
            if (reading.isUnderWay()) {
                reading.returned(JobKey.FIRST);
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
            surplus = waiting.clear();
            running = all.list();
            loose.addAll(surplus);
        }
        running.forEach(run -> run.hold(true));
        withdraw(surplus);
    }

    void resume() {
        List<AttemptRun> running;
        synchronized (this) {
            suspended = false;
            running = all.list();
        }
        running.forEach(run -> run.hold(false));
        refill();
    }
}
