package dev.motorpool.pool;

import dev.motorpool.wire.Message;
import java.time.Duration;
import java.util.List;

/** Frees workers from calls that have been given up. Guarded by the pool's lock. */
@SuppressWarnings("ReferenceEquality") // calls are compared by identity
final class Interrupts {

    /** Shortest time between two checks of an item's limit. */
    private static final long LEAST_LIMIT_NANOS = Duration.ofMillis(1).toNanos();

    /**
     * Delay after a call's time limit before it is stopped. A report that its worker has written by then is read first.
     * The run time in the report decides, so this does not extend the limit.
     */
    static final long REPORT_NANOS = Duration.ofMillis(20).toNanos();

    private static final long CONDEMNED_NANOS = Duration.ofMillis(100).toNanos();

    /** How long a worker may take to report which item of a chunk runs. */
    private static final long DOUBT_NANOS = Duration.ofMillis(50).toNanos();

    private final PoolLock lock;
    private final WorkerTermination termination;
    private final Slots slots;
    private final EngineLimits limits;
    private final CallCompletion ends;
    private final Prefetch prefetch;
    private final CallQueue queue;

    Interrupts(
            PoolLock lock,
            WorkerTermination termination,
            Slots slots,
            EngineLimits limits,
            CallCompletion ends,
            Prefetch prefetch,
            CallQueue queue) {
        this.queue = queue;
        this.lock = lock;
        this.termination = termination;
        this.slots = slots;
        this.limits = limits;
        this.ends = ends;
        this.prefetch = prefetch;
    }

    /** Cancels a call that a worker holds. */
    void giveUp(QueuedCall call) {
        Worker worker = call.worker;
        QueuedCall.State state = call.state;
        ends.end(call, new Failure.Cancelled());
        if (worker == null || state == QueuedCall.State.ENDED) {
            return;
        }
        if (state == QueuedCall.State.SENT) {
            prefetch.left(call);
            prefetch.drop(worker, List.of(call.id));
        } else {
            interrupt(call, worker, StopReason.CANCEL);
        }
    }

    /** Enforces the time limit of the call, or of the chunk's item that has just begun. */
    void limit(QueuedCall call, Worker worker) {
        Duration timeout = call.timeout;
        if (timeout != null) {
            int start = call.starts;
            call.limit =
                    lock.afterActive(timeout.toNanos() + REPORT_NANOS, () -> checkLimit(call, worker, timeout, start));
        }
    }

    private void checkLimit(QueuedCall call, Worker worker, Duration timeout, int start) {
        checkLimit(call, worker, timeout, start, false);
    }

    /** @param read whether everything was read that the worker had reported when the limit was exceeded */
    private void checkLimit(QueuedCall call, Worker worker, Duration timeout, int start, boolean read) {
        if (call.state != QueuedCall.State.RUNNING || call.starts != start) {
            return;
        }
        Failure late = new Failure.TimedOut(timeout);
        if (!(call instanceof Chunk chunk)) {
            if (!read) {
                worker.reports.decide(lock, () -> checkLimit(call, worker, timeout, start, true));
                return;
            }
            ends.end(call, late);
            interrupt(call, worker, StopReason.TIMEOUT);
            return;
        }
        // The chunk has one timer. When it fires, it is set again for the running item.
        long left = chunk.begunNanos + timeout.toNanos() + REPORT_NANOS - lock.activeNanos();
        boolean doubtful = !chunk.certain() && left > -DOUBT_NANOS;
        if (chunk.decided || left > 0 || doubtful) {
            checkAgain(chunk, worker, timeout, chunk.decided ? timeout.toNanos() : left);
            return;
        }
        if (!read) {
            worker.reports.decide(lock, () -> checkLimit(chunk, worker, timeout, start, true));
            return;
        }
        ends.items().failed(chunk, late, -1);
        chunk.decided = true;
        checkAgain(chunk, worker, timeout, timeout.toNanos());
        interrupt(chunk, worker, StopReason.TIMEOUT);
    }

    /** Even with very short limits, the pool does not spend its time on checking whether the next item has begun. */
    private void checkAgain(Chunk chunk, Worker worker, Duration timeout, long nanos) {
        int start = chunk.starts;
        chunk.limit =
                lock.afterActive(Math.max(nanos, LEAST_LIMIT_NANOS), () -> checkLimit(chunk, worker, timeout, start));
    }

    /** Frees the slot of a running call that has been given up. */
    void interrupt(QueuedCall call, Worker worker, StopReason why) {
        if (worker.phase != Worker.Phase.READY) {
            return;
        }
        boolean wanted = call.state != QueuedCall.State.ENDED && call.unstarted() > 0;
        if (!worker.sequential) {
            int index = call instanceof Chunk chunk ? chunk.reported : 0;
            if (!wanted && call.unstarted() > 0) {
                prefetch.drop(worker, List.of(call.id));
            }
            worker.link().send(new Message.Cancel(call.id, index));
            lock.afterActive(limits.stuck().toNanos(), () -> {
                if (worker.held.get(call.id) == call
                        && (!(call instanceof Chunk chunk) || chunk.reported == index)
                        && !call.stuck
                        && worker.phase == Worker.Phase.READY) {
                    stuck(call, worker);
                }
            });
        } else if (worker.held.size() == 1 && !wanted) {
            termination.kill(worker, why);
        } else {
            // Calls that have not started are recalled first, so that it is certain that they have not.
            worker.condemned = call;
            worker.condemnedBy = why;
            prefetch.recall(worker);
            lock.afterActive(CONDEMNED_NANOS, () -> execute(worker, call));
        }
    }

    /** Kills a worker that is condemned because of this call, if the call still runs in it. */
    void execute(Worker worker, QueuedCall call) {
        if (worker.condemned == call) {
            worker.condemned = null;
            if (worker.head() == call) {
                termination.kill(worker, worker.condemnedBy);
            }
        }
    }

    /** A call that was cancelled while it waited in its worker starts there, as its drop came too late. */
    void startedTooLate(QueuedCall head, Worker worker) {
        slots.occupy(worker, head);
        lock.afterActive(CONDEMNED_NANOS, () -> {
            if (worker.head() == head) {
                interrupt(head, worker, StopReason.CANCEL);
            }
        });
    }

    /** The call's thread ignores its interrupt: its slot is replaced elsewhere, and its process when possible. */
    private void stuck(QueuedCall call, Worker worker) {
        call.stuck = true;
        slots.release(call);
        queue.left(call);
        if (call.unstarted() > 0) {
            prefetch.recall(worker, call);
        }
        termination.stuck(worker);
    }
}
