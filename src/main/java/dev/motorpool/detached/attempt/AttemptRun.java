package dev.motorpool.detached.attempt;

import dev.motorpool.detached.model.AttemptEnd;
import dev.motorpool.detached.model.JobKey;
import dev.motorpool.detached.model.MapResults;
import dev.motorpool.detached.model.OutputTail;
import dev.motorpool.detached.model.StoredJob;
import dev.motorpool.detached.model.WaitingJob;
import dev.motorpool.detached.time.RelativeTimes;
import dev.motorpool.job.Attempt;
import dev.motorpool.json.RawJson;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One attempt at a job, in memory: from the moment its pool's share has room for it until its end is on stable storage.
 *
 * <pre>
 *   HELD -> BEGUN -> STARTED -> ENDED
 *           BEGUN -> HELD (withdrawn: it stays in the store)
 * </pre>
 *
 * This object's monitor guards its state, except its position in its {@code PoolPrefetch}, which that guards.
 */
public abstract class AttemptRun {

    /** The job when the attempt was loaded. */
    public final StoredJob job;

    public final JobKey key;

    /** This attempt's number. */
    public final int number;

    /** Approximate memory while the attempt waits. */
    public final long bytes;

    /**
     * Whether the job has ended otherwise. Set by the store's thread before it makes the next change, so that it makes
     * no more changes for an abandoned attempt.
     */
    private volatile boolean abandoned;

    private final RelativeTimes expiries;

    /** Latest start by the steady clock; null: none. */
    private final @Nullable Instant limit;

    private final OutputTail output = new OutputTail();

    private @Nullable Attempt attempt;
    private long queueNanos;
    private @Nullable RawJson progress;
    private boolean over;

    public AttemptRun(WaitingJob waiting, RelativeTimes expiries) {
        this.job = waiting.job();
        this.expiries = expiries;
        this.limit = job.expiresAt() == null ? null : expiries.steadily(job.id(), job.expiresAt());
        this.key = JobKey.of(job);
        this.number = job.attempt() + 1;
        this.bytes = waiting.bytes();
        this.progress = job.progress();
    }

    /** Submits it to its pool. Called once, before anything else, or again after it was withdrawn. */
    public abstract void begin(PoolPort pool);

    /** Takes it back from its pool, where it is known as waiting; false if it has started or ended. */
    public abstract boolean withdraw(PoolPort pool);

    /** Approximate memory until its end. */
    public long lastingBytes() {
        return bytes;
    }

    /** Abandons it because its job has ended otherwise. Later reports change nothing. */
    public void abandon() {
        abandoned = true;
    }

    public final boolean abandoned() {
        return abandoned;
    }

    /** Suspends or resumes the start of further parts, if it has several; running parts continue. */
    public void hold(boolean hold) {}

    /**
     * A snapshot of the reports of a started attempt.
     *
     * @param results results that may not be in the store yet; some may be there
     * @param progress in the format of the API; it counts no item that is neither in the store nor among the results
     */
    @SuppressWarnings("ArrayRecordComponent") // read once, and never compared
    record Told(
            Attempt attempt,
            long queueNanos,
            List<MapResults> results,
            @Nullable RawJson progress,
            byte[] output) {}

    /** A snapshot of its reports; null if it has not started. */
    final synchronized @Nullable Told told() {
        Attempt known = attempt;
        return known == null ? null : new Told(known, queueNanos, unwritten(), progress(), output.bytes());
    }

    /** Results that may not be in the store yet. Called under this object's monitor. */
    List<MapResults> unwritten() {
        return List.of();
    }

    /** Called when it is no longer in memory. */
    public void left() {}

    /** Whether its pool does not know it yet, and therefore does not expire it. */
    public boolean unknownToPool() {
        return false;
    }

    /** Whether its time to start is over. */
    public boolean expired() {
        return limit != null && !expiries.until(limit).isPositive();
    }

    /** Remaining time to start; null if unlimited. */
    public @Nullable Duration timeToStart() {
        if (limit == null) {
            return null;
        }
        Duration left = expiries.until(limit);
        return left.isPositive() ? left : Duration.ofNanos(1);
    }

    /** Records that it has its slot; false if that was known, or it has ended. */
    synchronized boolean start(Instant at, @Nullable String workerId, long pid) {
        if (over) {
            return false;
        }
        boolean first = attempt == null;
        attempt = new Attempt(number, at, null, workerId, pid, null);
        queueNanos = queueNanos(at);
        return first;
    }

    private long queueNanos(Instant until) {
        return Math.max(0, Duration.between(job.queuedAt(), until).toNanos());
    }

    /** Its end for the store. If its start was not reported, it is known from now on. Called once. */
    public synchronized AttemptEnd end(
            Instant startedAt,
            Instant finishedAt,
            long runNanos,
            @Nullable String workerId,
            long pid,
            @Nullable RawJson error) {
        over = true;
        Attempt ended = new Attempt(number, startedAt, finishedAt, workerId, pid, error);
        attempt = ended;
        queueNanos = queueNanos(startedAt);
        return new AttemptEnd(ended, queueNanos, runNanos, progress(), output.isEmpty() ? null : output.bytes());
    }

    /** Ends it without a start. */
    public synchronized void endUnstarted() {
        over = true;
    }

    public synchronized boolean over() {
        return over;
    }

    /** The attempt as it was started; null before. */
    public synchronized @Nullable Attempt attempt() {
        return attempt;
    }

    public synchronized long queueNanos() {
        return queueNanos;
    }

    synchronized void progress(RawJson told) {
        progress = told;
    }

    public synchronized @Nullable RawJson progress() {
        return progress;
    }

    synchronized void printed(String text) {
        output.add(text);
    }

    /** Its output so far. */
    public synchronized byte[] output() {
        return output.bytes();
    }

    /** The stored job, updated with what is known here. */
    public synchronized StoredJob live(StoredJob stored) {
        Attempt known = attempt;
        if (stored.state().isFinal() || known == null || stored.attempt() > number) {
            return stored;
        }
        return stored.running(known, queueNanos, progress());
    }
}
