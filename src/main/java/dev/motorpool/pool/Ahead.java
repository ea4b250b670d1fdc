package dev.motorpool.pool;

import dev.motorpool.wire.Message;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Calls that are sent to a worker ahead of their turn, to hide the round trip between two short calls. Guarded by the
 * pool's lock.
 *
 * <p>Only where a worker runs its calls one after another, only calls expected to be short behind calls expected to be
 * short, and at most a millisecond's worth. When the call before them turns out long, or a call of higher priority
 * waits, they are asked back.
 */
final class Ahead {

    /** Calls expected to run longer are neither sent ahead nor followed. */
    private static final double SHORT_NANOS = 1e6;

    private static final int DEEPEST = 32;
    private static final int MOST_BYTES = 8 * 1024;
    private static final int PROBES = 16;
    private static final long WATCH_NANOS = Duration.ofMillis(1).toNanos();
    private static final long SLOW_NANOS = Duration.ofMillis(2).toNanos();
    private static final long ANSWER_NANOS = Duration.ofSeconds(10).toNanos();

    private final Turn turn;
    private final Roster roster;
    private final Departures departures;
    private final Slots slots;
    private final RunTimes runTimes;

    private int count;
    /** A lower bound of their priorities. */
    private int lowest = Integer.MAX_VALUE;
    /** Whether a look at long heads is due. */
    private boolean watching;

    Ahead(Turn turn, Roster roster, Slots slots, Departures departures, RunTimes runTimes) {
        this.turn = turn;
        this.roster = roster;
        this.departures = departures;
        this.slots = slots;
        this.runTimes = runTimes;
    }

    int count() {
        return count;
    }

    /** The least loaded worker that the call may be sent to ahead of its turn, or null. */
    @Nullable
    Worker workerFor(Call call) {
        double expected = runTimes.expected(call.request.function());
        if (!slots.sequential()
                || expected > SHORT_NANOS
                || call.request.expires() != null
                || call.request.args().length() + call.request.kwargs().length() > MOST_BYTES
                || (count > 0 && call.request.priority() > lowest)) {
            return null;
        }
        int depth = (int) Math.clamp(SHORT_NANOS / Math.max(1, expected), 1.0, DEEPEST);
        Worker best = null;
        int probes = PROBES;
        for (Worker worker : roster.all()) {
            if (worker.held.size() <= depth
                    && accepts(worker)
                    && (best == null || worker.held.size() < best.held.size())) {
                best = worker;
            }
            if (--probes == 0) {
                break;
            }
        }
        return best;
    }

    private boolean accepts(Worker worker) {
        Call head = worker.head();
        return head != null
                && head.state == Call.State.RUNNING
                && worker.sequential
                && worker.takesCalls()
                && !worker.slow
                && worker.recalls == 0
                && worker.condemned == null
                && slots.mayTakeMore(worker)
                && runTimes.expected(head.request.function()) <= SHORT_NANOS;
    }

    /** The call is on its way to a worker, ahead of its turn. */
    void entered(Call call) {
        count++;
        lowest = Math.min(lowest, call.request.priority());
        watch();
    }

    /** The call was sent ahead and is not any more. */
    void left() {
        count--;
        if (count == 0) {
            lowest = Integer.MAX_VALUE;
        }
    }

    /** Asks all workers to give back what would hold up a call of this priority. */
    void makeWayFor(int priority) {
        if (count > 0 && priority > lowest) {
            roster.all().forEach(worker -> recall(worker, priority));
        }
    }

    /** Asks all workers to give back all that was sent ahead. */
    void recallAll() {
        roster.all().forEach(this::recall);
    }

    void recall(Worker worker) {
        recall(worker, Integer.MAX_VALUE);
    }

    private void recall(Worker worker, int below) {
        List<Long> ids = new ArrayList<>();
        for (Call call : worker.held.values()) {
            if (call.state == Call.State.SENT && call.request.priority() < below) {
                ids.add(call.id);
            }
        }
        drop(worker, ids);
    }

    /** Asks the worker to give these calls back; it answers which of them it has not started. */
    void drop(Worker worker, List<Long> ids) {
        if (!ids.isEmpty()) {
            if (worker.recalls++ == 0) {
                worker.recalledNanos = turn.nanoTime();
            }
            worker.link().send(new Message.Drop(ids));
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
        boolean more = count > 0;
        long now = turn.nanoTime();
        for (Worker worker : List.copyOf(roster.all())) {
            Call head = worker.head();
            if (head != null && worker.held.size() > 1 && !worker.slow && now - head.startedNanos > SLOW_NANOS) {
                worker.slow = true;
                recall(worker);
            }
            if (worker.recalls > 0 && worker.alive()) {
                more = true;
                if (now - worker.recalledNanos > ANSWER_NANOS) {
                    departures.kill(worker, Ending.protocol("it did not answer a drop"));
                }
            }
        }
        if (more) {
            watch();
        }
    }
}
