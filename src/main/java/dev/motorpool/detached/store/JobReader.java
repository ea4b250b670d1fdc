package dev.motorpool.detached.store;

import dev.motorpool.detached.model.Attempt;
import dev.motorpool.detached.model.JobFilter;
import dev.motorpool.detached.model.JobKey;
import dev.motorpool.detached.model.JobLine;
import dev.motorpool.detached.model.MapResults;
import dev.motorpool.detached.model.RepeatKey;
import dev.motorpool.detached.model.StoredJob;
import dev.motorpool.detached.model.WaitingJob;
import dev.motorpool.job.JobState;
import dev.motorpool.json.RawJson;
import dev.motorpool.pool.PoolStore.KeptPool;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The tables of the store as they are read. */
public interface JobReader {

    /** Lists of jobs end with the one with which they have this many {@link StoredJob#bytes bytes}. */
    long MOST_LISTED_BYTES = 2L << 20;

    @Nullable
    StoredJob find(UUID id) throws StoreException;

    /** The state of a job; null if there is none. */
    @Nullable
    JobState state(UUID id) throws StoreException;

    /** Whom a job belongs to, or those of its deliveries that have outlived it; null if there is neither. */
    @Nullable
    String tenant(UUID id) throws StoreException;

    /** What an insertion with this key would be answered; null if the key is not known. */
    JobTables.@Nullable Insertion findRepeat(RepeatKey key) throws StoreException;

    /**
     * Jobs that fit and have not ended, newest first by id; fewer where they are long.
     *
     * @param before only those with a lower id; null: from the newest
     */
    List<StoredJob> cancellable(JobFilter filter, @Nullable UUID before, int most) throws StoreException;

    /** The value of a single call that has succeeded; null if there is none. */
    @Nullable
    RawJson value(UUID id) throws StoreException;

    /** The job with all that is needed to run it, whatever its state; null if there is none. */
    @Nullable
    WaitingJob withArguments(UUID id) throws StoreException;

    /** The latest attempts that have been recorded, in order: all, unless they are very many or long. */
    List<Attempt> attempts(UUID id) throws StoreException;

    /** The last of what the job printed, as it was kept with its latest end; null if nothing. */
    byte @Nullable [] output(UUID id) throws StoreException;

    /**
     * Jobs that fit, newest first by id; fewer where they are long.
     *
     * @param before only those with a lower id; null: from the newest
     */
    List<StoredJob> list(JobFilter filter, @Nullable UUID before, int most) throws StoreException;

    /**
     * Queued jobs of a line in their order.
     *
     * @param after only those after this key
     * @param most how many at most
     * @param mostBytes no more once they have reached so many bytes
     */
    List<WaitingJob> queued(JobLine line, JobKey after, int most, long mostBytes) throws StoreException;

    /** How many jobs of the line are queued before this key; counts no further than {@code most}. */
    int queuedBefore(JobLine line, JobKey key, int most) throws StoreException;

    /** How many jobs of the tenant have not ended. */
    long unfinished(String tenant) throws StoreException;

    /** Stored bytes of the tenant, if {@link JobTables#countBytes} has them counted; else 0. */
    long bytes(String tenant) throws StoreException;

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

    /** Jobs that have not started in this round and whose time to start is over, at most so many; fewer where they are long. */
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

    /** Running jobs that a recovery makes fail: those that run at the {@code deaths}-th death of the service. */
    List<UUID> exhausted(int deaths) throws StoreException;

    /** The tables of deliveries, within the same transaction. */
    DeliveryReader deliveries();

    /** The pools that were kept, by name. */
    Map<String, KeptPool> pools() throws StoreException;
}
