package dev.motorpool.pool;

import dev.motorpool.runtime.WorkerShape;
import java.util.function.Function;

/** A worker's way from its spawn to readiness, each step of which has a limit. Guarded by the pool's lock. */
final class Hiring {

    private final String pool;
    private final Turn turn;
    private final EngineLimits limits;
    private final PoolEvents events;
    private final Tally tally;
    private final Roster roster;
    private final Slots slots;
    private final Starts starts;
    private final Departures departures;
    private final Function<Worker, WorkerLink> links;

    private long numbered;

    Hiring(
            String pool,
            Turn turn,
            EngineLimits limits,
            PoolEvents events,
            Tally tally,
            Roster roster,
            Slots slots,
            Starts starts,
            Departures departures,
            Function<Worker, WorkerLink> links) {
        this.pool = pool;
        this.turn = turn;
        this.limits = limits;
        this.events = events;
        this.tally = tally;
        this.roster = roster;
        this.slots = slots;
        this.starts = starts;
        this.departures = departures;
        this.links = links;
    }

    /** Starts one worker. */
    void startOne(PoolSettings now) {
        boolean shared = now.kind() != PoolKind.PROCESS;
        // A worker of a shared kind never runs its calls one after another, so it is never told that it has one slot.
        WorkerShape shape = new WorkerShape(
                shared ? Math.max(2, now.size()) : now.threadsPerWorker(), now.kind() == PoolKind.COROUTINE);
        Worker worker = new Worker(pool + "-" + ++numbered, shape, now, now.sequential(), turn.nanoTime());
        WorkerLink link = links.apply(worker);
        worker.attach(link);
        roster.add(worker);
        turn.afterwards(link::start);
    }

    /** The worker's process exists; it has a bounded time to become ready. */
    void spawned(Worker worker, ProcessHandle handle) {
        worker.handle = handle;
        tally.workersStarted++;
        limitStart(worker);
    }

    /** The worker has a bounded time for its next step to readiness. */
    void limitStart(Worker worker) {
        int step = ++worker.startSteps;
        turn.afterActive(limits.start().toNanos(), () -> {
            if (worker.phase == Worker.Phase.STARTING && worker.startSteps == step) {
                departures.kill(
                        worker, Ending.start("was not ready " + limits.start().toMillis() + " ms after its start"));
            }
        });
    }

    void becameReady(Worker worker) {
        roster.becameReady(worker);
        worker.readyNanos = turn.nanoTime();
        boolean heals = starts.succeeded(worker);
        long took = turn.nanoTime() - worker.startedNanos;
        long pid = worker.pid();
        turn.afterwards(() -> events.workerStarted(pool, worker.id, pid, took));
        if (heals) {
            turn.afterwards(() -> events.poolHealed(pool));
        }
        slots.offer(worker);
    }
}
