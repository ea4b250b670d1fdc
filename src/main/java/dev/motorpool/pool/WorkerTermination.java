package dev.motorpool.pool;

import dev.motorpool.pool.process.ExitStatus;
import dev.motorpool.pool.settings.PoolKind;
import dev.motorpool.wire.Message;
import java.time.Duration;
import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/**
 * Ends the workers of a pool: retires and kills them, handles their deaths, and decides which ends count as failed
 * starts. It moves no calls. Guarded by the pool's lock.
 */
final class WorkerTermination {

    /** A worker that dies within this time without a call counts as a failed start, too. */
    private static final long USELESS_NANOS = Duration.ofSeconds(1).toNanos();

    private final String pool;
    private final PoolLock lock;
    private final EngineLimits limits;
    private final PoolEvents events;
    private final PoolCounters counters;
    private final WorkerSet workerSet;
    private final Slots slots;
    private final StartBackoff backoff;

    WorkerTermination(
            String pool,
            PoolLock lock,
            EngineLimits limits,
            PoolEvents events,
            PoolCounters counters,
            WorkerSet workerSet,
            Slots slots,
            StartBackoff backoff) {
        this.pool = pool;
        this.lock = lock;
        this.limits = limits;
        this.events = events;
        this.counters = counters;
        this.workerSet = workerSet;
        this.slots = slots;
        this.backoff = backoff;
    }

    /** The worker takes no new calls and ends when it holds none. */
    void retire(Worker worker, StopReason why) {
        if (worker.phase == Worker.Phase.STARTING) {
            kill(worker, why);
        } else if (worker.phase == Worker.Phase.READY && !worker.retiring) {
            worker.retiring = true;
            worker.reason = why;
            workerSet.unsettle();
            endIfDrained(worker);
        }
    }

    /** Retires a worker that has had its maximum of calls. */
    void retireIfSpent(Worker worker) {
        if (slots.spent(worker)) {
            retire(worker, StopReason.RETIRED);
        }
    }

    /** Ends a retiring worker once only stuck calls are left in it. */
    void endIfDrained(Worker worker) {
        if (worker.phase != Worker.Phase.READY || !worker.retiring || worker.held.size() > worker.stuck) {
            return;
        }
        if (worker.stuck > 0) {
            kill(worker, StopReason.STUCK);
            return;
        }
        leave(worker);
        worker.link().send(new Message.Stop());
        lock.afterActive(limits.stop().toNanos(), () -> kill(worker, StopReason.STOPPED));
    }

    /**
     * A thread of the worker ignores its interrupt. The worker takes no more calls. It is killed once nothing else runs
     * in it, or when the pool has too many such threads.
     */
    void stuck(Worker worker) {
        worker.stuck++;
        workerSet.unsettle();
        retire(worker, StopReason.STUCK);
        endIfDrained(worker);
        if (workerSet.stuck() > stuckLimit(worker.settings.kind())) {
            workerSet.all().stream()
                    .max(Comparator.comparingInt(each -> each.stuck))
                    .ifPresent(worst -> kill(worst, StopReason.STUCK));
        }
    }

    /** Maximum stuck threads of a pool. Virtual threads that spin take a processor each from all others. */
    private static int stuckLimit(PoolKind kind) {
        int processors = Runtime.getRuntime().availableProcessors();
        return kind == PoolKind.COROUTINE ? processors : 4 * processors;
    }

    /** The worker has reported that it is about to exit, which must not take long. It is sent nothing more. */
    void leaving(Worker worker) {
        worker.retiring = true;
        workerSet.unsettle();
        lock.afterActive(
                limits.stop().toNanos(),
                () -> kill(worker, StopReason.protocol("it did not exit when it said that it was leaving")));
    }

    /**
     * Kills the worker's process if it has not ended. The calls that it holds are settled once its pipe is read to the
     * end.
     */
    void kill(Worker worker, StopReason why) {
        if (worker.phase == Worker.Phase.GONE) {
            return;
        }
        if (worker.alive()) {
            worker.reason = why;
            if (failsAtStart(worker, why)) {
                // Now instead of after its end: no other may be started in its place before the pause.
                startFailed(worker, why, ExitStatus.UNKNOWN);
            }
            leave(worker);
        }
        lock.afterwards(worker.link()::kill);
    }

    /** The worker's process has ended; it is forgotten. */
    StopReason gone(Worker worker, ExitStatus status, @Nullable String fault) {
        boolean wasStarting = worker.phase == Worker.Phase.STARTING;
        boolean useless = useless(worker);
        if (worker.alive()) {
            leave(worker);
        }
        workerSet.gone(worker);
        slots.forget(worker);
        StopReason reason = worker.reason;
        if (reason == null) {
            reason = fault == null ? StopReason.CRASH : new StopReason("protocol", fault);
        }
        if (wasStarting) {
            reason = StopReason.start(reason.sentence());
        }
        if (!reason.planned() && worker.handle != null) {
            counters.workersLost++;
        }
        if (reason.reason().equals("start") || (useless && reason.equals(StopReason.CRASH))) {
            startFailed(worker, reason, status);
        }
        WorkerEnd end = end(worker, reason, status);
        lock.afterwards(() -> events.workerEnded(end));
        return reason;
    }

    private void startFailed(Worker worker, StopReason reason, ExitStatus status) {
        if (backoff.failed(worker, describe(worker, reason, status), workerSet.othersReady(worker))) {
            lock.afterwards(() -> events.poolBroken(pool, worker.id, reason.reason()));
        }
    }

    private WorkerEnd end(Worker worker, StopReason reason, ExitStatus status) {
        QueuedCall only = worker.onlyStarted();
        return new WorkerEnd(
                pool,
                worker.id,
                worker.handle == null ? null : worker.pid(),
                reason.reason(),
                reason.planned(),
                status.code(),
                status.signal(),
                only == null ? null : only.request.jobId(),
                only == null ? null : only.request.function());
    }

    /** Whether the worker is killed before it was of any use, for a reason that would hold for the next one as well. */
    private boolean failsAtStart(Worker worker, StopReason why) {
        return why.reason().equals("start")
                || ((why.reason().equals("memory") || why.reason().equals("protocol"))
                        && (worker.phase == Worker.Phase.STARTING || useless(worker)));
    }

    private boolean useless(Worker worker) {
        return worker.phase == Worker.Phase.READY
                && worker.finished == 0
                && worker.held.isEmpty()
                && lock.nanoTime() - worker.readyNanos < USELESS_NANOS;
    }

    private static String describe(Worker worker, StopReason reason, ExitStatus status) {
        return "worker " + worker.id + " "
                + (reason.sentence().isEmpty() ? status.sentence() + " before it could run a call" : reason.sentence());
    }

    private void leave(Worker worker) {
        workerSet.stopping(worker);
        for (QueuedCall call : worker.held.values()) {
            slots.release(call);
        }
    }
}
