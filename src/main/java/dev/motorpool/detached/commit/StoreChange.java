package dev.motorpool.detached.commit;

import dev.motorpool.detached.store.JobTables;
import dev.motorpool.detached.store.StoreException;

/**
 * A change of the store on its way through {@link GroupCommitWriter}. All methods are called by its thread.
 *
 * <pre>
 *   apply -> committed
 *   apply -> failed -> apply ...   (kept)
 *   apply -> failed                (given up)
 * </pre>
 *
 * A transaction that surely was not made is made again without the change that broke it: {@code apply} may come again
 * without {@code failed}.
 */
public abstract class StoreChange {

    /** How often the store has refused it while it took others. Owned by {@link GroupCommitWriter}. */
    int refusals;

    /** Makes the change, within a transaction that may fail and be tried again. */
    public abstract void apply(JobTables tables) throws StoreException;

    /** What the latest {@link #apply} did is on stable storage. Must not wait. */
    public void committed() {}

    /**
     * The transaction failed; whether it was done is not known. Whether the change is to be tried again: what has happened
     * already has to be, what somebody only asks for may be given up.
     */
    public boolean failed(StoreException why) {
        return true;
    }

    /** The store takes other changes and not this one: it is given up for good. */
    public void refused(StoreException why) {}

    /** About how many bytes of clients and functions it carries; always the same. */
    public long bytes() {
        return 0;
    }

    /** Whether it is among the first to be given up when the disk is full. */
    public boolean isSubmission() {
        return false;
    }
}
