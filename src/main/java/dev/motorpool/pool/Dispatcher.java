package dev.motorpool.pool;

import dev.motorpool.json.RawJson;
import dev.motorpool.wire.Message;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Moves calls: from the queue to workers and, where they end, to their outcome. Guarded by the pool's lock.
 *
 * <p>A call starts when a slot is free. Where workers run calls one after another, short calls are also sent ahead of
 * their turn, to hide the round trip: at most a millisecond's worth, and they are recalled when the call before them
 * turns out long or a higher priority waits. What is recalled, or left over by a dead worker, goes back to its place.
 */
final class Dispatcher {

    /** Calls expected to run longer are neither sent ahead nor followed. */
    private static final double SHORT_NANOS = 1e6;

    private static final int DEEPEST = 32;
    private static final int AHEAD_BYTES = 8 * 1024;
    private static final int PROBES = 16;
    private static final long WATCH_NANOS = Duration.ofMillis(1).toNanos();
    private static final long SLOW_NANOS = Duration.ofMillis(2).toNanos();
    private static final long RECALL_NANOS = Duration.ofSeconds(10).toNanos();
    private static final long CONDEMNED_NANOS = Duration.ofMillis(100).toNanos();

    private final String pool;
    private final Turn turn;
    private final Crew crew;
    private final EngineLimits limits;
    private final PoolEvents events;
    private final Tally tally;

    private final CallQueue queue = new CallQueue();
    private final RunTimes runTimes = new RunTimes();
    private final CompletionRate rate;
    /** Calls sent ahead, in all workers. */
    private int ahead;
    /** A lower bound of their priorities. */
    private int lowestAhead = Integer.MAX_VALUE;
    /** Whether a look at long heads is due. */
    private boolean watching;

    private boolean paused;

    Dispatcher(String pool, Turn turn, Crew crew, EngineLimits limits, PoolEvents events, Tally tally) {
        this.pool = pool;
        this.turn = turn;
        this.crew = crew;
        this.limits = limits;
        this.events = events;
        this.tally = tally;
        this.rate = new CompletionRate(turn.nanoTime());
    }

    int waiting() {
        return queue.size() + ahead;
    }

    /** Whether no call is queued or held by a worker. */
    boolean idle() {
        return waiting() == 0 && crew.busy() == 0;
    }

    Duration retryAfter() {
        return rate.retryAfter(waiting(), turn.nanoTime());
    }

    void pause() {
        paused = true;
        crew.all().forEach(worker -> recall(worker, Integer.MAX_VALUE));
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
            int priority = call.request.priority();
            if (ahead > 0 && priority > lowestAhead) {
                crew.all().forEach(worker -> recall(worker, priority));
            }
        }
        return true;
    }

    /** Starts what can start. */
    void dispatch() {
        if (paused) {
            return;
        }
        for (Call call = queue.peek(); call != null; call = queue.peek()) {
            Worker worker = crew.busy() < crew.slots() ? crew.takeOpen() : null;
            if (worker == null) {
                worker = workerAhead(call);
                if (worker == null) {
                    return;
                }
            }
            queue.remove(call);
            give(call, worker);
            crew.offer(worker);
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
            ahead++;
            lowestAhead = Math.min(lowestAhead, call.request.priority());
            watch();
        }
        worker.process()
                .send(new Message.Call(
                        call.id,
                        call.request.attempt(),
                        call.request.function(),
                        call.request.args(),
                        call.request.kwargs()));
        if (!crew.mayTakeMore(worker)) {
            crew.retire(worker, Ending.RETIRED);
        }
    }

    /** The call has its slot. */
    private void begin(Call call, Worker worker) {
        call.cancelLimit();
        call.state = Call.State.RUNNING;
        call.startedNanos = turn.nanoTime();
        int start = ++call.starts;
        crew.occupy(worker, call);
        worker.slow = false;
        Duration timeout = call.timeout;
        if (timeout != null) {
            call.limit = turn.after(timeout.toNanos(), () -> {
                if (call.state == Call.State.RUNNING && call.starts == start) {
                    end(call, new Failure.TimedOut(timeout), worker);
                    interrupt(call, worker, Ending.TIMEOUT);
                }
            });
        }
    }

    /** The least loaded worker that the call may be sent to ahead of its turn, or null. */
    private @Nullable Worker workerAhead(Call call) {
        double expected = runTimes.expected(call.request.function());
        if (!crew.sequential()
                || expected > SHORT_NANOS
                || call.request.expires() != null
                || call.request.args().length() + call.request.kwargs().length() > AHEAD_BYTES
                || (ahead > 0 && call.request.priority() > lowestAhead)) {
            return null;
        }
        int depth = (int) Math.clamp(SHORT_NANOS / Math.max(1, expected), 1, DEEPEST);
        Worker best = null;
        int probes = PROBES;
        for (Worker worker : crew.all()) {
            Call head = worker.head();
            if (head != null
                    && worker.sequential
                    && worker.takesCalls()
                    && !worker.slow
                    && worker.recalls == 0
                    && worker.condemned == null
                    && crew.mayTakeMore(worker)
                    && worker.held.size() <= depth
                    && head.state == Call.State.RUNNING
                    && runTimes.expected(head.request.function()) <= SHORT_NANOS
                    && (best == null || worker.held.size() < best.held.size())) {
                best = worker;
            }
            if (--probes == 0) {
                break;
            }
        }
        return best;
    }

    /** Asks the worker to give back what it has been sent ahead and is below a priority. */
    private void recall(Worker worker, int below) {
        List<Long> ids = new ArrayList<>();
        for (Call call : worker.held.values()) {
            if (call.state == Call.State.SENT && call.request.priority() < below) {
                ids.add(call.id);
            }
        }
        drop(worker, ids);
    }

    private void drop(Worker worker, List<Long> ids) {
        if (!ids.isEmpty()) {
            if (worker.recalls++ == 0) {
                worker.recalledNanos = turn.nanoTime();
            }
            worker.process().send(new Message.Drop(ids));
            watch();
        }
    }

    /** Looks again in a millisecond, as long as anything is ahead of its turn or being recalled. */
    private void watch() {
        if (!watching) {
            watching = true;
            turn.after(WATCH_NANOS, this::look);
        }
    }

    private void look() {
        watching = false;
        boolean more = ahead > 0;
        long now = turn.nanoTime();
        for (Worker worker : List.copyOf(crew.all())) {
            Call head = worker.head();
            if (head != null && worker.ahead() > 0 && !worker.slow && now - head.startedNanos > SLOW_NANOS) {
                worker.slow = true;
                recall(worker, Integer.MAX_VALUE);
            }
            if (worker.recalls > 0 && worker.alive()) {
                more = true;
                if (now - worker.recalledNanos > RECALL_NANOS) {
                    crew.kill(worker, Ending.protocol("it did not answer a drop"));
                }
            }
        }
        if (more) {
            watch();
        }
    }

    /** The worker has given the call back, or died before it started: to its old place in the queue. */
    void putBack(Call call, Worker worker) {
        leaveAhead(call);
        crew.release(worker, call);
        if (call.state != Call.State.ENDED) {
            call.cancelLimit();
            call.worker = null;
            queue.add(call);
        }
    }

    private void leaveAhead(Call call) {
        if (call.state == Call.State.SENT) {
            ahead--;
            if (ahead == 0) {
                lowestAhead = Integer.MAX_VALUE;
            }
        }
    }

    /** The worker let go of a call: the next one that it holds has its turn, or its slot is free. */
    void advance(Worker worker) {
        Call head = worker.head();
        if (worker.sequential && head != null) {
            if (head.state == Call.State.SENT) {
                leaveAhead(head);
                begin(head, worker);
            } else if (head.state == Call.State.ENDED && worker.phase == Worker.Phase.READY && !head.holdsSlot) {
                // It was cancelled while it waited in the worker, and its drop came too late.
                crew.occupy(worker, head);
                turn.after(CONDEMNED_NANOS, () -> {
                    if (worker.head() == head) {
                        interrupt(head, worker, Ending.CANCEL);
                    }
                });
            }
        }
        crew.offer(worker);
        crew.endIfDrained(worker);
    }

    /** Frees the slot of a running call that has been given up. */
    private void interrupt(Call call, Worker worker, Ending why) {
        if (worker.phase != Worker.Phase.READY) {
            return;
        }
        if (!worker.sequential) {
            worker.process().send(new Message.Cancel(call.id));
            turn.after(limits.stuck().toNanos(), () -> {
                if (worker.held.get(call.id) == call && !call.stuck && worker.phase == Worker.Phase.READY) {
                    stuck(call, worker);
                }
            });
        } else if (worker.held.size() == 1) {
            crew.kill(worker, why);
        } else {
            // What has been sent ahead is got back first, so that it is certain that it has not started.
            worker.condemned = call;
            worker.condemnedBy = why;
            recall(worker, Integer.MAX_VALUE);
            turn.after(CONDEMNED_NANOS, () -> execute(worker, call));
        }
    }

    /** Kills a worker that was to be killed for this call, if the call still runs in it. */
    void execute(Worker worker, Call call) {
        if (worker.condemned == call) {
            worker.condemned = null;
            if (worker.head() == call) {
                crew.kill(worker, worker.condemnedBy);
            }
        }
    }

    /** The call's thread ignores its interrupt: its slot is refilled elsewhere, its process replaced when it can be. */
    private void stuck(Call call, Worker worker) {
        call.stuck = true;
        worker.stuck++;
        crew.release(worker, call);
        crew.retire(worker, Ending.STUCK);
        crew.endIfDrained(worker);
        if (crew.stuck() > crew.stuckLimit()) {
            crew.all().stream()
                    .max(Comparator.comparingInt(each -> each.stuck))
                    .ifPresent(worst -> crew.kill(worst, Ending.STUCK));
        }
    }

    void cancel(Call call) {
        Worker worker = call.worker;
        switch (call.state) {
            case QUEUED -> {
                queue.remove(call);
                end(call, new Failure.Cancelled(), null);
            }
            case SENT -> {
                end(call, new Failure.Cancelled(), null);
                if (worker != null) {
                    drop(worker, List.of(call.id));
                }
            }
            case RUNNING -> {
                end(call, new Failure.Cancelled(), worker);
                if (worker != null) {
                    interrupt(call, worker, Ending.CANCEL);
                }
            }
            case ENDED -> {}
        }
    }

    private void expire(Call call) {
        if (call.state == Call.State.QUEUED) {
            queue.remove(call);
            end(call, new Failure.Expired(), null);
        }
    }

    /** Ends everything that waits. */
    void endQueued(Failure failure) {
        queue.takeAll().forEach(call -> end(call, failure, null));
    }

    /** Ends everything that waits or runs. */
    void endAll(Failure failure) {
        endQueued(failure);
        for (Worker worker : crew.all()) {
            worker.held.values().forEach(call -> end(call, failure, worker));
        }
    }

    void end(Call call, Failure failure, @Nullable Worker worker) {
        long now = turn.nanoTime();
        boolean ran = worker != null && call.state == Call.State.RUNNING;
        end(call, new Outcome.Failed(failure, ran ? run(call, worker, now, now - call.startedNanos) : null), now);
    }

    /** The worker has reported how the call ended after so many nanoseconds by its own clock. */
    void end(Call call, Worker worker, long nanos, @Nullable RawJson value, @Nullable Failure failure) {
        long now = turn.nanoTime();
        runTimes.add(call.request.function(), nanos);
        Outcome.Run run = run(call, worker, now, Math.clamp(nanos, 0, now - call.startedNanos));
        end(call, value != null ? new Outcome.Succeeded(value, run) : new Outcome.Failed(failure, run), now);
    }

    private void end(Call call, Outcome outcome, long now) {
        if (call.state == Call.State.ENDED) {
            return;
        }
        leaveAhead(call);
        call.cancelLimit();
        call.state = Call.State.ENDED;
        rate.add(now);
        String word = tally.count(outcome);
        Outcome.Run run = outcome.run();
        long waited = run == null ? now - call.submittedNanos : run.queueNanos();
        long ran = run == null ? -1 : run.runNanos();
        turn.afterwards(() -> {
            call.complete(outcome);
            events.callEnded(pool, call.request.function(), word, waited, ran);
        });
    }

    private static Outcome.Run run(Call call, Worker worker, long now, long nanos) {
        Instant finished = Instant.now();
        return new Outcome.Run(
                finished.minusNanos(nanos), finished, now - nanos - call.submittedNanos, nanos, worker.id, worker.pid());
    }
}
