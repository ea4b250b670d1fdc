package dev.motorpool.webhook;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The schedule for reading the store: for single receivers, and for all of them. Guarded by the lock of its
 * {@link DeliveryQueue}.
 */
final class ReceiverSchedule {

    /** How often all receivers are looked for. */
    static final Duration ROUND = Duration.ofSeconds(30);

    /** The next one first. */
    private final TreeSet<Receiver> receivers =
            new TreeSet<>(Comparator.comparing((Receiver each) -> each.lookAt).thenComparingLong(each -> each.serial));

    private Instant roundAt = Instant.MIN;

    /**
     * Schedules a look at the receiver for then, unless it has an earlier one. Returns whether it is the first one now.
     */
    boolean add(Receiver receiver, Instant at) {
        if (!at.isBefore(receiver.lookAt)) {
            return false;
        }
        receivers.remove(receiver);
        receiver.lookAt = at;
        receivers.add(receiver);
        return receivers.first() == receiver;
    }

    void remove(Receiver receiver) {
        receivers.remove(receiver);
        receiver.lookAt = Instant.MAX;
    }

    /** Removes and returns the next receiver that is due by now; null if there is none. */
    @Nullable
    Receiver next(Instant now) {
        if (receivers.isEmpty() || receivers.first().lookAt.isAfter(now)) {
            return null;
        }
        Receiver next = receivers.pollFirst();
        next.lookAt = Instant.MAX;
        return next;
    }

    /** When the next look is due. */
    Instant first(Instant now) {
        Instant next = receivers.isEmpty() ? Instant.MAX : receivers.first().lookAt;
        return isRoundDue(now) ? Instant.MIN : next.isBefore(roundAt) ? next : roundAt;
    }

    /** True also if it is further away than a round: then the clock has been set back. */
    private boolean isRoundDue(Instant now) {
        return !roundAt.isAfter(now) || roundAt.isAfter(now.plus(ROUND));
    }

    /** Whether a look for all receivers is due; if so, the next one is a round later. */
    boolean beginsRound(Instant now) {
        if (!isRoundDue(now)) {
            return false;
        }
        roundAt = now.plus(ROUND);
        return true;
    }

    void roundNow() {
        roundAt = Instant.MIN;
    }
}
