package dev.motorpool.pool;

import dev.motorpool.runtime.WorkerRuntime;
import dev.motorpool.runtime.WorkerShape;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The workers of one pool: how many there should be, how they start, fail to start, retire and die. Guarded by the
 * pool's lock. It moves no calls.
 *
 * <p>A round of starts that fails is followed by single tries, 0.1 s, 0.2 s, 0.4 s ... up to 30 s apart; the third
 * failure in a row without a ready worker breaks the pool, the first success heals it.
 */
final class Crew {

    private static final int TRIES = 3;
    private static final long FIRST_PAUSE_NANOS = Duration.ofMillis(100).toNanos();
    /** A worker that dies so soon, without a call, has not started well either. */
    private static final long USELESS_NANOS = Duration.ofSeconds(1).toNanos();

    private static final long LONGEST_PAUSE_NANOS = Duration.ofSeconds(30).toNanos();

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
    /** Workers with a free slot, the longest idle first; may hold some that have none any more. */
    private final ArrayDeque<Worker> open = new ArrayDeque<>();

    private long numbered;
    private int ready;
    private int busy;
    /** Failed rounds of starts in a row. */
    private int failures;
    /** The round that the next failure ends; failures of older rounds do not count again. */
    private long roundStartNanos;

    private long nextStartNanos;
    private Timers.@Nullable Timer retry;
    private @Nullable String brokenBy;
    private boolean everReady;
    private boolean dismissed;
    /** Whether something changed that may call for more or fewer workers. */
    private boolean unsettled = true;

    Crew(
            String pool,
            PoolSettings settings,
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
        this.roundStartNanos = turn.nanoTime();
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

    boolean sequential() {
        return settings.kind() == PoolKind.PROCESS && settings.threadsPerWorker() == 1;
    }

    /** Calls that may hold a slot at once in the whole pool. */
    int slots() {
        return settings.kind() == PoolKind.PROCESS ? settings.size() * settings.threadsPerWorker() : settings.size();
    }

    /** Slots that are taken, those of stuck threads and of workers being killed not counted. */
    int busy() {
        return busy;
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

    /** Why no worker can start, or null. */
    @Nullable
    String brokenBy() {
        return brokenBy;
    }

    boolean everReady() {
        return everReady;
    }

    Duration untilNextTry() {
        return Duration.ofNanos(Math.max(0, nextStartNanos - turn.nanoTime()));
    }

    /** Starts and retires workers until there are as many as the settings want. */
    void settle() {
        if (!unsettled || dismissed) {
            return;
        }
        unsettled = false;
        int missing = wanted() - counted();
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

    /** Takes new settings over; workers that do not fit them any more are replaced once they are idle. */
    void change(PoolSettings changed) {
        PoolSettings before = settings;
        settings = changed;
        unsettled = true;
        beginRound();
        boolean reshaped = before.threadsPerWorker() != changed.threadsPerWorker()
                || !before.runtime().equals(changed.runtime())
                || !java.util.Objects.equals(before.initializer(), changed.initializer());
        for (Worker worker : List.copyOf(workers.values())) {
            boolean outgrown =
                    changed.kind() == PoolKind.COROUTINE && changed.size() > worker.shape.slots() && worker.alive();
            if (reshaped || outgrown) {
                retire(worker, Ending.SURPLUS);
            } else {
                retireIfSpent(worker);
                offer(worker);
            }
        }
    }

    void becameReady(Worker worker) {
        worker.phase = Worker.Phase.READY;
        ready++;
        everReady = true;
        worker.failuresBefore = failures;
        worker.readyNanos = turn.nanoTime();
        beginRound();
        brokenBy = null;
        unsettled = true;
        tally.workersStarted++;
        long took = turn.nanoTime() - worker.startedNanos;
        turn.afterwards(() -> events.workerStarted(pool, took));
        offer(worker);
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
        worker.link().send(new dev.motorpool.wire.Message.Stop());
        turn.after(limits.stop().toNanos(), () -> {
            if (worker.phase != Worker.Phase.GONE) {
                worker.link().kill();
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
            if (why.reason().equals("start")) {
                // Now, not when it has gone: no other may be started in its place before the pause.
                failed(worker, describe(worker, why, ExitStatus.UNKNOWN));
            }
            leaveReady(worker);
        }
        turn.afterwards(worker.link()::kill);
    }

    /** The worker's process has ended; it is forgotten. */
    Ending gone(Worker worker, ExitStatus status, @Nullable String fault) {
        boolean wasStarting = worker.phase == Worker.Phase.STARTING;
        boolean useless = worker.phase == Worker.Phase.READY
                && worker.assigned == 0
                && turn.nanoTime() - worker.readyNanos < USELESS_NANOS;
        leaveReady(worker);
        worker.phase = Worker.Phase.GONE;
        workers.remove(worker.id);
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
            failures = Math.max(failures, worker.failuresBefore);
            failed(worker, describe(worker, ending, status));
        }
        String reason = ending.reason();
        turn.afterwards(() -> events.workerEnded(pool, reason));
        unsettled = true;
        return ending;
    }

    /** Forgets failures: as many workers as are missing may start at once. */
    private void beginRound() {
        failures = 0;
        nextStartNanos = turn.nanoTime();
        roundStartNanos = nextStartNanos;
    }

    private static String describe(Worker worker, Ending ending, ExitStatus status) {
        return "worker " + worker.id + " "
                + (ending.sentence().isEmpty() ? status.sentence() + " before it could run a call" : ending.sentence());
    }

    /** The last words are known only after {@link #gone}; they make the reason of a broken pool complete. */
    void explain(String lastWords) {
        if (brokenBy != null && !lastWords.isEmpty() && !brokenBy.contains(lastWords)) {
            brokenBy = brokenBy + "; its last words: " + lastWords;
        }
    }

    /** A round of starts has failed; each round counts once, however many of its workers fail. */
    private void failed(Worker worker, String reason) {
        if (worker.startedNanos - roundStartNanos < 0) {
            return;
        }
        failures++;
        long pause = Math.min(LONGEST_PAUSE_NANOS, FIRST_PAUSE_NANOS << Math.min(failures - 1, 20));
        long now = turn.nanoTime();
        nextStartNanos = now + pause;
        roundStartNanos = nextStartNanos;
        if (failures >= TRIES && ready == 0) {
            brokenBy = reason;
        }
    }

    private int wanted() {
        return settings.kind() == PoolKind.PROCESS ? settings.size() : 1;
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
        if (failures == 0) {
            for (int i = 0; i < missing; i++) {
                startOne();
            }
            return;
        }
        if (workers.values().stream().anyMatch(worker -> worker.phase == Worker.Phase.STARTING)) {
            return;
        }
        long wait = nextStartNanos - turn.nanoTime();
        if (wait <= 0) {
            startOne();
            return;
        }
        if (retry != null) {
            retry.cancel();
        }
        retry = turn.after(wait, () -> unsettled = true);
    }

    private void startOne() {
        PoolSettings now = settings;
        boolean shared = now.kind() != PoolKind.PROCESS;
        // A worker of a shared kind never runs its calls one after another, so it is never told that it has one slot.
        WorkerShape shape = new WorkerShape(
                shared ? Math.max(2, now.size()) : now.threadsPerWorker(), now.kind() == PoolKind.COROUTINE);
        Worker worker = new Worker(pool + "-" + ++numbered, shape, now, sequential(), turn.nanoTime());
        WorkerLink link =
                links.link(worker.id, () -> runtimes.apply(now.runtime()).command(shape), listeners.apply(worker));
        worker.attach(link);
        workers.put(worker.id, worker);
        turn.afterwards(link::start);
    }

    /** The worker's process exists; it has a bounded time to become ready. */
    void spawned(Worker worker, ProcessHandle handle) {
        worker.handle = handle;
        turn.after(limits.start().toNanos(), () -> {
            if (worker.phase == Worker.Phase.STARTING) {
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
                release(worker, call);
            }
        }
    }

    /** The call takes a slot of the worker. */
    void occupy(Worker worker, Call call) {
        if (!call.holdsSlot && worker.phase == Worker.Phase.READY) {
            call.holdsSlot = true;
            worker.busy++;
            busy++;
        }
    }

    /** The call gives its slot back. */
    void release(Worker worker, Call call) {
        if (call.holdsSlot) {
            call.holdsSlot = false;
            worker.busy--;
            busy--;
        }
    }

    /** Puts the worker into the row of those with a free slot, if it has one. */
    void offer(Worker worker) {
        if (!worker.open && hasRoom(worker)) {
            worker.open = true;
            open.addLast(worker);
        }
    }

    /** The worker whose free slot is next, or null. It leaves the row: {@link #offer} it again. */
    @Nullable
    Worker takeOpen() {
        for (Worker worker = open.pollFirst(); worker != null; worker = open.pollFirst()) {
            worker.open = false;
            if (hasRoom(worker)) {
                return worker;
            }
        }
        return null;
    }

    private boolean hasRoom(Worker worker) {
        if (!worker.takesCalls() || !mayTakeMore(worker)) {
            return false;
        }
        int slots = settings.kind() == PoolKind.PROCESS ? worker.shape.slots() : settings.size();
        return worker.held.size() - worker.stuck < slots;
    }

    /** Whether {@code max_tasks_per_child} leaves the worker another call. */
    boolean mayTakeMore(Worker worker) {
        Integer most = settings.maxTasksPerChild();
        return most == null || worker.assigned < most;
    }
}
