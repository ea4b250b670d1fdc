package dev.motorpool.pool;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;
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
    /** Those that are chunks. */
    private int chunks;

    /** The number of the next call that comes. */
    long number() {
        return ++numbered;
    }

    void add(Call call) {
        call.state = Call.State.QUEUED;
        calls.add(call);
        chunks += call instanceof Chunk ? 1 : 0;
    }

    void remove(Call call) {
        if (calls.remove(call)) {
            chunks -= call instanceof Chunk ? 1 : 0;
        }
    }

    /** The call whose turn is next, or null. */
    @Nullable
    Call peek() {
        return calls.isEmpty() ? null : calls.first();
    }

    /** How many calls wait, the places of chunks not counted. */
    int size() {
        return calls.size() - chunks;
    }

    /** Takes all calls out; the places of chunks stay. */
    List<Call> takeCalls() {
        List<Call> taken = new ArrayList<>();
        if (size() > 0) {
            for (Call call : calls) {
                if (!(call instanceof Chunk)) {
                    taken.add(call);
                }
            }
            taken.forEach(calls::remove);
        }
        return taken;
    }
}
