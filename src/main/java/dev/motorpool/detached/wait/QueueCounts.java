package dev.motorpool.detached.wait;

import dev.motorpool.detached.store.JobReader;
import dev.motorpool.detached.store.JobStore;
import dev.motorpool.detached.store.StoreException;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;

/** A cache of how many jobs wait in each pool. Thread-safe. */
public final class QueueCounts {

    private static final long FRESH_NANOS = 1_000_000_000;

    private final JobStore store;

    /** Replaced as a whole, by any thread. */
    private volatile Counted counted = new Counted(0, Map.of());

    private record Counted(long nanos, Map<String, JobReader.Backlog> backlogs) {
        long queued(String pool) {
            JobReader.Backlog backlog = backlogs.get(pool);
            return backlog == null ? 0 : backlog.queued();
        }
    }

    /** Whether a thread is counting for all callers of {@link #queuedOfLate}. */
    private final AtomicBoolean counting = new AtomicBoolean();

    public QueueCounts(JobStore store) {
        this.store = store;
    }

    /**
     * Jobs of the pool that wait for a slot, as of at most a second ago.
     *
     * @param exactly as of now
     */
    public long queued(String pool, boolean exactly) {
        if (exactly || isOld()) {
            count();
        }
        return counted.queued(pool);
    }

    /** As {@link #queued}, not exactly; one thread counts while the others use the last counts. */
    long queuedOfLate(String pool) {
        if (isOld() && counting.compareAndSet(false, true)) {
            try {
                count();
            } finally {
                counting.set(false);
            }
        }
        return counted.queued(pool);
    }

    private boolean isOld() {
        long nanos = counted.nanos;
        return nanos == 0 || System.nanoTime() - nanos > FRESH_NANOS;
    }

    private void count() {
        long now = System.nanoTime();
        try {
            counted = new Counted(Math.max(1, now), store.read(JobReader::backlogs));
        } catch (StoreException e) {
            // Use the last counts.
        }
    }
}
