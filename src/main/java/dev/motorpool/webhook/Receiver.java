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
 * Deliveries held here are in the store too; all others are only in the store. Guarded by the lock of {@link Holdings}.
 *
 * <pre>
 *   taken -> waiting -> under way -> being recorded -> (not held)
 * </pre>
 */
final class Receiver {

    /** So many deliveries are held in memory, and so many bytes of those that have not been tried; or one, however long. */
    static final int SHARE = 256;

    static final long SHARE_BYTES = 1 << 20;

    /** Tries at once while it has never answered, or did not lately. */
    private static final int CAREFUL = 4;

    /** Whose latest answer took longer, or whose oldest try under way does, is slow. */
    private static final Duration QUICK = Duration.ofSeconds(1);

    final String name;

    /** Orders receivers that are to be looked at at the same moment. */
    final long serial;

    private final int concurrency;
    private final ArrayDeque<OutgoingDelivery> waiting = new ArrayDeque<>();
    private final Set<DeliveryKey> held = new HashSet<>();
    private final CircuitBreaker breaker = new CircuitBreaker();

    /** A try's beginning, and the breaker's era at that time. */
    private record Begun(Instant at, int era) {}

    /** What is tried now, the oldest try first. */
    private final SequencedMap<DeliveryKey, Begun> underWay = new LinkedHashMap<>();

    private long bytes;
    private boolean proven;
    private boolean slow;

    /** How many of its tries count as {@link #lengthy}; changed by {@link Handout} alone, which has the sum. */
    int countedLengthy;

    /** When the courier looks at it; changed by the courier alone, which has it in order. */
    Instant lookAt = Instant.MAX;

    /** Whether the store has deliveries that are due and not held. */
    boolean behind;

    /** What was recorded while the store was read for it, and may have been read as it was before; null if it is not read. */
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
        return proven && breaker.trusts();
    }

    /** Notices whether a try under way takes long already. */
    void look(Instant now) {
        slow |= !underWay.isEmpty() && takesLong(underWay.firstEntry().getValue(), now);
    }

    private static boolean takesLong(Begun begun, Instant now) {
        return begun.at.plus(QUICK).isBefore(now);
    }

    /** Whether its next try is likely to have an answer soon, as the latest one had. */
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

    /** Bytes of what is held and not yet tried. */
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

    void take(OutgoingDelivery outgoing) {
        if (held.add(outgoing.delivery().key())) {
            waiting.add(outgoing);
            bytes += outgoing.bytes();
        }
    }

    /** Whether there are fewer tries under way than there may be. */
    boolean mayBeginOneMore() {
        int most = breaker.doubts() ? 1 : proven() ? concurrency : Math.min(CAREFUL, concurrency);
        return underWay.size() < most;
    }

    /** Before all others that wait; it must not be held. */
    void takeFirst(OutgoingDelivery outgoing) {
        held.add(outgoing.delivery().key());
        waiting.addFirst(outgoing);
        bytes += outgoing.bytes();
    }

    /** The next one to be tried now; null if none is, or none may be. */
    @Nullable
    OutgoingDelivery begin(Instant now) {
        if (!mayBeginOneMore() || !breaker.allows(now)) {
            return null;
        }
        OutgoingDelivery next = waiting.poll();
        if (next != null) {
            underWay.put(next.delivery().key(), new Begun(now, breaker.era()));
        }
        return next;
    }

    /** Begins with this one before all others, even while the breaker is open; it must not be held. */
    void beginNow(OutgoingDelivery outgoing, Instant now) {
        held.add(outgoing.delivery().key());
        bytes += outgoing.bytes();
        underWay.put(outgoing.delivery().key(), new Begun(now, breaker.era()));
    }

    /** This one was to be tried, and is not. */
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
            breaker.answered(begun.era);
            Instant asked = webhookResponse.busy() ? RetryAfter.parse(webhookResponse.retryAfter(), now) : null;
            if (asked != null) {
                breaker.pause(now, asked);
            }
        } else {
            breaker.silent(begun.era, now);
        }
    }

    /** Leaves what waits to the store; how many bytes that frees. */
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

    /** What was recorded since the reading began. */
    Set<DeliveryKey> endReading() {
        Set<DeliveryKey> meanwhile = recordedMeanwhile;
        recordedMeanwhile = null;
        return meanwhile == null ? Set.of() : meanwhile;
    }
}
