package dev.motorpool.detached.store;

import dev.motorpool.detached.model.Attempt;
import dev.motorpool.detached.model.AttemptEnd;
import dev.motorpool.detached.model.MapResults;
import dev.motorpool.detached.model.NewJob;
import dev.motorpool.detached.model.RepeatKey;
import dev.motorpool.detached.model.StoredJob;
import dev.motorpool.detached.model.WaitingJob;
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
 * The tables of the store within a transaction. Each change is conditional on the state of the job and, where an attempt
 * speaks, on its number: what comes late or again changes nothing and says so. An attempt may speak of a job that runs if
 * no later one was recorded, and of a queued one if it is later than all that were: so an attempt that has ended, or that
 * was of an earlier round, is not heard again.
 *
 * <pre>
 *   scheduled <-> queued -> running -> succeeded | failed
 *   running -> scheduled (retry), running -> queued (the service died), any that is not final -> cancelled,
 *   scheduled | queued -> expired, failed | cancelled | expired -> queued (retried by hand)
 * </pre>
 */
public interface JobTables extends JobReader {

    /** What became of a submission. */
    sealed interface Insertion {
        /** The job is new, and as it was stored: queued, or scheduled if it has a later start. */
        record Made(StoredJob job) implements Insertion {}

        /** The key was used before with the same bytes, for this job; null if the job has been forgotten. */
        record Repeated(UUID id, @Nullable StoredJob job) implements Insertion {}

        /** The key was used before with other bytes. */
        record Conflict() implements Insertion {}

        /** The tenant has no room for its bytes. */
        record NoRoom() implements Insertion {}
    }

    /**
     * Adds a job, unless its repeat key is known. A job that is there already (the transaction was done, and its writer saw
     * a failure all the same) stays as it is and is answered as made.
     */
    Insertion insert(NewJob job, @Nullable RepeatKey key) throws StoreException;

    /** Removes a job of which its client was not told, as if it had never come; only if it has never started. */
    void withdraw(UUID id) throws StoreException;

    /**
     * Records the start of an attempt: {@code queued -> running}, if the job's attempt is a lower one.
     *
     * @param queueNanos how long the job waited for it
     */
    boolean start(UUID id, Attempt attempt, long queueNanos) throws StoreException;

    /**
     * Keeps what a running attempt has told so far, unless a later one has been recorded or the job is final.
     *
     * @param progress as the API tells it; null if it told none
     * @param output the last of what the job printed; null if nothing
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

    /** Gives a scheduled job another start; a job in another state stays as it is. */
    void postpone(UUID id, Instant dueAt) throws StoreException;

    /** Gives a job another time to expire, if it has one and has not started in this round. */
    void postponeExpiry(UUID id, Instant expiresAt) throws StoreException;

    /** Has jobs that ended within this time, both ends included, forgotten that much later. */
    void postponeForgetting(Instant from, Instant until, Duration by) throws StoreException;

    /**
     * {@code scheduled -> queued} for jobs that are due, earliest first, at most so many; fewer, but one at least, where
     * their arguments have many megabytes. {@link #nextDue} tells whether there are more.
     */
    List<WaitingJob> makeDue(Instant now, int most) throws StoreException;

    /** Removes a job in a final state, with all that belongs to it but its repeat key. */
    boolean delete(UUID id) throws StoreException;

    /** As {@link #delete} for jobs whose time to stay is over, and repeat keys that no job needs; how many jobs. */
    int forget(Instant now, int most) throws StoreException;

    /** Adds results of a map's items, unless a later attempt has been recorded or the job is final. */
    boolean addResults(UUID id, int attempt, List<MapResults> results) throws StoreException;

    /**
     * What a start of the service finds running ran when the service died: {@code running -> queued}, in its old place,
     * with its attempt kept in the list of attempts; or {@code -> failed} if this is the {@code deaths}-th time in this
     * round. The progress of maps counts the items that have results.
     *
     * @param error of an attempt, and of a job that fails
     * @return how many were running
     */
    int recover(Instant now, int deaths, RawJson error) throws StoreException;

    /** Has the stored bytes of these tenants counted from now on, and of no others. Slow for those that were not before. */
    void countBytes(Set<String> tenants) throws StoreException;

    /** Has queued jobs of each of these tenants read apart from all others. Slow if they were not before. */
    void separate(SortedSet<String> tenants) throws StoreException;

    @Override
    DeliveryTables deliveries();

    /** Writes something and changes nothing: whether the store takes changes shows when the transaction is done. */
    void probe() throws StoreException;

    /** Keeps these pools instead of what was kept before. */
    void keepPools(Map<String, KeptPool> pools) throws StoreException;
}
