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
 * receivers are served in the order in which they came. Uses the lock of {@link Holdings}.
 */
final class Handout {

    /**
     * Maximum concurrent tries. Receivers that may take long, or fail by silence, have at most half of them together.
     */
    private static final int MOST_TRIES = 1_000;

    private static final Logger LOG = LoggerFactory.getLogger(Handout.class);

    private final Holdings holdings;
    private final Sender sender;
    private final Results results;
    private final Clock clock;
    private final ThreadFactory threads;
    private final Condition quiet;

    /** Receivers with deliveries that wait for others' tries to end. */
    @GuardedBy("holdings.lock")
    private final Set<Receiver> crowd = new LinkedHashSet<>();

    @GuardedBy("holdings.lock")
    private int tries;

    /** How many of these tries are at receivers that may take long. */
    @GuardedBy("holdings.lock")
    private int lengthy;

    Handout(Holdings holdings, Sender sender, Results results, Clock clock, ThreadFactory threads) {
        this.holdings = holdings;
        this.sender = sender;
        this.results = results;
        this.clock = clock;
        this.threads = threads;
        this.quiet = holdings.lock.newCondition();
    }

    /** A new delivery is due that has not been tried. */
    void made(OutgoingDelivery outgoing) {
        holdings.lock.lock();
        try {
            Receiver receiver =
                    holdings.receiverInPlaceOfOthers(outgoing.delivery().receiver(), clock.instant());
            if (receiver != null) {
                if (receiver.breaker().doubts() || !holdings.take(receiver, outgoing)) {
                    holdings.leftInStore(receiver);
                }
                dispatch(receiver);
            }
        } finally {
            holdings.lock.unlock();
        }
    }

    /** A client wants this one to be tried now. It goes before all others, within the limit of concurrent tries. */
    void renewed(OutgoingDelivery outgoing) {
        holdings.lock.lock();
        try {
            Receiver receiver =
                    holdings.receiverInPlaceOfOthers(outgoing.delivery().receiver(), clock.instant());
            if (receiver == null) {
                return;
            }
            Instant now = clock.instant();
            if (receiver.holds(outgoing.delivery().key())) {
                holdings.lookAt(receiver, now);
            } else if (hasRoomFor(receiver, now)
                    && receiver.mayBeginOneMore()
                    && holdings.takeNow(receiver, outgoing, now)) {
                begin(receiver, outgoing);
            } else {
                if (!holdings.takeFirst(receiver, outgoing)) {
                    holdings.leftInStore(receiver);
                }
                dispatch(receiver);
            }
        } finally {
            holdings.lock.unlock();
        }
    }

    /** Begins as many tries of the receiver's deliveries as the limits allow. */
    void serve(Receiver receiver) {
        holdings.lock.lock();
        try {
            dispatch(receiver);
        } finally {
            holdings.lock.unlock();
        }
    }

    @GuardedBy("holdings.lock")
    private void dispatch(Receiver receiver) {
        while (!holdings.closed() && receiver.hasWaiting()) {
            Instant now = clock.instant();
            if (!hasRoomFor(receiver, now)) {
                crowd.add(receiver);
                return;
            }
            OutgoingDelivery next = receiver.begin(now);
            if (next == null) {
                Instant until = receiver.breaker().until(now);
                if (until != null) {
                    holdings.lookAt(receiver, until);
                }
                return;
            }
            begin(receiver, next);
        }
    }

    @GuardedBy("holdings.lock")
    private boolean hasRoomFor(Receiver receiver, Instant now) {
        receiver.look(now);
        count(receiver);
        return tries < MOST_TRIES && (receiver.quick() || lengthy < MOST_TRIES / 2);
    }

    /** Called whenever the receiver's tries, or what is known of it, may have changed. */
    @GuardedBy("holdings.lock")
    private void count(Receiver receiver) {
        lengthy += receiver.lengthy() - receiver.countedLengthy;
        receiver.countedLengthy = receiver.lengthy();
    }

    @GuardedBy("holdings.lock")
    private void begin(Receiver receiver, OutgoingDelivery outgoing) {
        try {
            threads.newThread(() -> tryAll(receiver, outgoing)).start();
        } catch (RuntimeException | Error defect) {
            holdings.giveBack(receiver, outgoing, clock.instant());
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
        holdings.lock.lock();
        try {
            return holdings.closed();
        } finally {
            holdings.lock.unlock();
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
        holdings.lock.lock();
        try {
            Instant now = clock.instant();
            holdings.tried(receiver, outgoing, webhookResponse, now);
            if (!counts) {
                receiver.recorded(outgoing.delivery().key());
            }
            tries--;
            boolean room = !holdings.closed() && crowd.isEmpty() && hasRoomFor(receiver, now);
            OutgoingDelivery next = room ? receiver.begin(now) : null;
            count(receiver);
            if (next == null) {
                serveCrowd(receiver, now);
            } else {
                tries++;
                dispatch(receiver);
            }
            if (tries == 0) {
                quiet.signalAll();
            }
            return next;
        } finally {
            holdings.lock.unlock();
        }
    }

    /** The receiver that has waited longest for others' tries to end is next, this one after all of them. */
    @GuardedBy("holdings.lock")
    private void serveCrowd(Receiver last, Instant now) {
        if (last.hasWaiting()) {
            crowd.add(last);
        }
        for (Receiver each : List.copyOf(crowd)) {
            if (hasRoomFor(each, now)) {
                crowd.remove(each);
                dispatch(each);
            }
        }
    }

    /** Begins no more tries, and waits at most for this time for those under way. Returns whether all have ended. */
    boolean end(Duration limit) {
        holdings.lock.lock();
        try {
            holdings.close();
            long nanos = limit.toNanos();
            while (tries > 0 && nanos > 0) {
                nanos = quiet.awaitNanos(nanos);
            }
            return tries == 0;
        } catch (InterruptedException hurry) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            holdings.lock.unlock();
        }
    }
}
