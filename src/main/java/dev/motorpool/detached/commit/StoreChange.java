package dev.motorpool.detached.commit;

import dev.motorpool.detached.store.JobTables;
import dev.motorpool.detached.store.StoreException;

/**
 * A change of the store on its way through {@link GroupCommitWriter}, whose thread calls all methods.
 *
 * <pre>
 *   apply -> committed
 *   apply -> failed -> apply ...   (kept)
 *   apply -> failed                (given up)
 * </pre>
 *
 * A transaction that certainly was not committed is repeated without the change that broke it: {@code apply} may be
 * called again without {@code failed}.
 */
public abstract class StoreChange {

    /** How often the store has refused it while it accepted others. Owned by {@link GroupCommitWriter}. */
    int refusals;

    /** Makes the change, within a transaction that may fail and be retried. */
    public abstract void apply(JobTables tables) throws StoreException;

    /** The latest {@link #apply} is on stable storage. Must not block. */
    public void committed() {}

    /**
     * The transaction failed, and may have been committed nevertheless. Returns whether to retry the change: a change
     * that records an event must be retried, a request may be given up.
     */
    public boolean failed(StoreException why) {
        return true;
    }

    /** The store accepts other changes and refuses this one: it is given up for good. */
    public void refused(StoreException why) {}

    /** Approximate bytes of clients and functions in it; constant. */
    public long bytes() {
        return 0;
    }

    /** Whether it is among the first to be given up when the disk is full. */
    public boolean isSubmission() {
        return false;
    }
}
