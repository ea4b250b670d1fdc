package dev.motorpool.webhook;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.motorpool.detached.delivery.Deliveries;
import dev.motorpool.detached.model.Delivery;
import dev.motorpool.detached.model.OutgoingDelivery;
import dev.motorpool.detached.model.TryResult;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.locks.Condition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tries deliveries, each on a virtual thread, and records the results. The number of concurrent tries is limited. At
 * the limit, receivers are served in the order in which they came. Uses the lock of {@link DeliveryQueue}.
 */
final class TryDispatcher {

    /**
     * Maximum concurrent tries. Receivers that may take long, or fail by silence, have at most half of them together.
     */
    private static final int MOST_TRIES = 1_000;

    private static final Logger LOG = LoggerFactory.getLogger(TryDispatcher.class);

    private final DeliveryQueue queue;
    private final Sender sender;
    private final Deliveries store;
    private final Duration retain;
    private final DeliveryEvents events;
    private final Clock clock;
    private final ThreadFactory threads;
    private final Condition quiet;

    /** Receivers with deliveries that wait for others' tries to end. */
    @GuardedBy("queue.lock")
    private final Set<Receiver> blocked = new LinkedHashSet<>();

    @GuardedBy("queue.lock")
    private int tries;

    /** How many of these tries are at receivers that may take long. */
    @GuardedBy("queue.lock")
    private int lengthy;

    TryDispatcher(
            DeliveryQueue queue,
            Sender sender,
            Deliveries store,
            Duration retain,
            DeliveryEvents events,
            Clock clock,
            ThreadFactory threads) {
        this.queue = queue;
        this.sender = sender;
        this.store = store;
        this.retain = retain;
        this.events = events;
        this.clock = clock;
        this.threads = threads;
        this.quiet = queue.lock.newCondition();
    }

    /** A new delivery is due that has not been tried. */
    void made(OutgoingDelivery outgoing) {
        queue.lock.lock();
        try {
            Instant now = clock.instant();
            Receiver receiver =
                    queue.receiverInPlaceOfOthers(outgoing.delivery().receiver(), now);
            if (receiver != null) {
                if (receiver.breaker().isOpen() || !queue.take(receiver, outgoing)) {
                    queue.leftInStore(receiver);
                }
                serve(receiver, now);
            }
        } finally {
            queue.lock.unlock();
        }
    }

    /** A client wants this one to be tried now. It goes before all others, within the limit of concurrent tries. */
    void renewed(OutgoingDelivery outgoing) {
        queue.lock.lock();
        try {
            Instant now = clock.instant();
            Receiver receiver =
                    queue.receiverInPlaceOfOthers(outgoing.delivery().receiver(), now);
            if (receiver == null) {
                return;
            }
            if (receiver.holds(outgoing.delivery().key())) {
                queue.lookAt(receiver, now);
            } else if (!queue.takeFirst(receiver, outgoing)) {
                queue.leftInStore(receiver);
            } else if (hasRoomFor(receiver, now) && receiver.mayBeginOneMore()) {
                begin(receiver, receiver.beginInPause(now));
            }
            serve(receiver, now);
        } finally {
            queue.lock.unlock();
        }
    }

    /** Begins as many tries of the receiver's deliveries as the limits allow. */
    void serve(Receiver receiver, Instant now) {
        queue.lock.lock();
        try {
            if (isBlocked(receiver, now)) {
                blocked.add(receiver);
            }
        } finally {
            queue.lock.unlock();
        }
    }

    /** As {@link #serve}. Returns whether deliveries wait for others' tries to end. */
    @GuardedBy("queue.lock")
    private boolean isBlocked(Receiver receiver, Instant now) {
        while (!queue.isClosed() && receiver.hasWaiting()) {
            if (!hasRoomFor(receiver, now)) {
                return true;
            }
            OutgoingDelivery next = receiver.begin(now);
            if (next == null) {
                if (!receiver.breaker().allows(now)) {
                    queue.lookAt(receiver, now);
                }
                return false;
            }
            begin(receiver, next);
        }
        return false;
    }

    @GuardedBy("queue.lock")
    private boolean hasRoomFor(Receiver receiver, Instant now) {
        receiver.look(now);
        count(receiver);
        return tries < MOST_TRIES && (receiver.quick() || lengthy < MOST_TRIES / 2);
    }

    /** Called whenever the receiver's tries, or what is known of it, may have changed. */
    @GuardedBy("queue.lock")
    private void count(Receiver receiver) {
        lengthy += receiver.lengthy() - receiver.countedLengthy;
        receiver.countedLengthy = receiver.lengthy();
    }

    @GuardedBy("queue.lock")
    private void begin(Receiver receiver, OutgoingDelivery outgoing) {
        try {
            threads.newThread(() -> makeTry(receiver, outgoing)).start();
        } catch (RuntimeException | Error defect) {
            queue.giveBack(receiver, outgoing, clock.instant());
            throw defect;
        } finally {
            count(receiver);
        }
        tries++;
    }

    private void makeTry(Receiver receiver, OutgoingDelivery outgoing) {
        WebhookResponse webhookResponse = WebhookResponse.silence("a defect");
        boolean counts = false;
        try {
            Sender.Tried tried = sender.send(outgoing);
            webhookResponse = tried.reply();
            // The end of the service may have ended the try, which then does not count.
            if (webhookResponse.answered() || !queue.isClosed()) {
                record(receiver, outgoing.delivery(), tried.result(), tried.nanos());
                counts = true;
            }
        } catch (RuntimeException | Error defect) {
            // It stays as it was in the store, where a later round finds it.
            LOG.error("Cannot record an attempt to send a webhook", defect);
        }
        queue.lock.lock();
        try {
            Instant now = clock.instant();
            queue.tried(receiver, outgoing, webhookResponse, now);
            if (!counts) {
                receiver.recorded(outgoing.delivery().key());
            }
            tries--;
            count(receiver);
            serveBlocked(receiver, now);
            if (tries == 0) {
                quiet.signalAll();
            }
        } finally {
            queue.lock.unlock();
        }
    }

    /** The receiver that has waited longest for others' tries to end is next, this one after all of them. */
    @GuardedBy("queue.lock")
    private void serveBlocked(Receiver last, Instant now) {
        blocked.add(last);
        Iterator<Receiver> each = blocked.iterator();
        while (tries < MOST_TRIES && each.hasNext()) {
            if (!isBlocked(each.next(), now)) {
                each.remove();
            }
        }
    }

    /** Writes the result to the store, a moment later. Until that is done the delivery counts as held. */
    private void record(Receiver receiver, Delivery delivery, TryResult result, long nanos) {
        try {
            events.tried(delivery, outcome(result), nanos);
        } catch (RuntimeException defect) {
            LOG.error("Cannot log an attempt to send a webhook", defect); // and is recorded all the same
        }
        store.record(delivery.receiver(), result, retain, how -> recorded(receiver, result, how));
    }

    private static DeliveryEvents.Outcome outcome(TryResult result) {
        return switch (result.state()) {
            case DELIVERED -> DeliveryEvents.Outcome.DELIVERED;
            case PENDING -> DeliveryEvents.Outcome.RETRIED;
            case FAILED -> DeliveryEvents.Outcome.FAILED;
        };
    }

    /** Called by the store's thread. */
    private void recorded(Receiver receiver, TryResult result, Deliveries.Recorded how) {
        queue.lock.lock();
        try {
            Instant lookAt =
                    switch (how) {
                        case WRITTEN -> result.nextAt();
                        case OVERTAKEN -> clock.instant();
                        case REFUSED -> clock.instant().plus(DeliveryQueue.ROUND);
                    };
            queue.recorded(receiver, result.key(), lookAt);
        } finally {
            queue.lock.unlock();
        }
    }

    /** Begins no more tries, and waits at most for this time for those under way. Returns whether all have ended. */
    boolean end(Duration limit) {
        queue.lock.lock();
        try {
            queue.close();
            long nanos = limit.toNanos();
            while (tries > 0 && nanos > 0) {
                nanos = quiet.awaitNanos(nanos);
            }
            return tries == 0;
        } catch (InterruptedException hurry) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            queue.lock.unlock();
        }
    }
}
