package dev.motorpool.detached.store;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/** A cache of how many jobs in the store have not ended. If the store cannot be read, it is as it last was. Thread-safe. */
public final class JobCensus {

    private static final long FRESH_NANOS = Duration.ofSeconds(1).toNanos();

    private final JobStore store;

    /** Replaced as a whole, under the lock. */
    private volatile Taken latest = new Taken(System.nanoTime() - FRESH_NANOS, new JobReader.Census(0, Map.of()));

    private record Taken(long nanos, JobReader.Census census) {
        boolean isOld() {
            return System.nanoTime() - nanos >= FRESH_NANOS;
        }
    }

    /** Held by the thread that reads the store for all others. */
    private final ReentrantLock counting = new ReentrantLock();

    public JobCensus(JobStore store) {
        this.store = store;
    }

    /** Jobs of the tenant that have not ended, counted in the store; NaN if it cannot be read. */
    public double unfinished(String tenant) {
        return read(tables -> (double) tables.unfinished(tenant));
    }

    /** Stored bytes of a tenant with a limit of bytes; NaN if the store cannot be read. */
    public double bytes(String tenant) {
        return read(tables -> (double) tables.bytes(tenant));
    }

    private double read(JobStore.Reading<Double> reading) {
        try {
            return store.read(reading);
        } catch (StoreException e) {
            return Double.NaN;
        }
    }

    /** Counts as of now. */
    public JobReader.Census now() {
        return take(true);
    }

    /** Counts that are at most a second old. */
    public JobReader.Census take() {
        return take(false);
    }

    private JobReader.Census take(boolean always) {
        counting.lock();
        try {
            if (always || latest.isOld()) {
                count();
            }
            return latest.census;
        } finally {
            counting.unlock();
        }
    }

    /** As {@link #take}, but while one thread counts, the others use the last counts. */
    public JobReader.Census ofLate() {
        if (latest.isOld() && counting.tryLock()) {
            try {
                count();
            } finally {
                counting.unlock();
            }
        }
        return latest.census;
    }

    private void count() {
        long now = System.nanoTime();
        JobReader.Census census = latest.census;
        try {
            census = store.read(JobReader::census);
        } catch (StoreException e) {
            // The last counts stay.
        }
        latest = new Taken(now, census);
    }
}
