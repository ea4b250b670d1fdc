package dev.motorpool.webhook;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.motorpool.detached.model.OutgoingDelivery;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.locks.Condition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Assigns deliveries to virtual threads that try them. The number of concurrent tries is limited. At the limit,
 * receivers are served in the order in which they came. Uses the lock of {@link DeliveryQueue}.
 */
final class TryDispatcher {

    /**
     * Maximum concurrent tries. Receivers that may take long, or fail by silence, have at most half of them together.
     */
    private static final int MOST_TRIES = 1_000;

    private static final Logger LOG = LoggerFactory.getLogger(TryDispatcher.class);

    private final DeliveryQueue queue;
    private final Sender sender;
    private final Results results;
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

    TryDispatcher(DeliveryQueue queue, Sender sender, Results results, Clock clock, ThreadFactory threads) {
        this.queue = queue;
        this.sender = sender;
        this.results = results;
        this.clock = clock;
        this.threads = threads;
        this.quiet = queue.lock.newCondition();
    }

    /** A new delivery is due that has not been tried. */
    void made(OutgoingDelivery outgoing) {
        queue.lock.lock();
        try {
            Receiver receiver =
                    queue.receiverInPlaceOfOthers(outgoing.delivery().receiver(), clock.instant());
            if (receiver != null) {
                if (receiver.breaker().isOpen() || !queue.take(receiver, outgoing)) {
                    queue.leftInStore(receiver);
                }
                dispatch(receiver);
            }
        } finally {
            queue.lock.unlock();
        }
    }

    /** A client wants this one to be tried now. It goes before all others, within the limit of concurrent tries. */
    void renewed(OutgoingDelivery outgoing) {
        queue.lock.lock();
        try {
            Receiver receiver =
                    queue.receiverInPlaceOfOthers(outgoing.delivery().receiver(), clock.instant());
            if (receiver == null) {
                return;
            }
            Instant now = clock.instant();
            if (receiver.holds(outgoing.delivery().key())) {
                queue.lookAt(receiver, now);
            } else if (hasRoomFor(receiver, now)
                    && receiver.mayBeginOneMore()
                    && queue.takeNow(receiver, outgoing, now)) {
                begin(receiver, outgoing);
            } else {
                if (!queue.takeFirst(receiver, outgoing)) {
                    queue.leftInStore(receiver);
                }
                dispatch(receiver);
            }
        } finally {
            queue.lock.unlock();
        }
    }

    /** Begins as many tries of the receiver's deliveries as the limits allow. */
    void serve(Receiver receiver) {
        queue.lock.lock();
        try {
            dispatch(receiver);
        } finally {
            queue.lock.unlock();
        }
    }

    @GuardedBy("queue.lock")
    private void dispatch(Receiver receiver) {
        while (!queue.closed() && receiver.hasWaiting()) {
            Instant now = clock.instant();
            if (!hasRoomFor(receiver, now)) {
                blocked.add(receiver);
                return;
            }
            OutgoingDelivery next = receiver.begin(now);
            if (next == null) {
                Instant until = receiver.breaker().until(now);
                if (until != null) {
                    queue.lookAt(receiver, until);
                }
                return;
            }
            begin(receiver, next);
        }
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
            threads.newThread(() -> tryAll(receiver, outgoing)).start();
        } catch (RuntimeException | Error defect) {
            queue.giveBack(receiver, outgoing, clock.instant());
            throw defect;
        } finally {
            count(receiver);
        }
        tries++;
    }

    /** Tries this one, and then others of the same receiver while there are any. */
    private void tryAll(Receiver receiver, OutgoingDelivery first) {
        for (OutgoingDelivery next = first; next != null; ) {
            WebhookResponse webhookResponse = WebhookResponse.silence("a defect");
            boolean counts = false;
            try {
                Sender.Tried tried = sender.send(next);
                webhookResponse = tried.reply();
                // The end of the service may have ended the try, which then does not count.
                if (webhookResponse.answered() || !closed()) {
                    results.record(receiver, next.delivery(), tried.result(), tried.nanos());
                    counts = true;
                }
            } catch (RuntimeException | Error defect) {
                // It stays as it was in the store, where a later round finds it.
                LOG.error("A try at a webhook could not be recorded", defect);
            }
            next = over(receiver, next, webhookResponse, counts);
        }
    }

    private boolean closed() {
        queue.lock.lock();
        try {
            return queue.closed();
        } finally {
            queue.lock.unlock();
        }
    }

    /**
     * A try is over.
     *
     * @param counts whether its result is recorded
     * @return the next one for the same thread; null if there is none
     */
    private @Nullable OutgoingDelivery over(
            Receiver receiver, OutgoingDelivery outgoing, WebhookResponse webhookResponse, boolean counts) {
        queue.lock.lock();
        try {
            Instant now = clock.instant();
            queue.tried(receiver, outgoing, webhookResponse, now);
            if (!counts) {
                receiver.recorded(outgoing.delivery().key());
            }
            tries--;
            boolean room = !queue.closed() && blocked.isEmpty() && hasRoomFor(receiver, now);
            OutgoingDelivery next = room ? receiver.begin(now) : null;
            count(receiver);
            if (next == null) {
                serveBlocked(receiver, now);
            } else {
                tries++;
                dispatch(receiver);
            }
            if (tries == 0) {
                quiet.signalAll();
            }
            return next;
        } finally {
            queue.lock.unlock();
        }
    }

    /** The receiver that has waited longest for others' tries to end is next, this one after all of them. */
    @GuardedBy("queue.lock")
    private void serveBlocked(Receiver last, Instant now) {
        if (last.hasWaiting()) {
            blocked.add(last);
        }
        for (Receiver each : List.copyOf(blocked)) {
            if (hasRoomFor(each, now)) {
                blocked.remove(each);
                dispatch(each);
            }
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
