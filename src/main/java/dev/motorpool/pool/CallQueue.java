package dev.motorpool.pool;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Calls that wait: higher priority first, then older first. A call that comes back gets its old place. Guarded by the
 * pool's lock.
 */
final class CallQueue {

    private final TreeSet<Call> calls = new TreeSet<>(Comparator.<Call>comparingInt(call -> -call.request.priority())
            .thenComparingLong(call -> call.age)
            .thenComparingLong(call -> call.id));

    private long numbered;
    /** The age of the latest chunk. */
    private long latest;
    /** Those that are neither chunks nor detached. */
    private int waitedFor;
    /** Those that are detached, and no chunks. */
    private int detached;

    /** The number of the next call that comes. */
    long number() {
        return ++numbered;
    }

    /** The age of what arrives now by a clock of milliseconds since the epoch; it only grows. */
    long arrival(long millis) {
        latest = Math.max(latest + 1, CallAge.ofMillis(millis));
        return latest;
    }

    void add(Call call) {
        call.state = Call.State.QUEUED;
        calls.add(call);
        count(call, 1);
    }

    void remove(Call call) {
        if (calls.remove(call)) {
            count(call, -1);
        }
    }

    private void count(Call call, int change) {
        if (call instanceof Chunk) {
            return;
        }
        if (call.detached()) {
            detached += change;
        } else {
            waitedFor += change;
        }
    }

    /** The call whose turn is next, or null. */
    @Nullable
    Call peek() {
        return calls.isEmpty() ? null : calls.first();
    }

    /** The call that has waited longest, whatever its priority, or null. Looks at all where priorities differ. */
    @Nullable
    Call oldest() {
        if (calls.isEmpty()) {
            return null;
        }
        Call oldest = calls.first();
        if (calls.last().request.priority() != oldest.request.priority()) {
            for (Call call : calls) {
                oldest = call.age < oldest.age ? call : oldest;
            }
        }
        return oldest;
    }

    /** How many calls wait that somebody waits for, the places of chunks not counted. */
    int waitedFor() {
        return waitedFor;
    }

    /** How many detached calls wait, the places of chunks not counted. */
    int detached() {
        return detached;
    }

    /** Takes all calls out that somebody waits for; the places of chunks stay. */
    List<Call> takeWaitedFor() {
        return waitedFor == 0 ? List.of() : take(call -> !call.detached());
    }

    /** Takes all calls out, detached ones too; the places of chunks stay. */
    List<Call> takeCalls() {
        return take(call -> true);
    }

    private List<Call> take(Predicate<Call> which) {
        List<Call> taken = new ArrayList<>();
        for (Call call : calls) {
            if (!(call instanceof Chunk) && which.test(call)) {
                taken.add(call);
            }
        }
        taken.forEach(this::remove);
        return taken;
    }
}
