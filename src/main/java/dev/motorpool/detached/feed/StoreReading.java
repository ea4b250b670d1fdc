package dev.motorpool.detached.feed;

import dev.motorpool.detached.model.JobKey;
import dev.motorpool.detached.model.WaitingJob;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What happens to a line's jobs while the store is read for it, and may be missing from the result. Guarded by the
 * monitor of its {@link PoolPrefetch}.
 */
final class StoreReading {

    private final JobMemory memory;
    private boolean underWay;

    /** Jobs that arrived, the latest version of each. */
    private final Map<UUID, WaitingJob> arrived = new LinkedHashMap<>();

    private long arrivedBytes;

    /** Jobs that ended, and may be in the result. */
    private final Set<UUID> ended = new HashSet<>();

    /** The first job that is only in the store again, because it was withdrawn or did not fit. */
    private @Nullable JobKey returned;

    StoreReading(JobMemory memory) {
        this.memory = memory;
    }

    boolean isUnderWay() {
        return underWay;
    }

    void begin() {
        underWay = true;
    }

    /** Keeps the job until the reading is over; without room it is only in the store. */
    void arrived(WaitingJob job) {
        forgetArrived(job.job().id());
        if (arrived.size() < PoolPrefetch.MOST_WAITING && arrivedBytes < memory.waiting()) {
            arrived.put(job.job().id(), job);
            arrivedBytes += job.bytes();
        } else {
            returned(JobKey.of(job.job()));
        }
    }

    private void forgetArrived(UUID job) {
        WaitingJob known = arrived.remove(job);
        if (known != null) {
            arrivedBytes -= known.bytes();
        }
    }

    void ended(UUID job) {
        ended.add(job);
        forgetArrived(job);
    }

    /** A job of this key is only in the store again. */
    void returned(JobKey key) {
        JobKey first = returned;
        returned = first == null || key.compareTo(first) < 0 ? key : first;
    }

    /**
     * The changes of a reading that is over.
     *
     * @param outdated jobs whose version in the result is not the latest
     */
    record Changes(
            Set<UUID> outdated,
            List<WaitingJob> arrived,
            @Nullable JobKey returned) {}

    Changes end() {
        ended.addAll(arrived.keySet());
        Changes changes = new Changes(Set.copyOf(ended), List.copyOf(arrived.values()), returned);
        underWay = false;
        arrived.clear();
        arrivedBytes = 0;
        ended.clear();
        returned = null;
        return changes;
    }
}
