package dev.motorpool.detached;

import dev.motorpool.json.RawJson;
import dev.motorpool.pool.PoolStore.KeptPool;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The tables of the store as they are read. */
public interface JobReader {

    @Nullable
    StoredJob find(UUID id) throws StoreException;

    /** Whom a job belongs to, or those of its deliveries that have outlived it; null if there is neither. */
    @Nullable
    String tenant(UUID id) throws StoreException;

    /** What an insertion with this key would be answered; null if the key is not known. */
    JobTables.@Nullable Insertion findRepeat(RepeatKey key) throws StoreException;

    /** Jobs that fit and have not ended, oldest first by id. */
    List<StoredJob> cancellable(JobFilter filter, int most) throws StoreException;

    /** The value of a single call that has succeeded; null if there is none. */
    @Nullable
    RawJson value(UUID id) throws StoreException;

    /** The job with all that is needed to run it, whatever its state; null if there is none. */
    @Nullable
    WaitingJob withArguments(UUID id) throws StoreException;

    /** All attempts that have been recorded, in order, the latest included. */
    List<Attempt> attempts(UUID id) throws StoreException;

    /** The last of what the job printed, as it was kept with its latest end; null if nothing. */
    byte @Nullable [] output(UUID id) throws StoreException;

    /**
     * Jobs that fit, newest first by id.
     *
     * @param before only those with a lower id; null: from the newest
     */
    List<StoredJob> list(JobFilter filter, @Nullable UUID before, int most) throws StoreException;

    /**
     * Queued jobs of a pool in their order.
     *
     * @param after only those after this key
     * @param most how many at most
     * @param mostBytes no more once their arguments have reached so many bytes
     */
    List<WaitingJob> queued(String pool, JobKey after, int most, long mostBytes) throws StoreException;

    /** How many jobs of the pool are queued before this key; counts no further than {@code most}. */
    int queuedBefore(String pool, JobKey key, int most) throws StoreException;

    /** How many jobs are queued and scheduled, by pool. */
    Map<String, Backlog> backlogs() throws StoreException;

    /**
     * What of a pool's jobs waits.
     *
     * @param queued jobs that may start
     * @param scheduled jobs with a later start
     */
    record Backlog(long queued, long scheduled) {}

    /** How many jobs have not ended. Looks at each that waits. */
    Census census() throws StoreException;

    /**
     * The jobs that have not ended.
     *
     * @param scheduled those with a later start
     * @param queued those that may start
     * @param running those whose start was recorded
     * @param oldest when the longest waiting of the queued ones came or became due, by the name of their pool
     */
    record Census(long scheduled, long queued, long running, Map<String, Instant> oldest) {}

    /** When the next scheduled job is due; null if there is none. */
    @Nullable
    Instant nextDue() throws StoreException;

    /** Jobs that have not started in this round and whose time to start is over, at most so many. */
    List<StoredJob> expired(Instant now, int most) throws StoreException;

    /** When the next job that has not started expires; null if there is none. */
    @Nullable
    Instant nextExpiry() throws StoreException;

    /** When {@link JobTables#forget} has something to do next: a job that has ended, or a repeat key; null if neither. */
    @Nullable
    Instant nextForgotten() throws StoreException;

    /**
     * Rows of results of a map in the order of completion, from the one that holds this place, or else the first one
     * after it.
     *
     * @param mostRows how many at most
     * @param mostBytes no more once they have reached so many bytes; at least one
     */
    List<MapResults> resultsBySeq(UUID id, long fromSeq, int mostRows, long mostBytes) throws StoreException;

    /** As {@link #resultsBySeq}, by index. */
    List<MapResults> resultsByIndex(UUID id, int fromIndex, int mostRows, long mostBytes) throws StoreException;

    /** Jobs that run and had been running when the service died at least so often: those that a recovery makes fail. */
    List<StoredJob> exhausted(int most) throws StoreException;

    /** The tables of deliveries, within the same transaction. */
    DeliveryReader deliveries();

    /** The pools that were kept, by name. */
    Map<String, KeptPool> pools() throws StoreException;
}
