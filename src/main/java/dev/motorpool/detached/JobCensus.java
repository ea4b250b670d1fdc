package dev.motorpool.detached;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.motorpool.detached.store.JobReader;
import dev.motorpool.detached.store.JobStore;
import dev.motorpool.detached.store.StoreException;
import java.time.Duration;
import java.util.Map;

/**
 * Counts of unfinished jobs in the store, for monitoring. The store is read at most once a second, for any number of
 * readers. If it cannot be read, the last counts are returned.
 */
public final class JobCensus {

    private static final long FRESH_NANOS = Duration.ofSeconds(1).toNanos();

    private final JobStore store;

    @GuardedBy("this")
    private JobReader.Census latest = new JobReader.Census(0, 0, 0, Map.of());

    @GuardedBy("this")
    private long countedNanos = System.nanoTime() - FRESH_NANOS;

    JobCensus(JobStore store) {
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

    /** Counts that are at most a second old. Reads the store. */
    public synchronized JobReader.Census take() {
        long now = System.nanoTime();
        if (now - countedNanos >= FRESH_NANOS) {
            countedNanos = now;
            try {
                latest = store.read(JobReader::census);
            } catch (StoreException e) {
                return latest;
            }
        }
        return latest;
    }
}
