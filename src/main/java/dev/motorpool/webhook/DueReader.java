package dev.motorpool.webhook;

import dev.motorpool.detached.delivery.Deliveries;
import dev.motorpool.detached.delivery.Deliveries.Due;
import dev.motorpool.detached.model.DeliveryKey;
import dev.motorpool.detached.model.OutgoingDelivery;
import dev.motorpool.detached.store.StoreException;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads due deliveries of a receiver from the store, as many as it has room for. For a receiver that does not answer
 * that is one delivery, which tests whether it is back. Used by the scheduler's thread.
 */
final class DueReader {

    private static final Logger LOG = LoggerFactory.getLogger(DueReader.class);
    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final DeliveryQueue queue;
    private final TryDispatcher dispatcher;
    private final Deliveries store;

    DueReader(DeliveryQueue queue, TryDispatcher dispatcher, Deliveries store) {
        this.queue = queue;
        this.dispatcher = dispatcher;
        this.store = store;
    }

    /** Reads for a receiver, if it has room. */
    void look(Receiver receiver, Instant now) {
        long mostBytes = prepare(receiver, now);
        if (mostBytes == 0) {
            return;
        }
        Due due = null;
        try {
            // Held deliveries are due, too, and are read again: so there are as many others as there is room for.
            due = store.due(receiver.name, now, Receiver.SHARE, mostBytes);
        } catch (StoreException unreachable) {
            LOG.warn("Deliveries cannot be read for now: {}", unreachable.getMessage());
        } catch (RuntimeException | Error defect) {
            LOG.error("Deliveries cannot be read for now", defect);
        }
        take(receiver, due, now);
    }

    /** How many bytes to read for it, including those that it holds; 0 if nothing is read now. */
    private long prepare(Receiver receiver, Instant now) {
        queue.lock.lock();
        try {
            Instant until = receiver.breaker().until(now);
            if (until != null) {
                queue.lookAt(receiver, until);
                return 0;
            }
            dispatcher.serve(receiver);
            if (receiver.held() > Receiver.SHARE / 2) {
                receiver.behind = true; // what ends makes room, and has it looked at again
                return 0;
            }
            receiver.beginReading();
            return receiver.bytes() + Receiver.SHARE_BYTES;
        } finally {
            queue.lock.unlock();
        }
    }

    private void take(Receiver receiver, @Nullable Due due, Instant now) {
        queue.lock.lock();
        try {
            Set<DeliveryKey> meanwhile = receiver.endReading();
            if (due == null) {
                queue.lookAt(receiver, now.plus(PAUSE));
                return;
            }
            boolean left = false;
            for (OutgoingDelivery outgoing : due.parcels()) {
                DeliveryKey key = outgoing.delivery().key();
                if (receiver.holds(key) || meanwhile.contains(key)) {
                    continue;
                }
                boolean probing = receiver.breaker().isOpen() && receiver.held() > 0;
                if (probing || !queue.take(receiver, outgoing)) {
                    left = true;
                }
            }
            Instant next = due.next();
            receiver.behind = left || (next != null && !next.isAfter(now));
            if (next != null && next.isAfter(now)) {
                queue.lookAt(receiver, next);
            }
            if (receiver.behind && receiver.held() == 0) {
                queue.lookAt(receiver, now.plus(PAUSE));
            }
            dispatcher.serve(receiver);
        } finally {
            queue.lock.unlock();
        }
    }
}
