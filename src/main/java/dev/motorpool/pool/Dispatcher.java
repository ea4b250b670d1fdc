package dev.motorpool.pool;

import dev.motorpool.wire.Message;
import java.time.Duration;
import java.util.List;

/**
 * Moves calls: from the queue to workers when a slot is free, back to their place when a worker gives them back or
 * dies before they started, and out of their slot when they are given up. Guarded by the pool's lock.
 */
final class Dispatcher {

    private static final long CONDEMNED_NANOS = Duration.ofMillis(100).toNanos();

    private final Turn turn;
    private final Roster roster;
    private final Slots slots;
    private final EngineLimits limits;
    private final Departures departures;
    private final CallEnds ends;
    private final Ahead ahead;
    private final CallQueue queue = new CallQueue();
    private boolean paused;

    Dispatcher(
            Turn turn,
            Roster roster,
            Slots slots,
            EngineLimits limits,
            Departures departures,
            CallEnds ends,
            Ahead ahead) {
        this.turn = turn;
        this.roster = roster;
        this.slots = slots;
        this.limits = limits;
        this.departures = departures;
        this.ends = ends;
        this.ahead = ahead;
    }

    /** Calls that have not started. */
    int waiting() {
        return queue.size() + ahead.count();
    }

    /** Whether no call waits or holds a slot. */
    boolean idle() {
        return waiting() == 0 && slots.busy() == 0;
    }

    void pause() {
        paused = true;
        ahead.recallAll();
    }

    void resume() {
        paused = false;
    }

    /** Queues a call and starts it if it can; false if the queue is full. */
    boolean submit(Call call, int capacity) {
        queue.add(call);
        dispatch();
        if (call.state == Call.State.QUEUED) {
            if (waiting() > capacity) {
                queue.remove(call);
                return false;
            }
            Duration expires = call.request.expires();
            if (expires != null) {
                call.limit = turn.after(expires.toNanos(), () -> expire(call));
            }
            ahead.makeWayFor(call.request.priority());
        }
        return true;
    }

    /** Whether the call's time to start is over; its timer may come a little late. */
    private boolean hasExpired(Call call) {
        Duration expires = call.request.expires();
        return expires != null && turn.nanoTime() - call.submittedNanos > expires.toNanos();
    }

    private void expire(Call call) {
        if (call.state == Call.State.QUEUED) {
            queue.remove(call);
            ends.end(call, new Failure.Expired());
        }
    }

    /** Starts what can start. */
    void dispatch() {
        if (paused) {
            return;
        }
        for (Call call = queue.peek(); call != null; call = queue.peek()) {
            if (hasExpired(call)) {
                expire(call);
                continue;
            }
            Worker worker = slots.takeOpen();
            if (worker == null) {
                worker = ahead.workerFor(call);
                if (worker == null) {
                    return;
                }
            }
            queue.remove(call);
            give(call, worker);
            slots.offer(worker);
        }
    }

    private void give(Call call, Worker worker) {
        boolean starts = !worker.sequential || worker.held.isEmpty();
        worker.held.put(call.id, call);
        worker.assigned++;
        call.worker = worker;
        if (starts) {
            begin(call, worker);
        } else {
            call.state = Call.State.SENT;
            ahead.entered(call);
        }
        CallRequest request = call.request;
        worker.link()
                .send(new Message.Call(
                        call.id, request.attempt(), request.function(), request.args(), request.kwargs()));
        departures.retireIfSpent(worker);
    }

    /** The call has its slot. */
    private void begin(Call call, Worker worker) {
        call.cancelLimit();
        call.state = Call.State.RUNNING;
        call.startedNanos = turn.nanoTime();
        int start = ++call.starts;
        slots.occupy(worker, call);
        worker.slow = false;
        Duration timeout = call.timeout;
        if (timeout != null) {
            call.limit = turn.after(timeout.toNanos(), () -> {
                if (call.state == Call.State.RUNNING && call.starts == start) {
                    ends.end(call, new Failure.TimedOut(timeout));
                    interrupt(call, worker, Ending.TIMEOUT);
                }
            });
        }
    }

    /** A call that its worker does not hold any more and has not started: to its old place in the queue. */
    void putBack(Call call, Worker worker) {
        if (call.state == Call.State.SENT) {
            ahead.left();
        }
        slots.release(call);
        if (call.state != Call.State.ENDED) {
            call.cancelLimit();
            call.worker = null;
            queue.add(call);
        }
    }

    /** The worker let go of a call: the next one that it holds has its turn, or its slot is free. */
    void advance(Worker worker) {
        Call head = worker.head();
        if (worker.sequential && head != null) {
            if (head.state == Call.State.SENT) {
                ahead.left();
                begin(head, worker);
            } else if (head.state == Call.State.ENDED && worker.takesCalls() && !head.holdsSlot) {
                // It was cancelled while it waited in the worker, and its drop came too late.
                slots.occupy(worker, head);
                turn.after(CONDEMNED_NANOS, () -> {
                    if (worker.head() == head) {
                        interrupt(head, worker, Ending.CANCEL);
                    }
                });
            }
        }
        departures.retireIfSpent(worker);
        slots.offer(worker);
        departures.endIfDrained(worker);
    }

    void cancel(Call call) {
        Worker worker = call.worker;
        Call.State state = call.state;
        switch (state) {
            case QUEUED -> queue.remove(call);
            case SENT -> ahead.left();
            case RUNNING -> {}
            case ENDED -> {
                return;
            }
        }
        ends.end(call, new Failure.Cancelled());
        if (worker != null && state == Call.State.SENT) {
            ahead.drop(worker, List.of(call.id));
        } else if (worker != null) {
            interrupt(call, worker, Ending.CANCEL);
        }
    }

    /** Frees the slot of a running call that has been given up. */
    private void interrupt(Call call, Worker worker, Ending why) {
        if (worker.phase != Worker.Phase.READY) {
            return;
        }
        if (!worker.sequential) {
            worker.link().send(new Message.Cancel(call.id));
            turn.after(limits.stuck().toNanos(), () -> {
                if (worker.held.get(call.id) == call && !call.stuck && worker.phase == Worker.Phase.READY) {
                    stuck(call, worker);
                }
            });
        } else if (worker.held.size() == 1) {
            departures.kill(worker, why);
        } else {
            // What has been sent ahead is got back first, so that it is certain that it has not started.
            worker.condemned = call;
            worker.condemnedBy = why;
            ahead.recall(worker);
            turn.after(CONDEMNED_NANOS, () -> execute(worker, call));
        }
    }

    /** Kills a worker that was to be killed for this call, if the call still runs in it. */
    void execute(Worker worker, Call call) {
        if (worker.condemned == call) {
            worker.condemned = null;
            if (worker.head() == call) {
                departures.kill(worker, worker.condemnedBy);
            }
        }
    }

    /** The call's thread ignores its interrupt: its slot is refilled elsewhere, its process replaced when it can be. */
    private void stuck(Call call, Worker worker) {
        call.stuck = true;
        slots.release(call);
        departures.stuck(worker);
    }

    /** Ends everything that waits in the queue. */
    void endQueued(Failure failure) {
        queue.takeAll().forEach(call -> ends.end(call, failure));
    }

    /** Ends everything that waits or runs. */
    void endAll(Failure failure) {
        endQueued(failure);
        for (Worker worker : roster.all()) {
            for (Call call : worker.held.values()) {
                if (call.state == Call.State.SENT) {
                    ahead.left();
                }
                ends.end(call, failure);
            }
        }
    }
}
