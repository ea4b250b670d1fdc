package dev.motorpool.detached.store;

import dev.motorpool.detached.model.AttemptEnd;
import dev.motorpool.detached.model.MapResults;
import dev.motorpool.detached.model.RepeatKey;
import dev.motorpool.detached.model.StoredJob;
import dev.motorpool.detached.model.WaitingJob;
import dev.motorpool.job.Attempt;
import dev.motorpool.json.RawJson;
import dev.motorpool.pool.PoolStore.KeptPool;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Write access to the tables of the store, within a transaction. Each change is conditional on the state of the job
 * and, if an attempt reports it, on the number of the attempt. A late or repeated change does nothing and returns that.
 * An attempt may change a running job if no later attempt was recorded, and a queued job if it is later than all
 * recorded ones. So an attempt that has ended, or of an earlier round, changes nothing.
 *
 * <pre>
 *   scheduled <-> queued -> running -> succeeded | failed
 *   running -> scheduled (retry), running -> queued (the service died), any that is not final -> cancelled,
 *   scheduled | queued -> expired, failed | cancelled | expired -> queued (retried by hand)
 * </pre>
 */
public interface JobTables extends JobReader {

    /** The result of a submission. */
    sealed interface Insertion {
        /** The job is new, as stored: queued, or scheduled if it has a later start. */
        record Made(StoredJob job) implements Insertion {}

        /** The key was used before with the same bytes, for this job; null if the job has been deleted. */
        record Repeated(UUID id, @Nullable StoredJob job) implements Insertion {}

        /** The key was used before with other bytes. */
        record Conflict() implements Insertion {}

        /** The tenant has no room for its bytes. */
        record NoRoom() implements Insertion {}
    }

    /**
     * Adds a job, unless its repeat key is known. An existing job (its transaction was committed, although its writer
     * saw a failure) is unchanged and returned as made.
     */
    Insertion insert(WaitingJob job, @Nullable RepeatKey key) throws StoreException;

    /** Removes a job whose client was refused, as if it had never existed; only if it has never started. */
    void withdraw(UUID id) throws StoreException;

    /**
     * Records the start of an attempt: {@code queued -> running}, if the job's attempt is a lower one.
     *
     * @param queueNanos how long the job waited for it
     */
    boolean start(UUID id, Attempt attempt, long queueNanos) throws StoreException;

    /**
     * {@code running -> queued}, as if the attempt had not started: the attempts before it, the age and the expiry of
     * the job are as they were, and a map keeps its results. Nothing if the start was not recorded.
     *
     * @param before the job before the attempt
     */
    boolean unstart(StoredJob before, int attempt) throws StoreException;

    /**
     * Stores the reports of a running attempt, unless a later one has been recorded or the job is final.
     *
     * @param progress in the format of the API; null if none was reported
     * @param output the end of the job's output; null if there is none
     */
    boolean tell(UUID id, int attempt, @Nullable RawJson progress, byte @Nullable [] output) throws StoreException;

    /**
     * {@code queued | running -> succeeded}, if no later attempt has been recorded. (It is still queued where the start
     * was not recorded.)
     *
     * @param value null for a map, whose results are in rows of their own
     */
    boolean succeed(UUID id, AttemptEnd end, @Nullable RawJson value) throws StoreException;

    /** {@code queued | running -> failed}, if no later attempt has been recorded. */
    boolean fail(UUID id, AttemptEnd end, RawJson error) throws StoreException;

    /**
     * {@code queued | running -> scheduled}, if no later attempt has been recorded: the attempt is kept in the list of
     * attempts, and one retry is used up. Failed results of a map's items are removed.
     */
    boolean reschedule(UUID id, AttemptEnd end, Instant dueAt) throws StoreException;

    /**
     * Any state that is not final {@code -> cancelled}; a running attempt ends with the error, too.
     *
     * @return whether it was changed
     */
    boolean cancel(UUID id, Instant at, RawJson error) throws StoreException;

    /** {@code scheduled | queued -> expired}, if its time to start is over and it has not started in this round. */
    boolean expire(UUID id, Instant now, RawJson error) throws StoreException;

    /**
     * {@code failed | cancelled | expired -> queued}: a new round with its own time to expire and one attempt, without
     * further retries. The latest attempt is kept in the list of attempts; failed results of a map's items are removed.
     */
    boolean retry(UUID id, Instant at, long age) throws StoreException;

    /** Changes the start of a scheduled job; a job in another state is unchanged. */
    void postpone(UUID id, Instant dueAt) throws StoreException;

    /** Changes the expiry of a job, if it has one and has not started in this round. */
    void postponeExpiry(UUID id, Instant expiresAt) throws StoreException;

    /** Extends the retention of jobs that ended within this time, both ends included. */
    void postponeForgetting(Instant from, Instant until, Duration by) throws StoreException;

    /**
     * {@code scheduled -> queued} for jobs that are due, earliest first, at most {@code most}; fewer, but at least one,
     * if their arguments have many megabytes. {@link #nextDue} shows whether there are more.
     */
    List<WaitingJob> makeDue(Instant now, int most) throws StoreException;

    /** Deletes a job in a final state, with everything that belongs to it except its repeat key. */
    boolean delete(UUID id) throws StoreException;

    /** As {@link #delete} for jobs whose retention is over, and unused repeat keys; returns how many jobs. */
    int forget(Instant now, int most) throws StoreException;

    /** Adds results of a map's items, unless a later attempt has been recorded or the job is final. */
    boolean addResults(UUID id, int attempt, List<MapResults> results) throws StoreException;

    /**
     * Recovers jobs that were running when the service died: {@code running -> queued}, with the same age and with the
     * attempt kept in the list of attempts; or {@code -> failed} if this is the {@code deaths}-th time in this round.
     * The progress of maps counts the items that have results.
     *
     * @param error of an attempt, and of a job that fails
     * @return how many were running
     */
    int recover(Instant now, int deaths, RawJson error) throws StoreException;

    /** Counts the stored bytes of these tenants from now on, and of no others. Slow for newly added ones. */
    void countBytes(Set<String> tenants) throws StoreException;

    /** Indexes queued jobs of each of these tenants separately from all others. Slow for newly added ones. */
    void separate(SortedSet<String> tenants) throws StoreException;

    @Override
    DeliveryTables deliveries();

    /** Writes a row and changes nothing: whether the store accepts changes shows at the commit. */
    void probe() throws StoreException;

    /** Replaces the stored pools. */
    void keepPools(Map<String, KeptPool> pools) throws StoreException;
}
