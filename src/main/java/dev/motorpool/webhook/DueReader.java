package dev.motorpool.webhook;

import dev.motorpool.detached.delivery.Deliveries;
import dev.motorpool.detached.delivery.Deliveries.Due;
import dev.motorpool.detached.model.DeliveryKey;
import dev.motorpool.detached.model.OutgoingDelivery;
import dev.motorpool.detached.store.DeliveryReader.DueReceiver;
import dev.motorpool.detached.store.StoreException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads due deliveries, and the receivers that have any, from the store. Used by the scheduler's thread. */
final class DueReader {

    private static final Logger LOG = LoggerFactory.getLogger(DueReader.class);
    private static final Duration PAUSE = Duration.ofSeconds(1);
    private static final int PAGE = 500;

    private final DeliveryQueue queue;
    private final TryDispatcher dispatcher;
    private final Deliveries store;

    /** After which receiver the next round begins: the latest one may have found more than memory has room for. */
    private String from = "";

    DueReader(DeliveryQueue queue, TryDispatcher dispatcher, Deliveries store) {
        this.queue = queue;
        this.dispatcher = dispatcher;
        this.store = store;
    }

    /**
     * Finds all receivers with deliveries that are due, or will be before the next round. Returns since when the longest
     * due delivery has been due, or when the first one will be; the end of time if none is pending.
     */
    Instant findReceivers(Instant now) throws StoreException {
        Instant first = Instant.MAX;
        String last = from;
        @Nullable String full = null;
        List<DueReceiver> page;
        do {
            page = store.receivers(last, PAGE);
            for (DueReceiver each : page) {
                first = each.firstDue().isBefore(first) ? each.firstDue() : first;
                if (full == null && !hasRoomFor(each, now)) {
                    full = last;
                }
                last = each.name();
            }
        } while (!page.isEmpty());
        from = full == null ? "" : full;
        return first;
    }

    /** Schedules a read for the receiver. Returns false if there is no room for it. */
    private boolean hasRoomFor(DueReceiver found, Instant now) {
        if (found.firstDue().isAfter(now.plus(DeliveryQueue.ROUND))) {
            return true;
        }
        queue.lock.lock();
        try {
            Receiver receiver = queue.receiverInPlaceOfOthers(found.name(), now);
            if (receiver != null && receiver.held() == 0) {
                queue.lookAt(receiver, found.firstDue());
            }
            return receiver != null;
        } finally {
            queue.lock.unlock();
        }
    }

    /**
     * Reads for the next receiver whose deliveries are due, as many as it has room for; for one that does not answer a
     * single delivery, which tests whether it is back. Returns false if there is no receiver.
     */
    boolean readNext(Instant now) {
        Receiver receiver;
        long mostBytes;
        queue.lock.lock();
        try {
            receiver = queue.next(now);
            if (receiver == null) {
                return false;
            }
            dispatcher.serve(receiver, now);
            if (receiver.held() > Receiver.SHARE / 2) {
                receiver.behind = true; // what ends makes room, and has it looked at again
                return true;
            }
            receiver.beginReading();
            // Held deliveries are due, too, and are read again: so there are as many others as there is room for.
            mostBytes = receiver.bytes() + Receiver.SHARE_BYTES;
        } finally {
            queue.lock.unlock();
        }
        Due due = null;
        try {
            due = store.due(receiver.name, now, Receiver.SHARE, mostBytes);
        } catch (StoreException unreachable) {
            LOG.warn("Cannot read deliveries; retrying: {}", unreachable.getMessage());
        } catch (RuntimeException | Error defect) {
            LOG.error("Cannot read deliveries; retrying", defect);
        }
        take(receiver, due, now);
        return true;
    }

    private void take(Receiver receiver, @Nullable Due due, Instant now) {
        queue.lock.lock();
        try {
            Set<DeliveryKey> meanwhile = receiver.endReading();
            if (due == null) {
                queue.lookAt(receiver, now.plus(PAUSE));
                return;
            }
            Instant next = due.next();
            receiver.behind = next != null && !next.isAfter(now);
            for (OutgoingDelivery outgoing : due.deliveries()) {
                DeliveryKey key = outgoing.delivery().key();
                if (!receiver.holds(key) && !meanwhile.contains(key)) {
                    boolean probing = receiver.breaker().isOpen() && receiver.held() > 0;
                    receiver.behind |= probing || !queue.take(receiver, outgoing);
                }
            }
            if (next != null && next.isAfter(now)) {
                queue.lookAt(receiver, next);
            }
            if (receiver.behind && receiver.held() == 0) {
                queue.lookAt(receiver, now.plus(PAUSE));
            }
            dispatcher.serve(receiver, now);
        } finally {
            queue.lock.unlock();
        }
    }
}
