package dev.motorpool.webhook;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.motorpool.detached.model.OutgoingDelivery;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The deliveries in memory: the receivers with the deliveries that each holds, and the {@link ReceiverSchedule}. One lock guards
 * all of it and every other decision about tries. It is never held during a wait.
 */
final class DeliveryQueue {

    /** Maximum receivers in memory; the others wait in the store. */
    static final int MOST_RECEIVERS = 10_000;

    /** Pause between eviction attempts. */
    private static final Duration CROWDED = Duration.ofSeconds(1);

    /** Maximum receivers that do not answer that are evicted at a time to make room for another one. */
    private static final int MOST_GIVING_WAY = 100;

    private static final Duration LONGEST_WAIT = Duration.ofSeconds(1);

    final ReentrantLock lock = new ReentrantLock();
    private final Condition wake = lock.newCondition();
    private final WebhookSettings settings;
    private final Clock clock;

    /** The oldest first. */
    @GuardedBy("lock")
    private final Map<String, Receiver> receivers = new LinkedHashMap<>();

    @GuardedBy("lock")
    private final ReceiverSchedule schedule = new ReceiverSchedule();

    @GuardedBy("lock")
    private long serials;

    /** Bytes of deliveries that wait or are tried. */
    @GuardedBy("lock")
    private long bytes;

    /** No eviction is attempted before this. */
    @GuardedBy("lock")
    private Instant crowdedUntil = Instant.MIN;

    @GuardedBy("lock")
    private boolean closed;

    DeliveryQueue(WebhookSettings settings, Clock clock) {
        this.settings = settings;
        this.clock = clock;
    }

    /** The receiver of this name; null if there is no room for it, or the service stops. */
    @GuardedBy("lock")
    @Nullable
    Receiver receiver(String name) {
        Receiver known = receivers.get(name);
        if (closed) {
            return null;
        }
        if (known == null && receivers.size() < MOST_RECEIVERS) {
            known = new Receiver(name, serials++, settings.concurrency());
            receivers.put(name, known);
        }
        return known;
    }

    /**
     * As {@link #receiver}, evicting others that hold nothing; a later round reads them again from the store. Of
     * receivers that do not answer only some are evicted, the oldest, as it would have to be found out again that they
     * do not answer.
     */
    @GuardedBy("lock")
    @Nullable
    Receiver receiverInPlaceOfOthers(String name, Instant now) {
        if (receivers.size() >= MOST_RECEIVERS && !receivers.containsKey(name) && !isCrowded(now)) {
            forget(each -> !each.breaker().isOpen(), MOST_RECEIVERS, now);
            if (receivers.size() >= MOST_RECEIVERS) {
                forget(_ -> true, MOST_GIVING_WAY, now);
            }
            if (receivers.size() >= MOST_RECEIVERS) {
                crowdedUntil = now.plus(CROWDED);
            }
        }
        return receiver(name);
    }

    /** Whether an eviction attempt has failed a moment ago. */
    @GuardedBy("lock")
    private boolean isCrowded(Instant now) {
        return now.isBefore(crowdedUntil) && !now.plus(CROWDED).isBefore(crowdedUntil);
    }

    /** Evicts at most this many receivers that hold nothing, and are not about to be looked at. */
    @GuardedBy("lock")
    private void forget(Predicate<Receiver> which, int most, Instant now) {
        List<Receiver> gone = receivers.values().stream()
                .filter(each -> each.isIdle() && each.lookAt.isAfter(now) && which.test(each))
                .limit(most)
                .toList();
        for (Receiver each : gone) {
            receivers.remove(each.name);
            schedule.remove(each);
        }
    }

    /** Takes a delivery for a try, if there is room for it. */
    @GuardedBy("lock")
    boolean take(Receiver receiver, OutgoingDelivery outgoing) {
        boolean room = hasRoomFor(receiver, outgoing);
        if (room) {
            receiver.take(outgoing);
            bytes += outgoing.bytes();
        }
        return room;
    }

    /** As {@link #take}, before all others of the receiver; it must not be held. */
    @GuardedBy("lock")
    boolean takeFirst(Receiver receiver, OutgoingDelivery outgoing) {
        boolean room = hasRoomFor(receiver, outgoing);
        if (room) {
            receiver.takeFirst(outgoing);
            bytes += outgoing.bytes();
        }
        return room;
    }

    @GuardedBy("lock")
    private boolean hasRoomFor(Receiver receiver, OutgoingDelivery outgoing) {
        return receiver.hasRoomFor(outgoing) && fits(receiver, outgoing);
    }

    /**
     * Whether it fits into the memory of all receivers. The same amount again is reserved for receivers that hold
     * nothing, so that slow ones that hold much leave room for the others. A single delivery always fits.
     */
    @GuardedBy("lock")
    private boolean fits(Receiver receiver, OutgoingDelivery outgoing) {
        long most = receiver.held() == 0 ? 2 * settings.memory() : settings.memory();
        return bytes == 0 || bytes + outgoing.bytes() <= most;
    }

    /** Takes a delivery that is tried at once, if there is memory for it; it must not be held. */
    @GuardedBy("lock")
    boolean takeNow(Receiver receiver, OutgoingDelivery outgoing, Instant now) {
        boolean room = fits(receiver, outgoing);
        if (room) {
            receiver.beginNow(outgoing, now);
            bytes += outgoing.bytes();
        }
        return room;
    }

    /** A try is over. During a pause of the receiver, its waiting deliveries are left to the store. */
    @GuardedBy("lock")
    void tried(Receiver receiver, OutgoingDelivery outgoing, WebhookResponse webhookResponse, Instant now) {
        receiver.tried(outgoing, webhookResponse, now);
        bytes -= outgoing.bytes();
        Instant until = receiver.breaker().until(now);
        if (until != null) {
            bytes -= receiver.dropWaiting();
            lookAt(receiver, until);
        }
    }

    /** Leaves deliveries that were about to be tried to the store, to be read again a moment later. */
    @GuardedBy("lock")
    void giveBack(Receiver receiver, OutgoingDelivery outgoing, Instant now) {
        receiver.giveBack(outgoing);
        bytes -= outgoing.bytes();
        lookAt(receiver, now.plus(LONGEST_WAIT));
    }

    /** The end of the receiver's pause; null if there is none. */
    @Nullable
    Instant heldUntil(String name, Instant now) {
        lock.lock();
        try {
            Receiver receiver = receivers.get(name);
            return receiver == null ? null : receiver.breaker().until(now);
        } finally {
            lock.unlock();
        }
    }

    /** The store has a due delivery for the receiver. It is read once there is room, or the receiver is tried again. */
    @GuardedBy("lock")
    void leftInStore(Receiver receiver) {
        receiver.behind = true;
        if (receiver.held() == 0) {
            lookWhenAllowed(receiver, clock.instant());
        }
    }

    /** Schedules a read of the store for the receiver as soon as it may be tried. */
    @GuardedBy("lock")
    void lookWhenAllowed(Receiver receiver, Instant now) {
        Instant until = receiver.breaker().until(now);
        lookAt(receiver, until == null ? now : until);
    }

    @GuardedBy("lock")
    void lookAt(Receiver receiver, Instant at) {
        if (!closed && schedule.add(receiver, at)) {
            wake.signal();
        }
    }

    @GuardedBy("lock")
    boolean closed() {
        return closed;
    }

    /** No more deliveries are taken, and {@link #awaitWork} ends. */
    @GuardedBy("lock")
    void close() {
        closed = true;
        wake.signal();
    }

    /** Schedules a look for all receivers now. */
    void roundNow() {
        lock.lock();
        try {
            schedule.roundNow();
            wake.signal();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits until the schedule has something due. Checks it every second, as clocks may jump. Returns false once closed.
     */
    boolean awaitWork() throws InterruptedException {
        lock.lock();
        try {
            while (!closed) {
                Instant now = clock.instant();
                Instant until = schedule.first(now);
                if (!until.isAfter(now)) {
                    return true;
                }
                Instant latest = now.plus(LONGEST_WAIT);
                Duration wait = Duration.between(now, until.isBefore(latest) ? until : latest);
                boolean _ = wake.await(wait.toNanos(), TimeUnit.NANOSECONDS);
            }
            return false;
        } finally {
            lock.unlock();
        }
    }

    boolean beginsRound(Instant now) {
        lock.lock();
        try {
            return !closed && schedule.beginsRound(now);
        } finally {
            lock.unlock();
        }
    }

    /** The next receiver to look at; null if none is due by now. */
    @Nullable
    Receiver next(Instant now) {
        lock.lock();
        try {
            return closed ? null : schedule.next(now);
        } finally {
            lock.unlock();
        }
    }
}
