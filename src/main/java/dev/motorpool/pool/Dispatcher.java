package dev.motorpool.pool;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Moves calls between the queue and the workers: to a worker when a slot is free, back to their place when a worker
 * gives them back or dies before they start, and out of their slot when they are given up. Guarded by the pool's lock.
 */
@SuppressWarnings("ReferenceEquality") // calls are compared by identity
final class Dispatcher {

    private final PoolLock lock;
    private final WorkerSet workerSet;
    private final Slots slots;
    private final WorkerTermination termination;
    private final CallCompletion ends;
    private final Prefetch prefetch;
    private final Interrupts interrupts;
    private final CallQueue queue;
    private final Lanes lanes;
    private final CallSpans spans;
    private boolean paused;

    Dispatcher(
            PoolLock lock,
            WorkerSet workerSet,
            Slots slots,
            WorkerTermination termination,
            CallCompletion ends,
            Prefetch prefetch,
            Interrupts interrupts,
            CallQueue queue,
            Lanes lanes,
            CallSpans spans) {
        this.lock = lock;
        this.workerSet = workerSet;
        this.slots = slots;
        this.termination = termination;
        this.ends = ends;
        this.prefetch = prefetch;
        this.interrupts = interrupts;
        this.queue = queue;
        this.lanes = lanes;
        this.spans = spans;
    }

    /** The number of the next call. */
    long number() {
        return queue.number();
    }

    /**
     * How many calls have not started. Items of lanes and detached calls have limits of their own and are not counted.
     */
    int waiting() {
        return queue.waitedFor() + prefetch.calls();
    }

    /**
     * As {@link #waiting()}, for the calls that share their part of the queue's capacity with this call: those of its
     * tenant, if that has a limit of running calls, otherwise those of all other tenants.
     */
    int waitingBeside(QueuedCall call) {
        return queue.waitedForBeside(call) + prefetch.calls();
    }

    /** When the call that has waited longest arrived; null if none waits. */
    @Nullable
    Instant oldestWaiting() {
        QueuedCall oldest = queue.oldest();
        return oldest == null ? null : CallAge.moment(oldest.age);
    }

    /** Whether a call waits and will start. Detached calls do not count: they may wait until another day. */
    boolean pending() {
        return !paused && (waiting() > 0 || lanes.busy());
    }

    /** Whether no call waits, holds a slot, or may still come in a lane. */
    boolean idle() {
        return waiting() == 0 && queue.detached() == 0 && slots.busy() == 0 && lanes.isEmpty();
    }

    void pause() {
        paused = true;
        prefetch.recallAll();
    }

    /** Calls that run, or wait for a slot and may have one. */
    int demand() {
        int waiting = paused
                ? 0
                : queue.waitedFor() + queue.detached() + prefetch.calls() + (int) Math.min(1 << 20, lanes.waiting());
        return slots.busy() + waiting;
    }

    /** Asks all workers for the calls that they have not started. */
    void recallAll() {
        prefetch.recallAll();
    }

    void resume() {
        paused = false;
    }

    /**
     * Queues a call and starts it if possible. Returns false if the queue is full, which it never is for a detached
     * call.
     */
    boolean submit(QueuedCall call, int capacity) {
        queue.add(call);
        dispatch();
        if (call.state == QueuedCall.State.QUEUED) {
            if (!call.detached() && waitingBeside(call) > capacity) {
                queue.remove(call);
                return false;
            }
            watchExpiry(call);
            if (queue.mayStart(call)) {
                prefetch.makeWayFor(call.request.priority());
            }
        }
        return true;
    }

    /** Expires the call if it waits for too long. */
    private void watchExpiry(QueuedCall call) {
        Duration expires = call.request.expires();
        if (expires != null) {
            long left = expires.toNanos() - (lock.nanoTime() - call.submittedNanos);
            call.limit = lock.after(Math.max(0, left), () -> expire(call));
        }
    }

    /** Whether a call waits for a slot and is allowed to have one. */
    boolean callsWait() {
        return !paused && queue.peek() != null;
    }

    /** Whether the call's time to start is over; its timer may fire a little late. */
    private boolean hasExpired(QueuedCall call) {
        Duration expires = call.request.expires();
        return expires != null && !(call instanceof Chunk) && lock.nanoTime() - call.submittedNanos > expires.toNanos();
    }

    private void expire(QueuedCall call) {
        if (call.state == QueuedCall.State.QUEUED) {
            queue.remove(call);
            ends.end(call, new Failure.Expired());
        }
    }

    /** Starts all calls that can start. */
    void dispatch() {
        if (paused) {
            return;
        }
        for (QueuedCall call = queue.peek(); call != null; call = queue.peek()) {
            if (hasExpired(call)) {
                expire(call);
                continue;
            }
            Worker worker = slots.takeOpen();
            if (worker == null) {
                worker = prefetch.workerFor(call);
                if (worker == null) {
                    return;
                }
            }
            queue.remove(call);
            if (!(call instanceof Chunk chunk) || lanes.fill(chunk, slots.allowance(worker))) {
                give(call, worker);
            }
            slots.offer(worker);
        }
    }

    private void give(QueuedCall call, Worker worker) {
        boolean starts = !worker.sequential || worker.held.isEmpty();
        worker.held.put(call.id, call);
        worker.assigned += call.unreported();
        worker.load += call.unreported();
        call.worker = worker;
        queue.given(call);
        call.givenNanos = lock.nanoTime();
        if (starts) {
            begin(call, worker);
        } else {
            call.state = QueuedCall.State.SENT;
            prefetch.entered(call);
        }
        spans.sent(call, worker);
        call.order = worker.link().send(call.message(worker));
        worker.given = call.order;
        termination.retireIfSpent(worker);
    }

    /** The call takes its slot. */
    private void begin(QueuedCall call, Worker worker) {
        call.cancelLimit();
        call.state = QueuedCall.State.RUNNING;
        call.startedNanos = lock.nanoTime();
        call.starts++;
        ends.started(call, worker);
        slots.occupy(worker, call);
        worker.slow = false;
        if (call instanceof Chunk chunk) {
            chunk.begunNanos = lock.activeNanos();
            lanes.started(chunk.lane);
            prefetch.begun(chunk);
        }
        interrupts.limit(call, worker);
    }

    /** Returns a call to its old place in the queue. Its worker no longer holds it and has not started it. */
    void putBack(QueuedCall call, Worker worker) {
        left(call);
        if (call.state == QueuedCall.State.SENT) {
            prefetch.left(call);
        }
        slots.release(call);
        call.cancelLimit();
        if (call instanceof Chunk chunk) {
            lanes.giveBack(chunk, chunk.reported + (chunk.decided ? 1 : 0), false);
            lanes.over(chunk);
        } else if (call.state != QueuedCall.State.ENDED) {
            call.worker = null;
            spans.cameBack(call);
            queue.add(call);
            watchExpiry(call);
        }
    }

    /** A chunk at its worker runs its next item, in a slot that may have been given up with its last one. */
    void goesOn(Chunk chunk) {
        queue.given(chunk);
    }

    /** The call is no longer at its worker. */
    void left(QueuedCall call) {
        QueuedCall next = queue.left(call);
        if (next != null) {
            prefetch.makeWayFor(next.request.priority());
        }
    }

    /** The worker has released a call: the next call that it holds starts, or its slot becomes free. */
    void advance(Worker worker) {
        QueuedCall head = worker.head();
        if (worker.sequential && head != null) {
            if (head.state == QueuedCall.State.SENT) {
                prefetch.left(head);
                begin(head, worker);
            } else if (head.state == QueuedCall.State.ENDED && worker.takesCalls() && !head.holdsSlot) {
                // It was cancelled while it waited in the worker, and the drop came too late.
                interrupts.startedTooLate(head, worker);
            }
        }
        if (head == null && worker.settings.onDemand()) {
            worker.idleNanos = lock.nanoTime();
        }
        termination.retireIfSpent(worker);
        slots.offer(worker);
        termination.endIfDrained(worker);
    }

    /** Removes a waiting call from the queue as if it had never been submitted. Returns false if it does not wait. */
    boolean withdraw(QueuedCall call) {
        if (call.state != QueuedCall.State.QUEUED) {
            return false;
        }
        queue.remove(call);
        call.cancelLimit();
        call.state = QueuedCall.State.ENDED;
        return true;
    }

    void cancel(QueuedCall call) {
        if (call.state == QueuedCall.State.QUEUED) {
            queue.remove(call);
        }
        interrupts.giveUp(call);
    }

    /** Ends everything that waits in the queue, except detached calls. */
    void endQueued(Failure failure) {
        for (QueuedCall call : queue.takeWaitedFor()) {
            ends.end(call, failure);
        }
        lanes.failWaiting(failure);
    }

    /** Ends everything that waits or runs. */
    void endAll(Failure failure) {
        lanes.endAll(failure);
        for (QueuedCall call : queue.takeCalls()) {
            ends.end(call, failure);
        }
        for (Worker worker : workerSet.all()) {
            for (QueuedCall call : worker.held.values()) {
                if (call.state == QueuedCall.State.SENT) {
                    prefetch.left(call);
                }
                ends.end(call, failure);
            }
        }
    }
}
