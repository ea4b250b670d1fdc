package dev.motorpool.pool;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Kills workers that give no sign of life. A worker that has been silent for a fifth of the limit is sent a ping. It is
 * killed if it stays silent for three fifths. The limit is {@link EngineLimits#silence}, and at most five seconds while
 * calls wait for the worker. Within that shorter limit a process that uses the processor is spared up to the whole
 * limit, as it may be in a long garbage collection. Guarded by the pool's lock.
 *
 * <p>The watch counts its own checks instead of the time between them: while this service is stopped or short of the
 * processor, it does not check. Workers that do not answer pings are not watched.
 */
final class SilenceWatch {

    private static final Duration WHILE_CALLS_WAIT = Duration.ofSeconds(5);
    /** Checks in the shorter of the two limits. */
    private static final int URGENT_LOOKS = 10;
    /** Checks during which the processor time of a suspect must not grow. */
    private static final int SUSPECTED_LOOKS = 2;

    private final PoolLock lock;
    private final WorkerSet workerSet;
    private final Dispatcher dispatcher;
    private final WorkerTermination termination;
    private final Duration limit;
    private final long lookNanos;
    private final int allLooks;
    /** Whether a check is scheduled. */
    private boolean watching;

    SilenceWatch(
            PoolLock lock, WorkerSet workerSet, Dispatcher dispatcher, WorkerTermination termination, Duration limit) {
        this.lock = lock;
        this.workerSet = workerSet;
        this.dispatcher = dispatcher;
        this.termination = termination;
        this.limit = limit;
        Duration urgent = limit.compareTo(WHILE_CALLS_WAIT) < 0 ? limit : WHILE_CALLS_WAIT;
        this.lookNanos = Math.max(1, urgent.toNanos() / URGENT_LOOKS);
        this.allLooks = (int) Math.min(Integer.MAX_VALUE, limit.toNanos() / lookNanos);
    }

    /** Schedules a check while there are workers. */
    void settle() {
        if (!watching && !workerSet.isEmpty()) {
            watching = true;
            lock.after(lookNanos, this::look);
        }
    }

    private void look() {
        watching = false;
        boolean waiting = dispatcher.callsWait();
        for (Worker worker : List.copyOf(workerSet.all())) {
            if (worker.pings && worker.phase == Worker.Phase.READY) {
                look(worker, waiting || worker.owesAcceptance());
            }
        }
    }

    private void look(Worker worker, boolean urgent) {
        worker.quiet++;
        if (worker.pinged < 0) {
            if (worker.quiet >= (urgent ? URGENT_LOOKS : allLooks) / 5) {
                worker.pinged = worker.quiet;
                worker.reports.ping();
            }
            return;
        }
        int unanswered = worker.quiet - worker.pinged;
        if (unanswered >= 3L * allLooks / 5 || (urgent && isFrozen(worker, unanswered))) {
            termination.kill(worker, StopReason.silent(limit));
        }
    }

    /** Whether a worker that should have answered has not used the processor in the meantime either. */
    private static boolean isFrozen(Worker worker, int unanswered) {
        if (unanswered < 3 * URGENT_LOOKS / 5 - SUSPECTED_LOOKS) {
            return false;
        }
        if (worker.suspected < 0) {
            worker.suspected = worker.quiet;
            worker.spent = processorTime(worker);
            return false;
        }
        if (worker.quiet - worker.suspected < SUSPECTED_LOOKS) {
            return false;
        }
        Duration spent = processorTime(worker);
        if (spent == null || spent.equals(worker.spent)) {
            return true;
        }
        worker.suspected = -1;
        return false;
    }

    private static @Nullable Duration processorTime(Worker worker) {
        return worker.handle == null
                ? null
                : ProcessHandle.of(worker.pid())
                        .flatMap(process -> process.info().totalCpuDuration())
                        .orElse(null);
    }
}
