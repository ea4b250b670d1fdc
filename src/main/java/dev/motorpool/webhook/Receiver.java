package dev.motorpool.webhook;

import dev.motorpool.detached.model.DeliveryKey;
import dev.motorpool.detached.model.OutgoingDelivery;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.SequencedMap;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A receiver of deliveries: one scheme, host and port, with its share of memory and its limit of concurrent attempts.
 * Deliveries held here are in the store too; all others are only in the store. Guarded by the lock of {@link DeliveryQueue}.
 *
 * <pre>
 *   taken -> waiting -> under way -> being recorded -> (not held)
 * </pre>
 */
final class Receiver {

    /**
     * Maximum deliveries in memory, and maximum bytes of those that have not been tried. A single delivery of any
     * length is always held.
     */
    static final int SHARE = 256;

    static final long SHARE_BYTES = 1 << 20;

    /** Maximum concurrent tries while it has never answered, or did not answer lately. */
    private static final int CAREFUL = 4;

    /** A receiver is slow if its latest answer took longer, or its oldest try under way does. */
    private static final Duration QUICK = Duration.ofSeconds(1);

    final String name;

    /** Orders receivers that are looked at at the same moment. */
    final long serial;

    private final int concurrency;
    private final ArrayDeque<OutgoingDelivery> waiting = new ArrayDeque<>();
    private final Set<DeliveryKey> held = new HashSet<>();
    private final CircuitBreaker breaker = new CircuitBreaker();

    /** The beginning of a try, and the breaker's generation at that time. */
    private record Begun(Instant at, int generation) {}

    /** The tries under way, the oldest first. */
    private final SequencedMap<DeliveryKey, Begun> underWay = new LinkedHashMap<>();

    private long bytes;
    private boolean proven;
    private boolean slow;

    /** How many of its tries count as {@link #lengthy}; changed by {@link TryDispatcher} alone, which has the sum. */
    int countedLengthy;

    /** When the store is read for it; changed by {@link DeliveryQueue} alone, which keeps it in order. */
    Instant lookAt = Instant.MAX;

    /** Whether the store has deliveries that are due and not held. */
    boolean behind;

    /**
     * Deliveries that were recorded while the store was read for it, and may have been read in their earlier state;
     * null if no read is under way.
     */
    private @Nullable Set<DeliveryKey> recordedMeanwhile;

    Receiver(String name, long serial, int concurrency) {
        this.name = name;
        this.serial = serial;
        this.concurrency = concurrency;
    }

    CircuitBreaker breaker() {
        return breaker;
    }

    private boolean proven() {
        return proven && breaker.isClosed();
    }

    /** Checks whether a try under way takes long already. */
    void look(Instant now) {
        slow |= !underWay.isEmpty() && takesLong(underWay.firstEntry().getValue(), now);
    }

    private static boolean takesLong(Begun begun, Instant now) {
        return begun.at.plus(QUICK).isBefore(now);
    }

    /** Whether its next try is likely to be answered soon, as the latest one was. */
    boolean quick() {
        return proven() && !slow;
    }

    /** How many tries are under way that may take long. */
    int lengthy() {
        return quick() ? 0 : underWay.size();
    }

    boolean holds(DeliveryKey key) {
        return held.contains(key);
    }

    int held() {
        return held.size();
    }

    /** Bytes of deliveries that are held and not yet tried. */
    long bytes() {
        return bytes;
    }

    boolean isIdle() {
        return held.isEmpty() && recordedMeanwhile == null;
    }

    boolean hasWaiting() {
        return !waiting.isEmpty();
    }

    boolean hasRoomFor(OutgoingDelivery outgoing) {
        return held.isEmpty() || (held.size() < SHARE && bytes + outgoing.bytes() <= SHARE_BYTES);
    }

    /** Returns false if it is held already. */
    boolean take(OutgoingDelivery outgoing) {
        boolean added = held.add(outgoing.delivery().key());
        if (added) {
            waiting.add(outgoing);
            bytes += outgoing.bytes();
        }
        return added;
    }

    /** Whether the limit of concurrent tries allows another one. */
    boolean mayBeginOneMore() {
        int most = breaker.isOpen() ? 1 : proven() ? concurrency : Math.min(CAREFUL, concurrency);
        return underWay.size() < most;
    }

    /** Puts a delivery before all others that wait; it must not be held. */
    void takeFirst(OutgoingDelivery outgoing) {
        held.add(outgoing.delivery().key());
        waiting.addFirst(outgoing);
        bytes += outgoing.bytes();
    }

    /** Begins the next try. Returns null if there is none, or none is allowed now. */
    @Nullable
    OutgoingDelivery begin(Instant now) {
        return waiting.isEmpty() || !mayBeginOneMore() || !breaker.allows(now) ? null : beginInPause(now);
    }

    /** Begins with the first one that waits, even during a pause. */
    OutgoingDelivery beginInPause(Instant now) {
        OutgoingDelivery next = waiting.remove();
        underWay.put(next.delivery().key(), new Begun(now, breaker.generation()));
        return next;
    }

    /** The try of this one does not take place. */
    void giveBack(OutgoingDelivery outgoing) {
        underWay.remove(outgoing.delivery().key());
        held.remove(outgoing.delivery().key());
        bytes -= outgoing.bytes();
        behind = true;
    }

    /** The try of this one is over, and will be recorded. */
    void tried(OutgoingDelivery outgoing, WebhookResponse webhookResponse, Instant now) {
        Begun begun = underWay.remove(outgoing.delivery().key());
        bytes -= outgoing.bytes();
        if (begun == null) {
            return;
        }
        if (webhookResponse.answered()) {
            proven = true;
            slow = takesLong(begun, now);
            breaker.onSuccess(begun.generation);
            Instant asked = webhookResponse.busy() ? RetryAfter.parse(webhookResponse.retryAfter(), now) : null;
            if (asked != null) {
                breaker.pause(now, asked);
            }
        } else {
            breaker.onFailure(begun.generation, now);
        }
    }

    /** Leaves waiting deliveries to the store. Returns how many bytes that frees. */
    long dropWaiting() {
        long before = bytes;
        for (OutgoingDelivery outgoing : waiting) {
            held.remove(outgoing.delivery().key());
            bytes -= outgoing.bytes();
            behind = true;
        }
        waiting.clear();
        return before - bytes;
    }

    void recorded(DeliveryKey key) {
        held.remove(key);
        if (recordedMeanwhile != null) {
            recordedMeanwhile.add(key);
        }
    }

    void beginReading() {
        recordedMeanwhile = new HashSet<>();
    }

    /** Deliveries that were recorded since the read began. */
    Set<DeliveryKey> endReading() {
        Set<DeliveryKey> meanwhile = recordedMeanwhile;
        recordedMeanwhile = null;
        return meanwhile == null ? Set.of() : meanwhile;
    }
}
