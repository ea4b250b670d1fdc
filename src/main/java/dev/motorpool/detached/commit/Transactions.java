package dev.motorpool.detached.commit;

import dev.motorpool.detached.store.JobStore;
import dev.motorpool.detached.store.StoreException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes changes in transactions, and answers every failure, whatever is thrown. Used by the thread of {@link GroupCommitWriter}. */
public final class Transactions {

    private static final Logger LOG = LoggerFactory.getLogger(Transactions.class);

    /** Made ahead, for when there is no memory to say more. */
    private final StoreException defect = new StoreException("a defect of the service, or no memory");

    private final JobStore store;
    private final JobListener listener;

    /** The change that is applied, or broke the latest transaction; null if none did. */
    private @Nullable StoreChange applying;

    /** When the transaction began that is being written; 0 if none is. Read by any thread. */
    private volatile long since;

    Transactions(JobStore store, JobListener listener) {
        this.store = store;
        this.listener = listener;
    }

    /** Writes all or nothing; why it was not done, as far as is known, or null. */
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

    /** The failure of what failed otherwise than in a transaction. */
    StoreException defect() {
        return defect;
    }

    /** The change by which the latest transaction failed, which therefore was not made; null if that is not known. */
    @Nullable
    StoreChange culprit() {
        return applying;
    }

    /** How long the present transaction takes already; 0 if there is none. Any thread may ask. */
    long nanos() {
        long began = since;
        return began == 0 ? 0 : System.nanoTime() - began;
    }

    /** Logs a defect, unless there is no memory even for that. */
    public static void report(String what, Throwable defect) {
        try {
            LOG.error(what, defect);
        } catch (Throwable _) {
            // Its caller goes on.
        }
    }
}
