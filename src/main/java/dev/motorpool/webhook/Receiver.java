package dev.motorpool.webhook;

import dev.motorpool.detached.DeliveryKey;
import dev.motorpool.detached.Parcel;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who takes deliveries: one scheme, host and port, with its share of memory and of tries at once. What it holds is also
 * in the store; what it does not hold is only there. All of it is guarded by the lock of its {@link Courier}.
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

    final String name;

    /** Orders receivers that are to be looked at at the same moment. */
    final long serial;

    private final int concurrency;
    private final ArrayDeque<Parcel> waiting = new ArrayDeque<>();
    private final Set<DeliveryKey> held = new HashSet<>();
    private final Breaker breaker = new Breaker();

    /** What is tried now, with the breaker's era in which that began. */
    private final Map<DeliveryKey, Integer> underWay = new HashMap<>();

    private long bytes;
    private boolean proven;

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

    Breaker breaker() {
        return breaker;
    }

    boolean proven() {
        return proven && breaker.trusts();
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

    boolean hasRoomFor(Parcel parcel) {
        return held.isEmpty() || (held.size() < SHARE && bytes + parcel.bytes() <= SHARE_BYTES);
    }

    void take(Parcel parcel) {
        if (held.add(parcel.delivery().key())) {
            waiting.add(parcel);
            bytes += parcel.bytes();
        }
    }

    /** Whether there are fewer tries under way than there may be. */
    boolean mayBeginOneMore() {
        int most = breaker.doubts() ? 1 : proven() ? concurrency : Math.min(CAREFUL, concurrency);
        return underWay.size() < most;
    }

    /** Before all others that wait; it must not be held. */
    void takeFirst(Parcel parcel) {
        held.add(parcel.delivery().key());
        waiting.addFirst(parcel);
        bytes += parcel.bytes();
    }

    /** The next one to be tried now; null if none is, or none may be. */
    @Nullable
    Parcel begin(Instant now) {
        if (!mayBeginOneMore() || !breaker.allows(now)) {
            return null;
        }
        Parcel next = waiting.poll();
        if (next != null) {
            underWay.put(next.delivery().key(), breaker.era());
        }
        return next;
    }

    /** Begins with this one before all others, even while the breaker is open; it must not be held. */
    void beginNow(Parcel parcel) {
        held.add(parcel.delivery().key());
        bytes += parcel.bytes();
        underWay.put(parcel.delivery().key(), breaker.era());
    }

    /** This one was to be tried, and is not. */
    void giveBack(Parcel parcel) {
        underWay.remove(parcel.delivery().key());
        held.remove(parcel.delivery().key());
        bytes -= parcel.bytes();
        behind = true;
    }

    /** The try of this one is over, and will be recorded. */
    void tried(Parcel parcel, Reply reply, Instant now) {
        Integer begun = underWay.remove(parcel.delivery().key());
        bytes -= parcel.bytes();
        if (reply.answered()) {
            proven = true;
            breaker.answered();
            Instant asked = reply.busy() ? RetryAfter.parse(reply.retryAfter(), now) : null;
            if (asked != null) {
                breaker.pause(now, asked);
            }
        } else if (begun != null) {
            breaker.silent(begun, now);
        }
    }

    /** Leaves what waits to the store; how many bytes that frees. */
    long dropWaiting() {
        long before = bytes;
        for (Parcel parcel : waiting) {
            held.remove(parcel.delivery().key());
            bytes -= parcel.bytes();
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
