package dev.motorpool.pool;

import dev.motorpool.wire.Message;
import java.time.Duration;
import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/**
 * How the workers of a pool end: retired, killed or dead; and which ends count as failed starts. Guarded by the pool's
 * lock. It moves no calls.
 */
final class Departures {

    /** A worker that dies so soon, without a call, has not started well either. */
    private static final long USELESS_NANOS = Duration.ofSeconds(1).toNanos();

    private final String pool;
    private final Turn turn;
    private final EngineLimits limits;
    private final PoolEvents events;
    private final Tally tally;
    private final Roster roster;
    private final Slots slots;
    private final Starts starts;

    Departures(
            String pool,
            Turn turn,
            EngineLimits limits,
            PoolEvents events,
            Tally tally,
            Roster roster,
            Slots slots,
            Starts starts) {
        this.pool = pool;
        this.turn = turn;
        this.limits = limits;
        this.events = events;
        this.tally = tally;
        this.roster = roster;
        this.slots = slots;
        this.starts = starts;
    }

    /** The worker takes no new calls and ends when it holds none. */
    void retire(Worker worker, Ending why) {
        if (worker.phase == Worker.Phase.STARTING) {
            kill(worker, why);
        } else if (worker.phase == Worker.Phase.READY && !worker.retiring) {
            worker.retiring = true;
            worker.ending = why;
            roster.unsettle();
            endIfDrained(worker);
        }
    }

    /** Retires a worker that has had as many calls as it may. */
    void retireIfSpent(Worker worker) {
        if (slots.spent(worker)) {
            retire(worker, Ending.RETIRED);
        }
    }

    /** Ends a retiring worker once only stuck calls are left in it. */
    void endIfDrained(Worker worker) {
        if (worker.phase != Worker.Phase.READY || !worker.retiring || worker.held.size() > worker.stuck) {
            return;
        }
        if (worker.stuck > 0) {
            kill(worker, Ending.STUCK);
            return;
        }
        leave(worker);
        worker.link().send(new Message.Stop());
        turn.afterActive(limits.stop().toNanos(), () -> kill(worker, Ending.STOPPED));
    }

    /**
     * A thread of the worker ignores its interrupt: it takes no more calls, and is killed once nothing else runs in it,
     * or when the pool has more such threads than it puts up with.
     */
    void stuck(Worker worker) {
        worker.stuck++;
        roster.unsettle();
        retire(worker, Ending.STUCK);
        endIfDrained(worker);
        if (roster.stuck() > stuckLimit(worker.settings.kind())) {
            roster.all().stream()
                    .max(Comparator.comparingInt(each -> each.stuck))
                    .ifPresent(worst -> kill(worst, Ending.STUCK));
        }
    }

    /** Stuck threads that a pool puts up with; virtual threads that spin take a processor each from all others. */
    private static int stuckLimit(PoolKind kind) {
        int processors = Runtime.getRuntime().availableProcessors();
        return kind == PoolKind.COROUTINE ? processors : 4 * processors;
    }

    /** The worker says that it is about to exit, which must not take long; it is given nothing more. */
    void leaving(Worker worker) {
        worker.retiring = true;
        roster.unsettle();
        turn.afterActive(
                limits.stop().toNanos(),
                () -> kill(worker, Ending.protocol("it did not exit when it said that it was leaving")));
    }

    /** Kills the worker's process, if it has not ended; what it holds is settled when the end of its pipe was read. */
    void kill(Worker worker, Ending why) {
        if (worker.phase == Worker.Phase.GONE) {
            return;
        }
        if (worker.alive()) {
            worker.ending = why;
            if (failsAtStart(worker, why)) {
                // Now, not when it has gone: no other may be started in its place before the pause.
                startFailed(worker, why, ExitStatus.UNKNOWN);
            }
            leave(worker);
        }
        turn.afterwards(worker.link()::kill);
    }

    /** The worker's process has ended; it is forgotten. */
    Ending gone(Worker worker, ExitStatus status, @Nullable String fault) {
        boolean wasStarting = worker.phase == Worker.Phase.STARTING;
        boolean useless = useless(worker);
        if (worker.alive()) {
            leave(worker);
        }
        roster.gone(worker);
        slots.forget(worker);
        Ending ending = worker.ending;
        if (ending == null) {
            ending = fault == null ? Ending.CRASH : new Ending("protocol", fault);
        }
        if (wasStarting) {
            ending = Ending.start(ending.sentence());
        }
        if (!ending.planned() && worker.handle != null) {
            tally.workersLost++;
        }
        if (ending.reason().equals("start") || (useless && ending.equals(Ending.CRASH))) {
            startFailed(worker, ending, status);
        }
        WorkerEnd end = end(worker, ending, status);
        turn.afterwards(() -> events.workerEnded(end));
        return ending;
    }

    private void startFailed(Worker worker, Ending ending, ExitStatus status) {
        if (starts.failed(worker, describe(worker, ending, status), roster.othersReady(worker))) {
            turn.afterwards(() -> events.poolBroken(pool, worker.id, ending.reason()));
        }
    }

    private WorkerEnd end(Worker worker, Ending ending, ExitStatus status) {
        Call only = worker.onlyStarted();
        return new WorkerEnd(
                pool,
                worker.id,
                worker.handle == null ? null : worker.pid(),
                ending.reason(),
                ending.planned(),
                status.code(),
                status.signal(),
                only == null ? null : only.request.jobId(),
                only == null ? null : only.request.function());
    }

    /** Whether the worker is killed for something that the next one would do as well, before it was of any use. */
    private boolean failsAtStart(Worker worker, Ending why) {
        return why.reason().equals("start")
                || ((why.reason().equals("memory") || why.reason().equals("protocol"))
                        && (worker.phase == Worker.Phase.STARTING || useless(worker)));
    }

    private boolean useless(Worker worker) {
        return worker.phase == Worker.Phase.READY
                && worker.finished == 0
                && worker.held.isEmpty()
                && turn.nanoTime() - worker.readyNanos < USELESS_NANOS;
    }

    private static String describe(Worker worker, Ending ending, ExitStatus status) {
        return "worker " + worker.id + " "
                + (ending.sentence().isEmpty() ? status.sentence() + " before it could run a call" : ending.sentence());
    }

    private void leave(Worker worker) {
        roster.stopping(worker);
        for (Call call : worker.held.values()) {
            slots.release(call);
        }
    }
}
