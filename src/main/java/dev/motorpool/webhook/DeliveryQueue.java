package dev.motorpool.webhook;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.motorpool.detached.model.DeliveryKey;
import dev.motorpool.detached.model.OutgoingDelivery;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The receivers in memory with the deliveries that each holds, ordered by when the store is read for them. One lock
 * guards all of it and every other decision about tries. It is never held during a wait.
 */
final class DeliveryQueue {

    /** Maximum receivers in memory; the others wait in the store. */
    static final int MOST_RECEIVERS = 10_000;

    /** How often the store is searched for all receivers. */
    static final Duration ROUND = Duration.ofSeconds(30);

    /** Pause between eviction attempts. */
    private static final Duration CROWDED = Duration.ofSeconds(1);

    /** Maximum receivers that are evicted at a time to make room for another one. */
    private static final int MOST_GIVING_WAY = 100;

    private static final Duration LONGEST_WAIT = Duration.ofSeconds(1);

    final ReentrantLock lock = new ReentrantLock();
    private final Condition wake = lock.newCondition();
    private final WebhookSettings settings;
    private final Clock clock;

    /** The oldest first. */
    @GuardedBy("lock")
    private final Map<String, Receiver> receivers = new LinkedHashMap<>();

    /** The receivers with a read of the store scheduled, the next one first. */
    @GuardedBy("lock")
    private final TreeSet<Receiver> schedule =
            new TreeSet<>(Comparator.comparing((Receiver each) -> each.lookAt).thenComparingLong(each -> each.serial));

    /** When all receivers are looked for next. */
    @GuardedBy("lock")
    private Instant roundAt = Instant.MIN;

    @GuardedBy("lock")
    private long serials;

    /** Bytes of deliveries that wait or are tried. */
    @GuardedBy("lock")
    private long bytes;

    /** No eviction is attempted before this. */
    @GuardedBy("lock")
    private Instant crowdedUntil = Instant.MIN;

    /** Written under the lock. */
    private volatile boolean closed;

    DeliveryQueue(WebhookSettings settings, Clock clock) {
        this.settings = settings;
        this.clock = clock;
    }

    /** The receiver of this name; null if there is no room for it, or the service stops. */
    @GuardedBy("lock")
    @Nullable
    Receiver receiver(String name) {
        if (closed || (receivers.size() >= MOST_RECEIVERS && !receivers.containsKey(name))) {
            return null;
        }
        return receivers.computeIfAbsent(name, _ -> new Receiver(name, serials++, settings.concurrency()));
    }

    /** As {@link #receiver}, evicting others if needed; a later round reads them again from the store. */
    @GuardedBy("lock")
    @Nullable
    Receiver receiverInPlaceOfOthers(String name, Instant now) {
        if (receivers.size() >= MOST_RECEIVERS && !receivers.containsKey(name) && !isCrowded(now)) {
            evict(now);
        }
        return receiver(name);
    }

    /** Whether an eviction attempt has failed a moment ago. */
    @GuardedBy("lock")
    private boolean isCrowded(Instant now) {
        return now.isBefore(crowdedUntil) && !now.plus(CROWDED).isBefore(crowdedUntil);
    }

    /**
     * Evicts some receivers that hold nothing and are not about to be looked at, the oldest. Those that do not answer
     * are last, as it would have to be found out again that they do not.
     */
    @GuardedBy("lock")
    private void evict(Instant now) {
        List<Receiver> gone = receivers.values().stream()
                .filter(each -> each.isIdle() && each.lookAt.isAfter(now))
                .sorted(Comparator.comparing(each -> each.breaker().isOpen()))
                .limit(MOST_GIVING_WAY)
                .toList();
        for (Receiver each : gone) {
            receivers.remove(each.name);
            schedule.remove(each);
        }
        if (gone.isEmpty()) {
            crowdedUntil = now.plus(CROWDED);
        }
    }

    /** Takes a delivery for a try, if there is room for it. */
    @GuardedBy("lock")
    boolean take(Receiver receiver, OutgoingDelivery outgoing) {
        boolean room = hasRoomFor(receiver, outgoing);
        if (room && receiver.take(outgoing)) {
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

    /**
     * Whether it fits into the receiver's share, and into the memory of all receivers. The same amount again is
     * reserved for receivers that hold nothing, so that slow ones that hold much leave room for the others. A single
     * delivery always fits.
     */
    @GuardedBy("lock")
    private boolean hasRoomFor(Receiver receiver, OutgoingDelivery outgoing) {
        long most = receiver.held() == 0 ? 2 * settings.memory() : settings.memory();
        return receiver.hasRoomFor(outgoing) && (bytes == 0 || bytes + outgoing.bytes() <= most);
    }

    /** A try is over. During a pause of the receiver, its waiting deliveries are left to the store. */
    @GuardedBy("lock")
    void tried(Receiver receiver, OutgoingDelivery outgoing, WebhookResponse webhookResponse, Instant now) {
        receiver.tried(outgoing, webhookResponse, now);
        bytes -= outgoing.bytes();
        if (!receiver.breaker().allows(now)) {
            bytes -= receiver.dropWaiting();
            lookAt(receiver, now);
        }
    }

    /** A try is recorded, or will not be. Looks again at then, unless it is null. */
    @GuardedBy("lock")
    void recorded(Receiver receiver, DeliveryKey key, @Nullable Instant lookAt) {
        receiver.recorded(key);
        if (lookAt != null) {
            lookAt(receiver, lookAt);
        }
        if (receiver.behind && receiver.held() <= Receiver.SHARE / 2) {
            lookAt(receiver, clock.instant());
        }
    }

    /** Leaves a delivery that was about to be tried to the store, to be read again a moment later. */
    @GuardedBy("lock")
    void giveBack(Receiver receiver, OutgoingDelivery outgoing, Instant now) {
        receiver.giveBack(outgoing);
        bytes -= outgoing.bytes();
        lookAt(receiver, now.plus(LONGEST_WAIT));
    }

    /** The store has a due delivery for the receiver. It is read once there is room, or the receiver is tried again. */
    @GuardedBy("lock")
    void leftInStore(Receiver receiver) {
        receiver.behind = true;
        if (receiver.held() == 0) {
            lookAt(receiver, clock.instant());
        }
    }

    /** Schedules a read of the store for then, or for the end of the receiver's pause; an earlier one stays. */
    @GuardedBy("lock")
    void lookAt(Receiver receiver, Instant at) {
        Instant until = receiver.breaker().until(clock.instant());
        Instant then = until == null || until.isBefore(at) ? at : until;
        if (closed || !then.isBefore(receiver.lookAt)) {
            return;
        }
        schedule.remove(receiver);
        receiver.lookAt = then;
        schedule.add(receiver);
        if (schedule.first() == receiver) {
            wake.signal();
        }
    }

    /** The next receiver to read the store for; null if none is due by now. */
    @GuardedBy("lock")
    @Nullable
    Receiver next(Instant now) {
        while (!closed && !schedule.isEmpty() && !schedule.first().lookAt.isAfter(now)) {
            Receiver next = schedule.removeFirst();
            next.lookAt = Instant.MAX;
            if (next.breaker().allows(now)) {
                return next;
            }
            lookAt(next, now);
        }
        return null;
    }

    /** The end of the receiver's pause; null if there is none. */
    @GuardedBy("lock")
    @Nullable
    Instant heldUntil(String name, Instant now) {
        Receiver receiver = receivers.get(name);
        return receiver == null ? null : receiver.breaker().until(now);
    }

    boolean isClosed() {
        return closed;
    }

    /** No more deliveries are taken, and {@link #awaitWork} ends. */
    @GuardedBy("lock")
    void close() {
        closed = true;
        wake.signal();
    }

    /** Schedules a look for all receivers now. */
    @GuardedBy("lock")
    void roundNow() {
        roundAt = Instant.MIN;
        wake.signal();
    }

    /** Whether a look for all receivers is due; if so, the next one is a round later. */
    @GuardedBy("lock")
    boolean beginsRound(Instant now) {
        boolean due = isRoundDue(now);
        if (due) {
            roundAt = now.plus(ROUND);
        }
        return due;
    }

    /** True also if it is further away than a round: then the clock has been set back. */
    @GuardedBy("lock")
    private boolean isRoundDue(Instant now) {
        return !roundAt.isAfter(now) || roundAt.isAfter(now.plus(ROUND));
    }

    /** Waits until something is due. Checks that every second, as clocks may jump. Returns false once closed. */
    @GuardedBy("lock")
    boolean awaitWork() throws InterruptedException {
        while (!closed) {
            Instant now = clock.instant();
            Instant first = schedule.isEmpty() ? roundAt : schedule.first().lookAt;
            if (isRoundDue(now) || !first.isAfter(now)) {
                return true;
            }
            Duration left = Duration.between(now, first.isBefore(roundAt) ? first : roundAt);
            Duration wait = left.compareTo(LONGEST_WAIT) < 0 ? left : LONGEST_WAIT;
            boolean _ = wake.await(wait.toNanos(), TimeUnit.NANOSECONDS);
        }
        return false;
    }
}
