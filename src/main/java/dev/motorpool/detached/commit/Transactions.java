package dev.motorpool.detached.commit;

import dev.motorpool.detached.store.JobStore;
import dev.motorpool.detached.store.StoreException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes changes in transactions, and turns everything thrown into a failure that it returns. Used by the thread of
 * {@link GroupCommitWriter}.
 */
public final class Transactions {

    private static final Logger LOG = LoggerFactory.getLogger(Transactions.class);

    /** Allocated in advance, for use when there is no memory. */
    private final StoreException defect = new StoreException("a defect of the service, or no memory");

    private final JobStore store;
    private final JobListener listener;

    /** The change being applied, or the one that broke the latest transaction; null if none did. */
    private @Nullable StoreChange applying;

    /** When the current transaction began; 0 if there is none. Read by any thread. */
    private volatile long since;

    Transactions(JobStore store, JobListener listener) {
        this.store = store;
        this.listener = listener;
    }

    /** Writes all or nothing; returns why it was not done, as far as known, or null. */
    @Nullable
    StoreException write(List<StoreChange> changes) {
        long began = System.nanoTime();
        since = Math.max(1, began);
        applying = null;
        try {
            store.write(tables -> {
                for (StoreChange change : changes) {
                    applying = change;
                    change.apply(tables);
                }
                applying = null;
            });
        } catch (StoreException failure) {
            listener.commitFailed();
            return failure;
        } catch (Throwable thrown) {
            listener.commitFailed();
            report("A transaction of the store failed by a defect", thrown);
            return thrown instanceof VirtualMachineError ? defect : new StoreException("a defect: " + thrown, thrown);
        } finally {
            since = 0;
        }
        listener.committed(changes.size(), System.nanoTime() - began);
        return null;
    }

    /** The failure for an error outside a transaction. */
    StoreException defect() {
        return defect;
    }

    /** The change that made the latest transaction fail, which therefore was not committed; null if unknown. */
    @Nullable
    StoreChange culprit() {
        return applying;
    }

    /** Duration of the current transaction so far; 0 if there is none. Callable by any thread. */
    long nanos() {
        long began = since;
        return began == 0 ? 0 : System.nanoTime() - began;
    }

    /** Logs a defect, unless there is no memory even for that. */
    public static void report(String what, Throwable defect) {
        try {
            LOG.error(what, defect);
        } catch (Throwable _) {
            // The caller continues.
        }
    }
}
