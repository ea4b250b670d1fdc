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

    private final TreeSet<Call> calls = new TreeSet<>(
            Comparator.<Call>comparingInt(call -> -call.request.priority()).thenComparingLong(call -> call.id));

    void add(Call call) {
        call.state = Call.State.QUEUED;
        calls.add(call);
    }

    boolean remove(Call call) {
        return calls.remove(call);
    }

    /** The call whose turn is next, or null. */
    @Nullable
    Call peek() {
        return calls.isEmpty() ? null : calls.first();
    }

    int size() {
        return calls.size();
    }

    /** Empties the queue. */
    List<Call> takeAll() {
        List<Call> all = new ArrayList<>(calls);
        calls.clear();
        return all;
    }
}
