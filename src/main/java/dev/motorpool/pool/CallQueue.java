package dev.motorpool.pool;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The queue of waiting calls: higher priority first, then older first. A call that comes back gets its old place. A
 * tenant with a limit of running calls has its own {@link TenantLine}; it has no call here while it is at its limit.
 * Guarded by the pool's lock.
 */
@SuppressWarnings("ReferenceEquality") // calls are compared by identity
final class CallQueue {

    static final Comparator<QueuedCall> ORDER = Comparator.<QueuedCall>comparingInt(call -> -call.request.priority())
            .thenComparingLong(call -> call.age)
            .thenComparingLong(call -> call.id);

    /** Calls that may start; of a tenant with a limit only the first. */
    private final TreeSet<QueuedCall> calls = new TreeSet<>(ORDER);
    /** By the names of the tenants with a limit. */
    private final Map<String, TenantLine> lines = new HashMap<>();

    private long numbered;
    /** The age of the latest chunk. */
    private long latest;
    /** Calls that are neither chunks nor detached. */
    private int waitedFor;
    /** Detached calls that are not chunks. */
    private int detached;

    /** @param running maximum of a tenant's calls at workers, by the tenant's name; others have no limit */
    CallQueue(Map<String, Integer> running) {
        running.forEach((tenant, most) -> lines.put(tenant, new TenantLine(most)));
    }

    private @Nullable TenantLine line(QueuedCall call) {
        return lines.isEmpty() ? null : lines.get(call.request.tenant().name());
    }

    /** The number of the next call. */
    long number() {
        return ++numbered;
    }

    /** The age of a call that arrives now, by a clock of milliseconds since the epoch. It only grows. */
    long arrival(long millis) {
        latest = Math.max(latest + 1, CallAge.ofMillis(millis));
        return latest;
    }

    void add(QueuedCall call) {
        call.state = QueuedCall.State.QUEUED;
        TenantLine line = line(call);
        if (line == null) {
            calls.add(call);
        } else {
            line.calls.add(call);
            show(line);
        }
        count(call, line, 1);
    }

    void remove(QueuedCall call) {
        TenantLine line = line(call);
        if (line == null) {
            if (calls.remove(call)) {
                count(call, null, -1);
            }
        } else if (line.calls.remove(call)) {
            show(line);
            count(call, line, -1);
        }
    }

    private void count(QueuedCall call, @Nullable TenantLine line, int change) {
        if (call instanceof Chunk) {
            return;
        }
        if (call.detached()) {
            detached += change;
        } else {
            waitedFor += change;
            if (line != null) {
                line.waitedFor += change;
            }
        }
    }

    private void show(TenantLine line) {
        QueuedCall next = line.next();
        if (next != line.shown) {
            if (line.shown != null) {
                calls.remove(line.shown);
            }
            if (next != null) {
                calls.add(next);
            }
            line.shown = next;
        }
    }

    /** Whether a waiting call may start; false for a call behind others of a tenant with a limit. */
    boolean mayStart(QueuedCall call) {
        TenantLine line = line(call);
        return line == null || line.shown == call;
    }

    /** The call has left the queue and is at a worker. Idempotent. */
    void given(QueuedCall call) {
        TenantLine line = line(call);
        if (line != null && !call.counted) {
            line.given(call);
            show(line);
        }
    }

    /** The call has left its worker, or its slot there. Returns the call that may start because of that, or null. */
    @Nullable
    QueuedCall left(QueuedCall call) {
        TenantLine line = call.counted ? line(call) : null;
        if (line == null) {
            return null;
        }
        QueuedCall before = line.shown;
        line.left(call);
        show(line);
        return line.shown == before ? null : line.shown;
    }

    /** The next call to start, or null. */
    @Nullable
    QueuedCall peek() {
        return calls.isEmpty() ? null : calls.first();
    }

    /** The call that has waited longest at any priority, or null. Scans all calls if their priorities differ. */
    @Nullable
    QueuedCall oldest() {
        QueuedCall oldest = oldest(calls);
        for (TenantLine line : lines.values()) {
            QueuedCall its = oldest(line.calls);
            oldest = oldest == null || (its != null && its.age < oldest.age) ? its : oldest;
        }
        return oldest;
    }

    private static @Nullable QueuedCall oldest(SortedSet<QueuedCall> calls) {
        if (calls.isEmpty()) {
            return null;
        }
        QueuedCall oldest = calls.first();
        if (calls.last().request.priority() != oldest.request.priority()) {
            for (QueuedCall call : calls) {
                oldest = call.age < oldest.age ? call : oldest;
            }
        }
        return oldest;
    }

    /** How many waited-for calls wait; the places of chunks are not counted. */
    int waitedFor() {
        return waitedFor;
    }

    /** As {@link #waitedFor()}, for the calls that share their part of the queue's capacity with this call. */
    int waitedForBeside(QueuedCall call) {
        TenantLine own = line(call);
        if (own != null) {
            return own.waitedFor;
        }
        int beside = waitedFor;
        for (TenantLine line : lines.values()) {
            beside -= line.waitedFor;
        }
        return beside;
    }

    /** How many detached calls wait, the places of chunks not counted. */
    int detached() {
        return detached;
    }

    /** Removes all waited-for calls; the places of chunks stay. */
    List<QueuedCall> takeWaitedFor() {
        return waitedFor == 0 ? List.of() : take(call -> !call.detached());
    }

    /** Removes all calls, including detached ones; the places of chunks stay. */
    List<QueuedCall> takeCalls() {
        return take(call -> true);
    }

    private List<QueuedCall> take(Predicate<QueuedCall> which) {
        Set<QueuedCall> all = new LinkedHashSet<>(calls);
        lines.values().forEach(line -> all.addAll(line.calls));
        List<QueuedCall> taken = new ArrayList<>();
        for (QueuedCall call : all) {
            if (!(call instanceof Chunk) && which.test(call)) {
                taken.add(call);
            }
        }
        taken.forEach(this::remove);
        return taken;
    }
}
