package dev.motorpool.pool;

import dev.motorpool.pool.process.SandboxedProcess;
import dev.motorpool.pool.process.WorkerLink;
import dev.motorpool.pool.settings.PoolKind;
import dev.motorpool.pool.settings.PoolSettings;
import dev.motorpool.pool.settings.Sandbox;
import dev.motorpool.runtime.Isolation;
import dev.motorpool.runtime.WorkerShape;
import java.util.function.Function;

/** Starts workers, from the spawn to readiness. Each step has a time limit. Guarded by the pool's lock. */
final class WorkerStarter {

    private final String pool;
    private final PoolLock lock;
    private final EngineLimits limits;
    private final PoolEvents events;
    private final PoolCounters counters;
    private final WorkerSet workerSet;
    private final Slots slots;
    private final StartBackoff backoff;
    private final WorkerTermination termination;
    private final Function<Worker, WorkerLink> links;

    private long numbered;

    WorkerStarter(
            String pool,
            PoolLock lock,
            EngineLimits limits,
            PoolEvents events,
            PoolCounters counters,
            WorkerSet workerSet,
            Slots slots,
            StartBackoff backoff,
            WorkerTermination termination,
            Function<Worker, WorkerLink> links) {
        this.pool = pool;
        this.lock = lock;
        this.limits = limits;
        this.events = events;
        this.counters = counters;
        this.workerSet = workerSet;
        this.slots = slots;
        this.backoff = backoff;
        this.termination = termination;
        this.links = links;
    }

    /** The name of the pool. */
    String pool() {
        return pool;
    }

    /** Starts one worker. */
    void startOne(PoolSettings now) {
        boolean shared = now.kind() != PoolKind.PROCESS;
        // A worker of a shared kind never runs its calls one after another, so its shape never has a single slot.
        WorkerShape shape = new WorkerShape(
                shared ? Math.max(2, now.size()) : now.threadsPerWorker(),
                now.kind() == PoolKind.COROUTINE,
                isolation(now));
        Worker worker = new Worker(pool + "-" + ++numbered, shape, now, now.sequential(), lock.nanoTime());
        WorkerLink link = links.apply(worker);
        worker.attach(link);
        workerSet.add(worker);
        lock.afterwards(link::start);
    }

    private static Isolation isolation(PoolSettings settings) {
        if (settings.sandbox() == Sandbox.NONE) {
            return Isolation.NONE;
        }
        return settings.network() ? Isolation.SANDBOX : Isolation.SANDBOX_WITHOUT_NETWORK;
    }

    /** The worker's process exists; it has a bounded time to become ready. */
    void spawned(Worker worker, ProcessHandle handle) {
        worker.handle = handle;
        counters.workersStarted++;
        limitStart(worker);
    }

    /** Limits the time for the worker's next step to readiness. */
    void limitStart(Worker worker) {
        int step = ++worker.startSteps;
        lock.afterActive(limits.start().toNanos(), () -> {
            if (worker.phase == Worker.Phase.STARTING && worker.startSteps == step) {
                termination.kill(
                        worker,
                        StopReason.start("was not ready " + limits.start().toMillis() + " ms after its start"));
            }
        });
    }

    void becameReady(Worker worker) {
        if (worker.handle != null && worker.shape.isolation() != Isolation.NONE) {
            worker.inside = SandboxedProcess.of(worker.handle.pid());
        }
        workerSet.becameReady(worker);
        worker.readyNanos = lock.nanoTime();
        worker.idleNanos = worker.readyNanos;
        boolean heals = backoff.succeeded(worker);
        long took = lock.nanoTime() - worker.startedNanos;
        long pid = worker.pid();
        lock.afterwards(() -> events.workerStarted(pool, worker.id, worker.settings.runtime(), pid, took));
        if (heals) {
            lock.afterwards(() -> events.poolHealed(pool));
        }
        slots.offer(worker);
    }
}
