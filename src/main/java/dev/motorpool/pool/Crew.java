package dev.motorpool.pool;

import dev.motorpool.runtime.WorkerRuntime;
import dev.motorpool.runtime.WorkerShape;
import dev.motorpool.wire.Message;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The workers of one pool: how many there should be, how they start, fail to start, retire and die. Guarded by the
 * pool's lock. It moves no calls.
 */
final class Crew {

    /** A worker that dies so soon, without a call, has not started well either. */
    private static final long USELESS_NANOS = Duration.ofSeconds(1).toNanos();

    /** Workers of a pool that start at the same time; each that becomes ready makes room for the next. */
    private static final int MOST_STARTING = 32;

    private final String pool;
    private final Turn turn;
    private final EngineLimits limits;
    private final PoolEvents events;
    private final Function<String, WorkerRuntime> runtimes;
    private final WorkerLink.Factory links;
    private final Function<Worker, WorkerLink.Listener> listeners;
    private final Tally tally;

    private PoolSettings settings;
    private final Map<String, Worker> workers = new LinkedHashMap<>();
    private final Slots slots;
    private final Starts starts;
    private long numbered;
    private int ready;
    private Timers.@Nullable Timer retry;
    private boolean dismissed;
    /** Whether something changed that may call for more or fewer workers. */
    private boolean unsettled = true;

    Crew(
            String pool,
            PoolSettings settings,
            Slots slots,
            Turn turn,
            EngineLimits limits,
            PoolEvents events,
            Tally tally,
            Function<String, WorkerRuntime> runtimes,
            WorkerLink.Factory links,
            Function<Worker, WorkerLink.Listener> listeners) {
        this.pool = pool;
        this.settings = settings;
        this.turn = turn;
        this.limits = limits;
        this.events = events;
        this.tally = tally;
        this.runtimes = runtimes;
        this.links = links;
        this.listeners = listeners;
        this.slots = slots;
        this.starts = new Starts(turn);
    }

    Collection<Worker> all() {
        return workers.values();
    }

    @Nullable
    Worker find(String id) {
        return workers.get(id);
    }

    PoolSettings settings() {
        return settings;
    }

    /** Stuck calls that a pool puts up with; virtual threads that spin take a processor each from all others. */
    int stuckLimit() {
        int processors = Runtime.getRuntime().availableProcessors();
        return settings.kind() == PoolKind.COROUTINE ? processors : 4 * processors;
    }

    int stuck() {
        int sum = 0;
        for (Worker worker : workers.values()) {
            sum += worker.stuck;
        }
        return sum;
    }

    Starts starts() {
        return starts;
    }

    /** Starts and retires workers until there are as many as the settings want. */
    void settle() {
        if (!unsettled || dismissed) {
            return;
        }
        unsettled = false;
        int missing = settings.workers() - counted();
        if (missing > 0) {
            startSome(missing);
        } else if (missing < 0) {
            retireSurplus(-missing);
        }
    }

    /** Ends all workers for good: as soon as each is idle, or now. */
    void dismiss(Ending why, boolean now) {
        dismissed = true;
        if (retry != null) {
            retry.cancel();
        }
        for (Worker worker : List.copyOf(workers.values())) {
            if (now) {
                kill(worker, why);
            } else {
                retire(worker, why);
            }
        }
    }

    boolean dismissed() {
        return dismissed;
    }

    /** Whether a worker holds a call that has no outcome yet. */
    boolean holdsCalls() {
        for (Worker worker : workers.values()) {
            for (Call call : worker.held.values()) {
                if (call.state != Call.State.ENDED) {
                    return true;
                }
            }
        }
        return false;
    }

    /** Takes new settings over; workers that do not fit them any more are replaced once they are idle. */
    void change(PoolSettings changed) {
        PoolSettings before = settings;
        settings = changed;
        slots.change(changed);
        unsettled = true;
        starts.begin();
        boolean reshaped = before.threadsPerWorker() != changed.threadsPerWorker()
                || !before.runtime().equals(changed.runtime())
                || !Objects.equals(before.initializer(), changed.initializer());
        for (Worker worker : List.copyOf(workers.values())) {
            boolean outgrown =
                    changed.kind() != PoolKind.PROCESS && changed.size() > worker.shape.slots() && worker.alive();
            if (reshaped || outgrown) {
                retire(worker, Ending.SURPLUS);
            } else {
                retireIfSpent(worker);
                slots.offer(worker);
            }
        }
    }

    void becameReady(Worker worker) {
        worker.phase = Worker.Phase.READY;
        ready++;
        worker.readyNanos = turn.nanoTime();
        starts.succeeded(worker);
        unsettled = true;
        tally.workersStarted++;
        long took = turn.nanoTime() - worker.startedNanos;
        turn.afterwards(() -> events.workerStarted(pool, took));
        slots.offer(worker);
    }

    /** The worker takes no new calls and ends when it holds none. */
    void retire(Worker worker, Ending why) {
        if (worker.phase == Worker.Phase.STARTING) {
            kill(worker, why);
        } else if (worker.phase == Worker.Phase.READY && !worker.retiring) {
            worker.retiring = true;
            worker.ending = why;
            unsettled = true;
            endIfDrained(worker);
        }
    }

    /**
     * Retires a worker that has had as many calls as it may: where slots share a process as soon as they are given, so
     * that its successor can start; else when they are done, since those sent ahead may still come back.
     */
    void retireIfSpent(Worker worker) {
        Integer most = settings.maxTasksPerChild();
        if (most != null && (worker.sequential ? worker.finished : worker.assigned) >= most) {
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
        leaveReady(worker);
        worker.link().send(new Message.Stop());
        turn.after(limits.stop().toNanos(), () -> {
            if (worker.phase != Worker.Phase.GONE) {
                turn.afterwards(worker.link()::kill);
            }
        });
    }

    /** Kills the worker's process; what it holds is settled when the end of its pipe has been read. */
    void kill(Worker worker, Ending why) {
        if (worker.phase == Worker.Phase.GONE) {
            return;
        }
        if (worker.alive()) {
            worker.ending = why;
            if (failsAtStart(worker, why)) {
                // Now, not when it has gone: no other may be started in its place before the pause.
                boolean othersReady = ready > (worker.phase == Worker.Phase.READY ? 1 : 0);
                starts.failed(worker, describe(worker, why, ExitStatus.UNKNOWN), othersReady);
            }
            leaveReady(worker);
        }
        turn.afterwards(worker.link()::kill);
    }

    /** The worker's process has ended; it is forgotten. */
    Ending gone(Worker worker, ExitStatus status, @Nullable String fault) {
        boolean wasStarting = worker.phase == Worker.Phase.STARTING;
        boolean useless = useless(worker);
        leaveReady(worker);
        worker.phase = Worker.Phase.GONE;
        workers.remove(worker.id);
        slots.forget(worker);
        Ending ending = worker.ending;
        if (ending == null) {
            ending = fault == null ? Ending.CRASH : new Ending(wasStarting ? "start" : "protocol", fault);
        }
        if (wasStarting) {
            ending = new Ending("start", ending.sentence());
        }
        if (!ending.planned()) {
            tally.workersLost++;
        }
        if (ending.reason().equals("start") || (useless && ending.equals(Ending.CRASH))) {
            starts.failed(worker, describe(worker, ending, status), ready > 0);
        }
        String reason = ending.reason();
        turn.afterwards(() -> events.workerEnded(pool, reason));
        unsettled = true;
        return ending;
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

    /**
     * Workers that count as present. Where slots share one process, a retiring one is succeeded at once, and the
     * pool's number of slots keeps both together in bounds; a retiring worker of a process pool keeps its place until
     * it has ended, so that there are never more processes than the pool's size.
     */
    private int counted() {
        int count = 0;
        for (Worker worker : workers.values()) {
            if (worker.alive() && (settings.kind() == PoolKind.PROCESS || !worker.retiring)) {
                count++;
            }
        }
        return count;
    }

    private void startSome(int missing) {
        if (!starts.afterFailure()) {
            int most = Math.min(missing, MOST_STARTING - starting());
            for (int i = 0; i < most; i++) {
                startOne();
            }
            return;
        }
        if (workers.values().stream().anyMatch(worker -> worker.phase == Worker.Phase.STARTING)) {
            return;
        }
        long wait = starts.untilNext().toNanos();
        if (wait == 0) {
            startOne();
            return;
        }
        if (retry != null) {
            retry.cancel();
        }
        retry = turn.after(wait, () -> unsettled = true);
    }

    private int starting() {
        int count = 0;
        for (Worker worker : workers.values()) {
            if (worker.phase == Worker.Phase.STARTING) {
                count++;
            }
        }
        return count;
    }

    private void startOne() {
        PoolSettings now = settings;
        boolean shared = now.kind() != PoolKind.PROCESS;
        // A worker of a shared kind never runs its calls one after another, so it is never told that it has one slot.
        WorkerShape shape = new WorkerShape(
                shared ? Math.max(2, now.size()) : now.threadsPerWorker(), now.kind() == PoolKind.COROUTINE);
        Worker worker = new Worker(pool + "-" + ++numbered, shape, now, now.sequential(), turn.nanoTime());
        WorkerLink link =
                links.link(worker.id, () -> runtimes.apply(now.runtime()).command(shape), listeners.apply(worker));
        worker.attach(link);
        workers.put(worker.id, worker);
        turn.afterwards(link::start);
    }

    /** The worker's process exists; it has a bounded time to become ready. */
    void spawned(Worker worker, ProcessHandle handle) {
        worker.handle = handle;
        limitStart(worker);
    }

    /** The worker has a bounded time for its next step to readiness. */
    void limitStart(Worker worker) {
        int step = ++worker.startSteps;
        turn.after(limits.start().toNanos(), () -> {
            if (worker.phase == Worker.Phase.STARTING && worker.startSteps == step) {
                kill(worker, Ending.start("was not ready " + limits.start().toMillis() + " ms after its start"));
            }
        });
    }

    private void retireSurplus(int surplus) {
        List<Worker> candidates = new ArrayList<>();
        for (Worker worker : workers.values()) {
            if (worker.alive() && worker.retiring) {
                surplus--;
            } else if (worker.alive()) {
                candidates.add(worker);
            }
        }
        candidates.sort(Comparator.comparingInt((Worker worker) -> worker.phase == Worker.Phase.READY ? 1 : 0)
                .thenComparingInt(worker -> worker.held.size()));
        for (int i = 0; i < Math.min(surplus, candidates.size()); i++) {
            retire(candidates.get(i), Ending.SURPLUS);
        }
    }

    private void leaveReady(Worker worker) {
        if (worker.phase == Worker.Phase.READY) {
            ready--;
        }
        if (worker.alive()) {
            worker.phase = Worker.Phase.STOPPING;
            unsettled = true;
            for (Call call : worker.held.values()) {
                slots.release(call);
            }
        }
    }
}
