package dev.motorpool.webhook;

import dev.motorpool.detached.delivery.Deliveries;
import dev.motorpool.detached.store.DeliveryReader.DueReceiver;
import dev.motorpool.detached.store.StoreException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The periodic scan of the store: finds receivers with deliveries due soon, counts, and removes deliveries that ended
 * long ago. Used by the scheduler's thread.
 */
final class ReceiverScan {

    private static final Logger LOG = LoggerFactory.getLogger(ReceiverScan.class);
    private static final int PAGE = 500;

    /** A recount takes at most one part in this many of the thread's time. */
    private static final long TIMES_OF_RECOUNT = 1_000;

    private final DeliveryQueue queue;
    private final Deliveries store;

    /** The last receiver of the latest round, if there were more than memory has room for. Owned by the thread. */
    private String from = "";

    /** No recount before this, by {@link System#nanoTime}. Owned by the thread. */
    private long recountAt = System.nanoTime();

    /**
     * Since when the longest due delivery has been due, as of the latest round; null if there was none. Written by the
     * thread.
     */
    private volatile @Nullable Instant longestDue;

    ReceiverScan(DeliveryQueue queue, Deliveries store) {
        this.queue = queue;
        this.store = store;
    }

    void go(Instant now) throws InterruptedException {
        try {
            longestDue = meetAll(now);
            recount();
            store.forget(now);
        } catch (StoreException unreachable) {
            LOG.warn("Deliveries cannot be read for now: {}", unreachable.getMessage());
        }
    }

    /** Reads the index of all pending deliveries. The more there are, the less often, as other work waits meanwhile. */
    private void recount() throws StoreException {
        long begun = System.nanoTime();
        if (begun - recountAt >= 0) {
            store.recount();
            long took = System.nanoTime() - begun;
            recountAt = begun + took * TIMES_OF_RECOUNT;
        }
    }

    /** Since when the longest due delivery has been due, or when the first one will be; null if there is none. */
    private @Nullable Instant meetAll(Instant now) throws StoreException {
        Instant first = null;
        String last = from;
        boolean full = false;
        for (List<DueReceiver> page = store.receivers(last, PAGE);
                !page.isEmpty();
                page = store.receivers(last, PAGE)) {
            for (DueReceiver each : page) {
                first = first == null || each.firstDue().isBefore(first) ? each.firstDue() : first;
                if (!full && !meet(each, now)) {
                    full = true;
                    from = last;
                }
                last = each.name();
            }
        }
        from = full ? from : "";
        return first;
    }

    /** A receiver with pending deliveries. Returns false if there is no room for it. */
    private boolean meet(DueReceiver found, Instant now) {
        if (found.firstDue().isAfter(now.plus(ReceiverSchedule.ROUND))) {
            return true;
        }
        queue.lock.lock();
        try {
            Receiver receiver = queue.receiverInPlaceOfOthers(found.name(), now);
            if (receiver == null) {
                return false;
            }
            Instant until = receiver.breaker().until(now);
            if (receiver.held() == 0) {
                queue.lookAt(receiver, until == null ? found.firstDue() : until);
            }
            return true;
        } finally {
            queue.lock.unlock();
        }
    }

    /** For how long a delivery has been due that was due in the latest round; not negative. */
    Duration overdue(Instant now) {
        Instant since = longestDue;
        return since == null || since.isAfter(now) ? Duration.ZERO : Duration.between(since, now);
    }
}
