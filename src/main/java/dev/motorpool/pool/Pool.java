package dev.motorpool.pool;

import dev.motorpool.runtime.WorkerRuntime;
import dev.motorpool.trace.Spans;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A queue and slots in worker processes.
 *
 * <pre>
 *   submit -> CallQueue -> Dispatcher -> Worker -> WorkerProcess (pipes) ... worker process
 *   outcome <- Dispatcher <- WorkerReports <- WorkerProcess
 *                                Crew: as many workers as there should be; Hiring: their start; Departures: their end
 * </pre>
 *
 * One lock ({@link Turn}) owns all of it. The pool's own state is its {@link PoolLife}: open until {@link #close}, which ends the pool when it
 * is idle and no detached job is outstanding, or {@link #terminate}, which ends it at once; both are final.
 */
public final class Pool implements PoolGauges {

    private final String name;
    private final Turn turn;
    private final Condition allGone;
    private final Tally tally = new Tally();
    private final Roster roster = new Roster();
    private final Starts starts;
    private final PoolLife life;
    private final Departures departures;
    private final Hiring hiring;
    private final Crew crew;
    private final Slots slots;
    private final CallEnds ends;
    private final Interrupts interrupts;
    private final Lanes lanes;
    private final Dispatcher dispatcher;
    private final MemoryWatch memory;
    private final SilenceWatch silence;
    private final PoolEvents events;
    private final int valueLimit;
    /** Detached jobs that have not ended, wherever they wait. Guarded by the turn's lock. */
    private long outstanding;

    Pool(
            String name,
            PoolSettings settings,
            EngineLimits limits,
            Function<String, WorkerRuntime> runtimes,
            PoolEvents events,
            Timers timers,
            Spawner spawner,
            WorkerLink.Factory links,
            Spans keeper) {
        this.name = name;
        this.events = events;
        this.valueLimit = limits.value();
        this.turn = new Turn(timers, this::settle);
        this.allGone = turn.condition();
        this.slots = new Slots(settings);
        this.starts = new Starts(turn);
        this.life = new PoolLife(name, starts);
        this.departures = new Departures(name, turn, limits, events, tally, roster, slots, starts);
        this.hiring = new Hiring(
                name,
                turn,
                limits,
                events,
                tally,
                roster,
                slots,
                starts,
                departures,
                worker -> links.link(
                        worker.id,
                        () -> runtimes.apply(worker.settings.runtime()).command(worker.shape),
                        reports(worker)));
        this.crew = new Crew(settings, roster, slots, starts, departures, hiring, turn);
        RunTimes runTimes = new RunTimes();
        CallSpans spans = new CallSpans(name, turn, keeper);
        this.ends = new CallEnds(name, turn, events, tally, runTimes, spans);
        Ahead ahead = new Ahead(turn, roster, slots, departures, runTimes);
        CallQueue queue = new CallQueue(limits.running());
        this.interrupts = new Interrupts(turn, departures, slots, limits, ends, ahead, queue);
        this.lanes = new Lanes(turn, crew, queue, ends.items(), new ChunkSizes(runTimes), ahead, interrupts, spans);
        this.dispatcher = new Dispatcher(turn, roster, slots, departures, ends, ahead, interrupts, queue, lanes, spans);
        this.silence = new SilenceWatch(turn, roster, dispatcher, departures, limits.silence());
        this.memory = new MemoryWatch(turn, timers, spawner, crew, roster, departures);
    }

    /** Starts the workers; once, after the pool can be found by its name. */
    void open() {
        turn.take(() -> {});
    }

    private WorkerLink.Listener reports(Worker worker) {
        return new WorkerReports(
                worker, turn, hiring, departures, starts, slots, dispatcher, lanes, interrupts, ends, valueLimit);
    }

    public String name() {
        return name;
    }

    /**
     * Queues a call.
     *
     * @throws RefusedException if the queue is full, or the pool closed or broken
     */
    public PendingCall submit(CallRequest request) throws RefusedException {
        Submission submission = new Submission(request);
        turn.take(submission);
        if (submission.refusal != null) {
            throw submission.refusal;
        }
        return submission.call;
    }

    /**
     * Opens a lane for the items of a map or stream.
     *
     * @throws RefusedException if the pool is closed or broken
     */
    public Lane lane(LaneRequest request, LaneResults results) throws RefusedException {
        Lane[] lane = {null};
        RefusedException[] refused = {null};
        turn.take(() -> {
            refused[0] = life.refusal();
            if (refused[0] == null) {
                lane[0] = lanes.open(request, results);
            } else {
                rejected(refused[0]);
            }
        });
        if (refused[0] != null) {
            throw refused[0];
        }
        return lane[0];
    }

    /**
     * Counts one more detached job as outstanding: a closed pool keeps its workers until all of these have ended.
     *
     * @throws RefusedException if the pool is closed or terminated, or the service stops; a broken pool takes it
     */
    public void admitDetached() throws RefusedException {
        RefusedException[] refused = {null};
        turn.take(() -> {
            refused[0] = life.detachedRefusal();
            if (refused[0] == null) {
                outstanding++;
            } else {
                rejected(refused[0]);
            }
        });
        if (refused[0] != null) {
            throw refused[0];
        }
    }

    /** Counts detached jobs that were outstanding before the service started; also in a closed pool. */
    public void restoreDetached(long jobs) {
        turn.take(() -> outstanding += jobs);
    }

    /** So many outstanding detached jobs have ended. */
    public void detachedEnded(long jobs) {
        turn.take(() -> outstanding -= jobs);
    }

    /**
     * Queues the call of an outstanding detached job. It is never refused: it waits in a broken pool until that heals, a
     * closed one runs it, and in one that is terminated or stopping it ends at once.
     *
     * @param request has a listener, which hears the call's outcome
     */
    public PendingCall submitDetached(CallRequest request) {
        if (request.listener() == null) {
            throw new IllegalArgumentException("a detached call has a listener");
        }
        Call call = new Call(request, turn.nanoTime(), this::cancel);
        turn.take(() -> {
            call.admit(dispatcher.number(), crew.settings());
            tally.submitted++;
            Failure over = life.over();
            if (over != null) {
                ends.end(call, over);
            } else {
                dispatcher.submit(call, crew.settings().queueCapacity());
            }
        });
        return call;
    }

    /**
     * Opens a lane for the items of an outstanding detached job. As {@link #submitDetached}, it is never refused; where the
     * pool is terminated or stopping the lane is ended at once.
     *
     * @param request says that it is detached
     */
    public Lane laneDetached(LaneRequest request, LaneResults results) {
        if (!request.detached()) {
            throw new IllegalArgumentException("the request of a detached lane says so");
        }
        Lane[] lane = {null};
        turn.take(() -> {
            Failure over = life.over();
            lane[0] = over == null ? lanes.open(request, results) : lanes.ended(request, results, over);
        });
        return lane[0];
    }

    /**
     * Takes a detached call out of the queue as if it had never come: it gets no outcome and is not counted.
     *
     * @param pending what this pool's {@link #submitDetached} answered
     * @return false if it does not wait there: it has been given to a worker, has ended, or was withdrawn before
     */
    public boolean withdraw(PendingCall pending) {
        boolean[] withdrawn = {false};
        turn.take(() -> {
            if (pending instanceof Call call && call.detached() && dispatcher.withdraw(call)) {
                tally.submitted--;
                withdrawn[0] = true;
            }
        });
        return withdrawn[0];
    }

    /** The decision on a call that somebody wants to submit. */
    private final class Submission implements Runnable {
        private final Call call;
        private @Nullable RefusedException refusal;

        Submission(CallRequest request) {
            this.call = new Call(request, turn.nanoTime(), Pool.this::cancel);
        }

        @Override
        public void run() {
            refusal = life.refusal();
            if (refusal == null) {
                call.admit(dispatcher.number(), crew.settings());
                if (dispatcher.submit(call, crew.settings().queueCapacity())) {
                    tally.submitted++;
                    return;
                }
                int waiting = dispatcher.waitingBeside(call);
                refusal = new RefusedException(
                        RefusedException.Cause.QUEUE_FULL,
                        "the queue of pool '" + name + "' holds " + waiting + " calls, as many as it may",
                        ends.retryAfter(waiting));
            }
            rejected(refusal);
        }
    }

    private void rejected(RefusedException refusal) {
        tally.rejected++;
        String why = refusal.why().word();
        turn.afterwards(() -> events.callRejected(name, why));
    }

    private void cancel(Call call) {
        turn.take(() -> dispatcher.cancel(call));
    }

    /** After each decision: as many workers and running calls as there should be. */
    private void settle() {
        String broken = starts.brokenBy();
        if (broken != null) {
            dispatcher.endQueued(new Failure.PoolBroken(broken));
        }
        if (crew.dismissed() && life.over() == null && !done()) {
            crew.recall();
        }
        crew.settle();
        dispatcher.dispatch();
        // What was just given may have spent a worker, whose successor need not wait for the next turn.
        crew.settle();
        if (life.closed() && !crew.dismissed() && done()) {
            crew.dismiss(Ending.STOPPED, false);
        }
        if (roster.isEmpty()) {
            allGone.signalAll();
        }
        memory.settle();
        silence.settle();
    }

    /** Whether there is nothing left to do, and nothing to come that was accepted. */
    private boolean done() {
        return outstanding == 0 && dispatcher.idle() && !roster.holdsCalls();
    }

    @Override
    public PoolView view() {
        return turn.read(() -> new PoolView(
                name,
                life.state(),
                life.reason(),
                (int) Math.min(Integer.MAX_VALUE, dispatcher.waiting() + lanes.waiting()),
                slots.busy(),
                roster.stuck(),
                crew.settings(),
                tally.view()));
    }

    /** Its workers that have not ended, in the order of their start. */
    public List<WorkerView> workers() {
        List<WorkerView> views =
                turn.read(() -> roster.all().stream().map(Worker::view).toList());
        return views.stream().map(WorkerView::measured).toList();
    }

    /** Whether its workers have accepted all calls that they were given. */
    boolean acceptedAll() {
        return turn.read(() -> roster.all().stream().noneMatch(Worker::owesAcceptance));
    }

    @Override
    public @Nullable Instant oldestWaiting() {
        return turn.read(dispatcher::oldestWaiting);
    }

    @Override
    public List<WorkerUsage> usage() {
        List<WorkerView> views =
                turn.read(() -> roster.all().stream().map(Worker::view).toList());
        List<WorkerUsage> usage = new ArrayList<>();
        for (WorkerView view : views) {
            Long pid = view.pid();
            WorkerUsage its = pid == null ? null : WorkerUsage.of(view.id(), pid);
            if (its != null) {
                usage.add(its);
            }
        }
        return usage;
    }

    @Override
    public Map<String, Integer> workerStates() {
        return turn.read(() -> {
            Map<String, Integer> states = new HashMap<>();
            roster.all().forEach(worker -> states.merge(worker.state(), 1, Integer::sum));
            return states;
        });
    }

    @Override
    public int idleSlots() {
        return turn.read(() -> slots.idle(roster.all()));
    }

    /** Takes calls and starts none, until {@link #resume}. */
    public void pause() throws RefusedException {
        whileOpen(() -> {
            life.pause(true);
            dispatcher.pause();
        });
    }

    public void resume() throws RefusedException {
        whileOpen(() -> {
            life.pause(false);
            dispatcher.resume();
        });
    }

    /**
     * Takes new settings over; answers at once, surplus workers finish their calls first.
     *
     * @throws RefusedException if the pool is closed
     * @throws IllegalArgumentException if they are of another kind
     */
    public void change(PoolSettings settings) throws RefusedException {
        whileOpen(() -> {
            if (settings.kind() != crew.settings().kind()) {
                throw new IllegalArgumentException("a pool keeps its kind");
            }
            crew.change(settings);
        });
    }

    private void whileOpen(Runnable decision) throws RefusedException {
        RefusedException[] refusal = {null};
        turn.take(() -> {
            if (life.closed()) {
                refusal[0] = life.closedRefusal();
            } else {
                decision.run();
            }
        });
        if (refusal[0] != null) {
            throw refusal[0];
        }
    }

    /** Takes no new calls and finishes what it has, a paused pool too. Again: does nothing. */
    public void close() {
        turn.take(() -> {
            life.close();
            dispatcher.resume();
        });
    }

    /** Kills the workers now; everything outstanding is cancelled. Again: does nothing. */
    public void terminate() {
        turn.take(() -> {
            life.terminate();
            dispatcher.endAll(new Failure.Cancelled());
            crew.dismiss(Ending.STOPPED, true);
        });
    }

    /** Ends everything outstanding as unavailable and kills the workers: the service stops. */
    void stop(String reason) {
        turn.take(() -> {
            life.stop(reason);
            dispatcher.endAll(new Failure.Unavailable(reason));
            crew.dismiss(Ending.STOPPED, true);
        });
    }

    /** Waits until every worker has gone; false if that takes longer. */
    boolean awaitGone(Duration timeout) throws InterruptedException {
        long nanos = timeout.toNanos();
        turn.lock().lockInterruptibly();
        try {
            while (!crew.dismissed() || !roster.isEmpty()) {
                if (nanos <= 0) {
                    return false;
                }
                nanos = allGone.awaitNanos(nanos);
            }
            return true;
        } finally {
            turn.lock().unlock();
        }
    }

    /**
     * Waits until every worker has gone; false if that takes longer.
     *
     * @throws RefusedException if the pool was never closed
     */
    public boolean join(Duration timeout) throws RefusedException, InterruptedException {
        if (turn.read(() -> !life.closed())) {
            throw new RefusedException(
                    RefusedException.Cause.RUNNING,
                    "pool '" + name + "' has to be closed or terminated before it can be joined",
                    null);
        }
        return awaitGone(timeout);
    }

    /** Whether a call runs, or waits and will start; detached ones need not have started before the service stops. */
    boolean busy() {
        return turn.read(() -> roster.holdsCalls() || dispatcher.pending());
    }

    /** Kills the worker's process; the pool starts another. Empty if there is no such worker. */
    public Optional<WorkerView> terminateWorker(String id) {
        WorkerView[] view = {null};
        turn.take(() -> {
            Worker worker = roster.find(id);
            if (worker != null) {
                departures.kill(worker, Ending.REQUEST);
                view[0] = worker.view();
            }
        });
        return Optional.ofNullable(view[0]).map(WorkerView::measured);
    }
}
