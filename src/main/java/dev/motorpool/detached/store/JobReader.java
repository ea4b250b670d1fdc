package dev.motorpool.detached.store;

import dev.motorpool.detached.model.JobFilter;
import dev.motorpool.detached.model.JobKey;
import dev.motorpool.detached.model.JobLine;
import dev.motorpool.detached.model.MapResults;
import dev.motorpool.detached.model.RepeatKey;
import dev.motorpool.detached.model.StoredJob;
import dev.motorpool.detached.model.WaitingJob;
import dev.motorpool.job.Attempt;
import dev.motorpool.job.JobState;
import dev.motorpool.json.RawJson;
import dev.motorpool.pool.PoolStore.KeptPool;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Read access to the tables of the store. */
public interface JobReader {

    /** A list of jobs ends with the job with which it reaches this many {@link StoredJob#bytes bytes}. */
    long MOST_LISTED_BYTES = 2L << 20;

    @Nullable
    StoredJob find(UUID id) throws StoreException;

    /** The state of a job; null if there is none. */
    @Nullable
    JobState state(UUID id) throws StoreException;

    /** The owner of a job, or of its deliveries that have outlived it; null if there is neither. */
    @Nullable
    String tenant(UUID id) throws StoreException;

    /** The result of an insertion with this key; null if the key is unknown. */
    JobTables.@Nullable Insertion findRepeat(RepeatKey key) throws StoreException;

    /**
     * Matching jobs that have not ended, newest first by id; fewer if they are long.
     *
     * @param before only those with a lower id; null: from the newest
     */
    List<StoredJob> cancellable(JobFilter filter, @Nullable UUID before, int most) throws StoreException;

    /** The value of a single call that has succeeded; null if there is none. */
    @Nullable
    RawJson value(UUID id) throws StoreException;

    /** The job with its arguments, in any state; null if there is none. */
    @Nullable
    WaitingJob withArguments(UUID id) throws StoreException;

    /** The recorded attempts, in order: only the latest ones if they are very many or long. */
    List<Attempt> attempts(UUID id) throws StoreException;

    /** The end of the job's output, as stored with its latest end; null if there is none. */
    byte @Nullable [] output(UUID id) throws StoreException;

    /**
     * Matching jobs, newest first by id; fewer if they are long.
     *
     * @param before only those with a lower id; null: from the newest
     */
    List<StoredJob> list(JobFilter filter, @Nullable UUID before, int most) throws StoreException;

    /**
     * Queued jobs of a line in their order.
     *
     * @param after only those after this key
     * @param most how many at most
     * @param mostBytes limit of their bytes
     */
    default List<WaitingJob> queued(JobLine line, JobKey after, int most, long mostBytes) throws StoreException {
        return queued(line, after, most, mostBytes, List.of());
    }

    /**
     * As above, without the jobs of some functions.
     *
     * @param without names of functions; passing over their jobs is much cheaper than reading them
     */
    List<WaitingJob> queued(JobLine line, JobKey after, int most, long mostBytes, List<String> without)
            throws StoreException;

    /** How many jobs of the line are queued before this key; counts no further than {@code most}. */
    int queuedBefore(JobLine line, JobKey key, int most) throws StoreException;

    /** How many jobs of the tenant have not ended. */
    long unfinished(String tenant) throws StoreException;

    /** Stored bytes of the tenant if {@link JobTables#countBytes} counts them; else 0. */
    long bytes(String tenant) throws StoreException;

    /** Counts the jobs that have not ended. Reads the index entry of each waiting job. */
    Census census() throws StoreException;

    /**
     * The jobs that have not ended.
     *
     * @param running those whose start was recorded
     * @param pools the waiting ones of each pool that has any
     */
    record Census(long running, Map<String, Backlog> pools) {

        /** The waiting jobs of the pool. */
        public Backlog pool(String name) {
            return pools.getOrDefault(name, Backlog.NONE);
        }

        public long queued() {
            return pools.values().stream().mapToLong(Backlog::queued).sum();
        }

        public long scheduled() {
            return pools.values().stream().mapToLong(Backlog::scheduled).sum();
        }
    }

    /**
     * The waiting jobs of a pool.
     *
     * @param queued jobs that may start
     * @param scheduled jobs with a later start
     * @param oldest when the oldest queued job was submitted or became due; null if there is none
     */
    record Backlog(long queued, long scheduled, @Nullable Instant oldest) {
        static final Backlog NONE = new Backlog(0, 0, null);
    }

    /** When the next scheduled job is due; null if there is none. */
    @Nullable
    Instant nextDue() throws StoreException;

    /**
     * Jobs that have not started in this round and whose time to start is over, at most {@code most}; fewer if they are
     * long.
     */
    List<StoredJob> expired(Instant now, int most) throws StoreException;

    /** When the next job that has not started expires; null if there is none. */
    @Nullable
    Instant nextExpiry() throws StoreException;

    /** The next time at which {@link JobTables#forget} has to delete a job or a repeat key; null if there is none. */
    @Nullable
    Instant nextForgotten() throws StoreException;

    /**
     * Rows of results of a map in the order of completion, from the one that holds this place, or else the first one
     * after it.
     *
     * @param mostRows how many at most
     * @param mostBytes limit of their bytes; at least one is returned
     */
    List<MapResults> resultsBySeq(UUID id, long fromSeq, int mostRows, long mostBytes) throws StoreException;

    /** As {@link #resultsBySeq}, by index. */
    List<MapResults> resultsByIndex(UUID id, int fromIndex, int mostRows, long mostBytes) throws StoreException;

    /** Running jobs that a recovery makes fail: those that run at the {@code deaths}-th death of the service. */
    List<UUID> exhausted(int deaths) throws StoreException;

    /** The tables of deliveries, within the same transaction. */
    DeliveryReader deliveries();

    /** The stored pools, by name. */
    Map<String, KeptPool> pools() throws StoreException;
}
