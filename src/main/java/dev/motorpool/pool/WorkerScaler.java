package dev.motorpool.pool;

import dev.motorpool.pool.settings.PoolKind;
import dev.motorpool.pool.settings.PoolSettings;
import dev.motorpool.pool.timer.Timers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Scales a pool's workers: starts missing ones, and retires surplus ones. Guarded by the pool's lock. */
final class WorkerScaler {

    /** Maximum workers of a pool that start at the same time. Each that becomes ready makes room for the next. */
    private static final int MOST_STARTING = 32;

    /**
     * Maximum retiring workers of a pool of threads or coroutines besides the one that takes calls. Each keeps a
     * process while its last call runs, so with calls of very different lengths they would pile up.
     */
    private static final int MOST_RETIRING = 8;

    private final WorkerSet workerSet;
    private final Slots slots;
    private final StartBackoff backoff;
    private final WorkerTermination termination;
    private final WorkerStarter starter;
    private final PoolLock lock;

    private PoolSettings settings;
    private Timers.@Nullable Timer retry;
    /** Workers that calls have needed and that have not been idle for long; for pools whose workers start on demand. */
    private int needed;

    private Timers.@Nullable Timer idle;
    private boolean dismissed;
    /** Whether workers are being replaced one after another. */
    private boolean renewing;

    WorkerScaler(
            PoolSettings settings,
            WorkerSet workerSet,
            Slots slots,
            StartBackoff backoff,
            WorkerTermination termination,
            WorkerStarter starter,
            PoolLock lock) {
        this.settings = settings;
        this.workerSet = workerSet;
        this.slots = slots;
        this.backoff = backoff;
        this.termination = termination;
        this.starter = starter;
        this.lock = lock;
    }

    PoolSettings settings() {
        return settings;
    }

    /**
     * Starts and retires workers until their number is the one in the settings.
     *
     * <p>A retiring worker of a process pool keeps its place until it has ended, so that there are never more processes
     * than the pool's size. If slots share one process, its successor starts at once, unless too many retire already. A
     * worker with stuck threads is never waited for: it is unknown how long its other calls run, and
     * {@link WorkerTermination} limits the number of such workers.
     */
    void settle() {
        if (dismissed || !workerSet.takeUnsettled()) {
            return;
        }
        int staying = 0;
        int retiring = 0;
        boolean renewed = true;
        for (Worker worker : workerSet.all()) {
            renewed &= !worker.outdated;
            if (worker.alive() && !worker.retiring) {
                staying++;
            } else if (worker.alive() && worker.stuck == 0) {
                retiring++;
            }
        }
        int beside = settings.kind() == PoolKind.PROCESS ? 0 : MOST_RETIRING;
        int wanted = wanted();
        int missing = wanted - staying - Math.max(0, retiring - beside);
        renewing &= missing > 0 || !renewed;
        if (missing > 0) {
            startSome(missing);
        } else {
            retireSurplus(staying - wanted);
        }
    }

    private int wanted() {
        return settings.onDemand() ? Math.min(needed, settings.workers()) : settings.workers();
    }

    /**
     * Calls run in this number of slots or wait for one. Where workers start on demand, as many start as these need.
     */
    void need(int calls) {
        int each = settings.kind() == PoolKind.PROCESS ? settings.threadsPerWorker() : settings.size();
        int workers = Math.min(settings.workers(), Math.ceilDiv(calls, each));
        if (workers > needed) {
            needed = workers;
            workerSet.unsettle();
        }
        if (needed > 0 && idle == null) {
            idle = lock.after(idleNanos(), this::endIdle);
        }
    }

    private long idleNanos() {
        Duration timeout = settings.idleTimeout();
        return timeout == null ? Long.MAX_VALUE : timeout.toNanos();
    }

    /** Ends the workers that have had no call for the idle timeout, and looks again when the next may be due. */
    private void endIdle() {
        idle = null;
        if (!settings.onDemand() || dismissed) {
            return;
        }
        long now = lock.nanoTime();
        long next = idleNanos();
        for (Worker worker : List.copyOf(workerSet.all())) {
            if (worker.takesCalls() && worker.held.isEmpty()) {
                long left = idleNanos() - (now - worker.idleNanos);
                if (left > 0) {
                    next = Math.min(next, left);
                } else {
                    needed--;
                    termination.retire(worker, StopReason.SURPLUS);
                }
            }
        }
        if (needed > 0) {
            idle = lock.after(next, this::endIdle);
        }
    }

    /**
     * Replaces all workers: each takes no more calls, and ends when those that run in it have ended. Their successors
     * start one after another, so that the first one is ready as soon as possible and takes what waits.
     */
    void renew() {
        backoff.begin();
        renewing = !workerSet.isEmpty();
        for (Worker worker : List.copyOf(workerSet.all())) {
            worker.outdated = true;
            termination.retire(worker, StopReason.SURPLUS);
        }
    }

    private void startSome(int missing) {
        if (!backoff.afterFailure()) {
            int most = Math.min(missing, (renewing ? 1 : MOST_STARTING) - workerSet.starting());
            for (int i = 0; i < most; i++) {
                starter.startOne(settings);
            }
            return;
        }
        if (workerSet.starting() > 0) {
            return;
        }
        long wait = backoff.untilNext().toNanos();
        if (wait == 0) {
            starter.startOne(settings);
            return;
        }
        if (retry != null) {
            retry.cancel();
        }
        retry = lock.after(wait, workerSet::unsettle);
    }

    private void retireSurplus(int surplus) {
        if (surplus <= 0) {
            return;
        }
        List<Worker> candidates = new ArrayList<>();
        for (Worker worker : workerSet.all()) {
            if (worker.alive() && !worker.retiring) {
                candidates.add(worker);
            }
        }
        candidates.sort(Comparator.comparingInt((Worker worker) -> worker.phase == Worker.Phase.READY ? 1 : 0)
                .thenComparingInt(worker -> worker.held.size()));
        for (Worker worker : candidates.subList(0, surplus)) {
            termination.retire(worker, StopReason.SURPLUS);
        }
    }

    /** Applies new settings. Workers that no longer fit them are replaced once they are idle. */
    void change(PoolSettings changed) {
        PoolSettings before = settings;
        if (!before.onDemand()) {
            needed = before.workers();
        }
        if (idle != null) {
            idle.cancel();
            idle = null;
        }
        settings = changed;
        slots.change(changed);
        workerSet.unsettle();
        backoff.begin();
        boolean reshaped = before.threadsPerWorker() != changed.threadsPerWorker()
                || !before.runtime().equals(changed.runtime())
                || !Objects.equals(before.initializer(), changed.initializer())
                || before.sandbox() != changed.sandbox()
                || before.network() != changed.network();
        for (Worker worker : List.copyOf(workerSet.all())) {
            boolean outgrown =
                    changed.kind() != PoolKind.PROCESS && changed.size() > worker.shape.slots() && worker.alive();
            if (reshaped || outgrown) {
                termination.retire(worker, StopReason.SURPLUS);
            } else {
                termination.retireIfSpent(worker);
                slots.offer(worker);
            }
        }
    }

    /** Ends all workers for good: as each becomes idle, or now. */
    void dismiss(StopReason why, boolean now) {
        dismissed = true;
        if (retry != null) {
            retry.cancel();
        }
        if (idle != null) {
            idle.cancel();
            idle = null;
        }
        for (Worker worker : List.copyOf(workerSet.all())) {
            if (now) {
                termination.kill(worker, why);
            } else {
                termination.retire(worker, why);
            }
        }
    }

    /** The pool has work again, and starts workers again. */
    void recall() {
        dismissed = false;
        workerSet.unsettle();
    }

    boolean dismissed() {
        return dismissed;
    }
}
