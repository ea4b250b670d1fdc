package dev.motorpool.detached.commit;

import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether the store accepts changes, and whether jobs may be started. Written by the thread of
 * {@link GroupCommitWriter}, which also calls the listener; read by any thread.
 */
final class StoreHealth {

    private static final Logger LOG = LoggerFactory.getLogger(StoreHealth.class);

    /** The store counts as unreachable while one transaction takes longer. */
    private static final long LONG_NANOS = Duration.ofSeconds(5).toNanos();

    private final Transactions transactions;
    private final GroupCommitWriter.Health listener;
    private final long mostQueuedBytes;

    /** Whether the latest transaction failed. */
    private volatile boolean failing;

    /** Whether more bytes of changes are queued than the limit. */
    private volatile boolean crowded;

    /** @param mostQueuedBytes bytes of queued changes above which no further job is started */
    StoreHealth(Transactions transactions, GroupCommitWriter.Health listener, long mostQueuedBytes) {
        this.transactions = transactions;
        this.listener = listener;
        this.mostQueuedBytes = mostQueuedBytes;
    }

    boolean isFailing() {
        return failing;
    }

    boolean reachable() {
        return !failing && transactions.nanos() < LONG_NANOS;
    }

    boolean mayStart() {
        return reachable() && !crowded;
    }

    /** The store accepts changes, or not. */
    void turned(boolean reachable) {
        if (failing == reachable) {
            failing = !reachable;
            if (reachable) {
                LOG.info("The store accepts changes again");
            } else {
                LOG.error("The store accepts no changes; new detached jobs are refused, and queued ones wait");
            }
            listener.changed(mayStart());
        }
    }

    /** This many bytes of changes are queued. A crowded queue has room again at half of its limit. */
    void queued(long bytes) {
        boolean now = bytes > (crowded ? mostQueuedBytes / 2 : mostQueuedBytes);
        if (now != crowded) {
            crowded = now;
            listener.changed(mayStart());
        }
    }
}
