package dev.motorpool.pool;

import dev.motorpool.wire.Message;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Calls that are sent to a worker ahead of their turn, which hides the round trip between two short calls. Guarded by
 * the pool's lock.
 *
 * <p>Calls are sent ahead only if the worker runs its calls one after another, and if both these calls and those before
 * them are expected to be short; at most a millisecond's worth. They are recalled if the call before them turns out
 * long, or if a call of higher priority waits.
 */
@SuppressWarnings("ReferenceEquality") // calls are compared by identity
final class Prefetch {

    /** Calls expected to run longer are neither sent ahead nor followed. */
    private static final double SHORT_NANOS = 1e6;

    private static final int DEEPEST = 32;
    /** As {@link #DEEPEST}, for calls that come in chunks. */
    private static final int DEEPEST_CHUNKS = 4 * 1024;

    private static final int MOST_BYTES = 8 * 1024;
    private static final int PROBES = 16;
    private static final long WATCH_NANOS = Duration.ofMillis(1).toNanos();
    private static final long SLOW_NANOS = Duration.ofMillis(2).toNanos();
    private static final long ANSWER_NANOS = Duration.ofSeconds(10).toNanos();

    private final PoolLock lock;
    private final WorkerSet workerSet;
    private final WorkerTermination termination;
    private final Slots slots;
    private final RunTimes runTimes;

    private int count;
    /** Calls sent ahead that are neither chunks nor detached. */
    private int calls;
    /** Running chunks that may have items behind the running one. */
    private final Set<Chunk> partial = new LinkedHashSet<>();
    /** A lower bound of the priorities of all these calls. */
    private int lowest = Integer.MAX_VALUE;
    /** Whether a check for long-running calls is scheduled. */
    private boolean watching;

    Prefetch(PoolLock lock, WorkerSet workerSet, Slots slots, WorkerTermination termination, RunTimes runTimes) {
        this.lock = lock;
        this.workerSet = workerSet;
        this.termination = termination;
        this.slots = slots;
        this.runTimes = runTimes;
    }

    /** How many waited-for calls are sent ahead, without chunks. */
    int calls() {
        return calls;
    }

    /** The least loaded worker to which the call may be sent ahead, or null. */
    @Nullable
    Worker workerFor(QueuedCall call) {
        double expected = runTimes.expected(call.request.function());
        if (!slots.sequential()
                || expected > SHORT_NANOS
                || call.request.expires() != null
                || call.request.args().length() + call.request.kwargs().length() > MOST_BYTES
                || (count > 0 && call.request.priority() > lowest)) {
            return null;
        }
        int depth = (int)
                Math.clamp(SHORT_NANOS / Math.max(1, expected), 1.0, call instanceof Chunk ? DEEPEST_CHUNKS : DEEPEST);
        Worker best = null;
        int probes = PROBES;
        for (Worker worker : workerSet.all()) {
            if (worker.load <= depth && accepts(worker) && (best == null || worker.load < best.load)) {
                best = worker;
            }
            if (--probes == 0) {
                break;
            }
        }
        return best;
    }

    private boolean accepts(Worker worker) {
        QueuedCall head = worker.head();
        return head != null
                && head.state == QueuedCall.State.RUNNING
                && worker.sequential
                && worker.takesCalls()
                && !worker.slow
                && worker.recalls == 0
                && worker.condemned == null
                && slots.mayTakeMore(worker)
                && runTimes.expected(head.request.function()) <= SHORT_NANOS;
    }

    /** The call is on its way to a worker, ahead of its turn. */
    void entered(QueuedCall call) {
        count++;
        calls += counts(call) ? 1 : 0;
        lowest = Math.min(lowest, call.request.priority());
        watch();
    }

    private static boolean counts(QueuedCall call) {
        return !(call instanceof Chunk) && !call.detached();
    }

    /** The call is no longer ahead of its turn. */
    void left(QueuedCall call) {
        count--;
        calls -= counts(call) ? 1 : 0;
        if (count == 0 && partial.isEmpty()) {
            lowest = Integer.MAX_VALUE;
        }
    }

    /** A chunk of several items has begun; its rest may have to be recalled. */
    void begun(Chunk chunk) {
        if (chunk.unstarted() > 0) {
            partial.add(chunk);
            lowest = Math.min(lowest, chunk.request.priority());
            watch();
        }
    }

    /** Recalls from all workers what would hold up a call of this priority. */
    void makeWayFor(int priority) {
        if (priority > lowest) {
            workerSet.all().forEach(worker -> recall(worker, priority));
        }
    }

    /** Recalls from all workers everything that has not started. */
    void recallAll() {
        workerSet.all().forEach(this::recall);
    }

    /** Recalls from all workers what has not started of chunks of this lane that reach up to this index. */
    void recall(PoolLane lane, long index) {
        for (Chunk chunk : lane.out) {
            Worker worker = chunk.worker;
            if (worker != null && chunk.first + chunk.end > index) {
                recall(worker, chunk);
            }
        }
    }

    void recall(Worker worker) {
        recall(worker, Integer.MAX_VALUE);
    }

    private void recall(Worker worker, int below) {
        List<Long> ids = new ArrayList<>();
        for (QueuedCall call : worker.held.values()) {
            if (call.request.priority() < below && mayBeRecalled(call)) {
                ids.add(call.id);
            }
        }
        drop(worker, ids);
    }

    /** Recalls from the worker what has not started of the call. */
    void recall(Worker worker, QueuedCall call) {
        if (mayBeRecalled(call)) {
            drop(worker, List.of(call.id));
        }
    }

    private static boolean mayBeRecalled(QueuedCall call) {
        if (call instanceof Chunk chunk && call.state == QueuedCall.State.RUNNING) {
            boolean first = !chunk.recalled && chunk.unstarted() > 0;
            chunk.recalled = true;
            return first;
        }
        return call.state == QueuedCall.State.SENT;
    }

    /** Asks the worker to give these calls back. The worker reports which of them it has not started. */
    void drop(Worker worker, List<Long> ids) {
        if (!ids.isEmpty()) {
            if (worker.recalls++ == 0) {
                worker.recalledNanos = lock.activeNanos();
            }
            worker.link().send(new Message.Drop(ids));
            watch();
        }
    }

    /** Checks again in a millisecond while any call is ahead of its turn or being recalled. */
    private void watch() {
        if (!watching) {
            watching = true;
            lock.after(WATCH_NANOS, this::look);
        }
    }

    private void look() {
        watching = false;
        boolean more = sharePartial() || count > 0;
        long now = lock.nanoTime();
        for (Worker worker : List.copyOf(workerSet.all())) {
            QueuedCall head = worker.head();
            if (head != null && worker.held.size() > 1 && !worker.slow && now - head.startedNanos > SLOW_NANOS) {
                worker.slow = true;
                recall(worker);
            }
            if (worker.recalls > 0 && worker.alive()) {
                more = true;
                if (lock.activeNanos() - worker.recalledNanos > ANSWER_NANOS) {
                    termination.kill(worker, StopReason.protocol("it did not answer a drop"));
                }
            }
        }
        if (more) {
            watch();
        }
    }

    /** Recalls the rests of chunks that a free slot could run. Returns whether any are left. */
    private boolean sharePartial() {
        partial.removeIf(chunk -> chunk.state != QueuedCall.State.RUNNING || chunk.unstarted() == 0);
        if (partial.isEmpty()) {
            return false;
        }
        boolean free = slots.anyOpen();
        for (Chunk chunk : partial) {
            Worker worker = chunk.worker;
            if (worker != null && (leavesEarly(worker) || (free && worthSharing(chunk)))) {
                recall(worker, chunk);
            }
        }
        return true;
    }

    /**
     * Whether the worker ends before it has had its maximum of calls. A worker that retires at the maximum reaches it
     * only with the calls sent last.
     */
    private static boolean leavesEarly(Worker worker) {
        return !worker.takesCalls() && !StopReason.RETIRED.equals(worker.reason);
    }

    private boolean worthSharing(Chunk chunk) {
        return lock.nanoTime() - chunk.startedNanos > SLOW_NANOS
                || chunk.unstarted() * runTimes.expected(chunk.request.function()) > SHORT_NANOS;
    }
}
