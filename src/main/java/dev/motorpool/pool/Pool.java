package dev.motorpool.pool;

import dev.motorpool.pool.process.WorkerLink;
import dev.motorpool.pool.settings.PoolSettings;
import dev.motorpool.pool.timer.Timers;
import dev.motorpool.runtime.Spawner;
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
 *   submit -> Dispatcher -> CallQueue -> Dispatcher -> Worker -> WorkerProcess ==pipe==> worker process
 *   outcome <- CallCompletion <- WorkerReports <- WorkerProcess <==pipe== worker process
 *
 *   WorkerScaler: number of workers; WorkerStarter: their start; WorkerTermination: their end
 * </pre>
 *
 * One lock ({@link PoolLock}) guards all of it. The pool's own state is its {@link PoolLife}. It is open until
 * {@link #close} or {@link #terminate}, which are final. Close ends the pool when it is idle and no detached job is
 * outstanding; terminate ends it at once.
 */
public final class Pool implements PoolGauges {

    private final String name;
    /** The name of its workers' runtime; changed under the lock. */
    private volatile String runtime;

    private final PoolLock lock;
    private final Condition allGone;
    private final PoolCounters counters = new PoolCounters();
    private final WorkerSet workerSet = new WorkerSet();
    private final StartBackoff backoff;
    private final PoolLife life;
    private final WorkerTermination termination;
    private final WorkerStarter starter;
    private final WorkerScaler scaler;
    private final Slots slots;
    private final CallCompletion ends;
    private final Interrupts interrupts;
    private final Lanes lanes;
    private final Dispatcher dispatcher;
    private final MemoryWatch memory;
    private final SilenceWatch silence;
    private final PoolEvents events;
    private final int valueLimit;
    /** Detached jobs that have not ended, wherever they wait. Guarded by the pool's lock. */
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
        this.runtime = settings.runtime();
        this.events = events;
        this.valueLimit = limits.value();
        this.lock = new PoolLock(timers, this::settle);
        this.allGone = lock.condition();
        this.slots = new Slots(settings);
        this.backoff = new StartBackoff(lock);
        this.life = new PoolLife(name, backoff);
        this.termination = new WorkerTermination(name, lock, limits, events, counters, workerSet, slots, backoff);
        this.starter = new WorkerStarter(
                name,
                lock,
                limits,
                events,
                counters,
                workerSet,
                slots,
                backoff,
                termination,
                worker -> links.link(
                        worker.id,
                        () -> runtimes.apply(worker.settings.runtime()).command(worker.shape),
                        reports(worker)));
        this.scaler = new WorkerScaler(settings, workerSet, slots, backoff, termination, starter, lock);
        RunTimes runTimes = new RunTimes();
        CallSpans spans = new CallSpans(name, lock, keeper);
        this.ends = new CallCompletion(name, lock, events, counters, runTimes, spans);
        Prefetch prefetch = new Prefetch(lock, workerSet, slots, termination, runTimes);
        CallQueue queue = new CallQueue(limits.running());
        this.interrupts = new Interrupts(lock, termination, slots, limits, ends, prefetch, queue);
        this.lanes =
                new Lanes(lock, scaler, queue, ends.items(), new ChunkSizes(runTimes), prefetch, interrupts, spans);
        this.dispatcher =
                new Dispatcher(lock, workerSet, slots, termination, ends, prefetch, interrupts, queue, lanes, spans);
        this.silence = new SilenceWatch(lock, workerSet, dispatcher, termination, limits.silence());
        this.memory = new MemoryWatch(lock, timers, spawner, scaler, workerSet, termination);
    }

    /** Starts the workers. Called once, after the pool can be found by its name. */
    void open() {
        lock.take(() -> {});
    }

    private WorkerLink.Listener reports(Worker worker) {
        return new WorkerReports(
                worker, lock, starter, termination, backoff, slots, dispatcher, lanes, interrupts, ends, valueLimit);
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
        QueuedCall call = new QueuedCall(request, lock.nanoTime(), this::cancel);
        return lock.decide(() -> admitted(call));
    }

    /**
     * Opens a lane for the items of a map or stream.
     *
     * @throws RefusedException if the pool is closed or broken
     */
    public Lane lane(LaneRequest request, LaneResults results) throws RefusedException {
        return lock.decide(() -> {
            accept(life.refusal());
            return lanes.open(request, results);
        });
    }

    /**
     * Counts one more detached job as outstanding. A closed pool keeps its workers until all of these have ended.
     *
     * @throws RefusedException if the pool is closed or terminated, or the service stops; a broken pool takes it
     */
    public void admitDetached() throws RefusedException {
        long _ = lock.decide(() -> {
            accept(life.detachedRefusal());
            return ++outstanding;
        });
    }

    /** Counts detached jobs that were outstanding before the service started, even in a closed pool. */
    public void restoreDetached(long jobs) {
        lock.take(() -> outstanding += jobs);
    }

    /** These outstanding detached jobs have ended. */
    public void detachedEnded(long jobs) {
        lock.take(() -> outstanding -= jobs);
    }

    /**
     * Queues the call of an outstanding detached job, which is never refused. In a broken pool it waits until the pool
     * heals. A closed pool runs it. In a pool that is terminated or stopping it ends at once.
     *
     * @param request has a listener, which gets the call's outcome
     */
    public PendingCall submitDetached(CallRequest request) {
        if (request.listener() == null) {
            throw new IllegalArgumentException("a detached call has a listener");
        }
        QueuedCall call = new QueuedCall(request, lock.nanoTime(), this::cancel);
        lock.take(() -> {
            call.admit(dispatcher.number(), scaler.settings());
            counters.submitted++;
            Failure over = life.over();
            if (over != null) {
                ends.end(call, over);
            } else {
                dispatcher.submit(call, scaler.settings().queueCapacity());
            }
        });
        return call;
    }

    /**
     * Opens a lane for the items of an outstanding detached job. Never refused, as {@link #submitDetached}. If the pool
     * is terminated or stopping, the lane is ended at once.
     *
     * @param request is detached
     */
    public Lane laneDetached(LaneRequest request, LaneResults results) {
        if (!request.detached()) {
            throw new IllegalArgumentException("the request of a detached lane says so");
        }
        return lock.decide(() -> {
            Failure over = life.over();
            return over == null ? lanes.open(request, results) : lanes.ended(request, results, over);
        });
    }

    /**
     * Removes a detached call from the queue as if it had never been submitted: it gets no outcome and is not counted.
     *
     * @param pending what this pool's {@link #submitDetached} returned
     * @return false if it does not wait there: it has been sent to a worker, has ended, or was withdrawn before
     */
    public boolean withdraw(PendingCall pending) {
        return lock.decide(() -> {
            boolean withdrawn = pending instanceof QueuedCall call && call.detached() && dispatcher.withdraw(call);
            if (withdrawn) {
                counters.submitted--;
            }
            return withdrawn;
        });
    }

    private QueuedCall admitted(QueuedCall call) throws RefusedException {
        accept(life.refusal());
        call.admit(dispatcher.number(), scaler.settings());
        if (!dispatcher.submit(call, scaler.settings().queueCapacity())) {
            int waiting = dispatcher.waitingBeside(call);
            accept(new RefusedException(
                    RefusedException.Cause.QUEUE_FULL,
                    "the queue of pool '" + name + "' holds " + waiting + " calls, as many as it may",
                    ends.retryAfter(waiting)));
        }
        counters.submitted++;
        return call;
    }

    /** Counts and throws the refusal, if there is one. Within a turn. */
    private void accept(@Nullable RefusedException refusal) throws RefusedException {
        if (refusal != null) {
            counters.rejected++;
            String why = refusal.why().word();
            lock.afterwards(() -> events.callRejected(name, why));
            throw refusal;
        }
    }

    private void cancel(QueuedCall call) {
        lock.take(() -> dispatcher.cancel(call));
    }

    /** Runs after each decision: adjusts the number of workers, and starts calls. */
    private void settle() {
        String broken = backoff.brokenBy();
        if (broken != null) {
            dispatcher.endQueued(new Failure.PoolBroken(broken));
        }
        if (scaler.dismissed() && life.over() == null && !done()) {
            scaler.recall();
        }
        if (scaler.settings().onDemand()) {
            scaler.need(dispatcher.demand());
        }
        scaler.settle();
        dispatcher.dispatch();
        // The calls just sent may have spent a worker, whose successor need not wait for the next turn.
        scaler.settle();
        if (life.closed() && !scaler.dismissed() && done()) {
            scaler.dismiss(StopReason.STOPPED, false);
        }
        if (workerSet.isEmpty()) {
            allGone.signalAll();
        }
        memory.settle();
        silence.settle();
    }

    /** Whether all accepted work is done and none is outstanding. */
    private boolean done() {
        return outstanding == 0 && dispatcher.idle() && !workerSet.holdsCalls();
    }

    /** The name of its workers' runtime. */
    public String runtime() {
        return runtime;
    }

    @Override
    public PoolView view() {
        return lock.read(() -> new PoolView(
                name,
                life.state(scaler.settings().onDemand()),
                life.reason(),
                life.since(),
                (int) Math.min(Integer.MAX_VALUE, dispatcher.waiting() + lanes.waiting()),
                slots.busy(),
                workerSet.stuck(),
                scaler.settings(),
                counters.view()));
    }

    /** Its workers that have not ended, in the order of their start. */
    public List<WorkerView> workers() {
        List<WorkerView> views =
                lock.read(() -> workerSet.all().stream().map(Worker::view).toList());
        return views.stream().map(WorkerView::measured).toList();
    }

    /** Whether its workers have accepted all calls that they were sent. */
    boolean acceptedAll() {
        return lock.read(() -> workerSet.all().stream().noneMatch(Worker::owesAcceptance));
    }

    @Override
    public @Nullable Instant oldestWaiting() {
        return lock.read(dispatcher::oldestWaiting);
    }

    @Override
    public List<WorkerUsage> usage() {
        List<WorkerView> views =
                lock.read(() -> workerSet.all().stream().map(Worker::view).toList());
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
        return lock.read(() -> {
            Map<String, Integer> states = new HashMap<>();
            workerSet.all().forEach(worker -> states.merge(worker.state(), 1, Integer::sum));
            return states;
        });
    }

    @Override
    public int idleSlots() {
        return lock.read(() -> slots.idle(workerSet.all()));
    }

    /** Accepts calls and starts none, until {@link #resume}. */
    public void pause() throws RefusedException {
        whileOpen(() -> {
            life.pause(lock.instant());
            dispatcher.pause();
        });
    }

    public void resume() throws RefusedException {
        whileOpen(() -> {
            life.resume();
            dispatcher.resume();
        });
    }

    /**
     * Applies new settings. Returns at once; surplus workers finish their calls first.
     *
     * @throws RefusedException if the pool is closed
     * @throws IllegalArgumentException if they are of another kind
     */
    public void change(PoolSettings settings) throws RefusedException {
        whileOpen(() -> {
            if (settings.kind() != scaler.settings().kind()) {
                throw new IllegalArgumentException("a pool keeps its kind");
            }
            scaler.change(settings);
            runtime = settings.runtime();
        });
    }

    /** Replaces all workers. What runs in them ends there; what waits runs in the new ones. */
    public void renew() {
        lock.take(() -> {
            dispatcher.recallAll();
            scaler.renew();
        });
    }

    private void whileOpen(Runnable decision) throws RefusedException {
        boolean _ = lock.decide(() -> {
            if (life.closed()) {
                throw life.closedRefusal();
            }
            decision.run();
            return true;
        });
    }

    /** Takes no new calls and finishes the ones it has, even if it is paused. Idempotent. */
    public void close() {
        lock.take(() -> {
            life.close();
            dispatcher.resume();
        });
    }

    /** Kills the workers now and cancels everything outstanding. Idempotent. */
    public void terminate() {
        lock.take(() -> {
            life.terminate();
            dispatcher.endAll(new Failure.Cancelled());
            scaler.dismiss(StopReason.STOPPED, true);
        });
    }

    /** The service stops: ends everything outstanding as unavailable and kills the workers. */
    void stop(String reason) {
        lock.take(() -> {
            life.stop(reason);
            dispatcher.endAll(new Failure.Unavailable(reason));
            scaler.dismiss(StopReason.STOPPED, true);
        });
    }

    /** Waits until every worker has gone. Returns false on timeout. */
    boolean awaitGone(Duration timeout) throws InterruptedException {
        long nanos = timeout.toNanos();
        lock.lock().lockInterruptibly();
        try {
            while (!scaler.dismissed() || !workerSet.isEmpty()) {
                if (nanos <= 0) {
                    return false;
                }
                nanos = allGone.awaitNanos(nanos);
            }
            return true;
        } finally {
            lock.lock().unlock();
        }
    }

    /**
     * Waits until every worker has gone. Returns false on timeout.
     *
     * @throws RefusedException if the pool was never closed
     */
    public boolean join(Duration timeout) throws RefusedException, InterruptedException {
        if (lock.read(() -> !life.closed())) {
            throw new RefusedException(
                    RefusedException.Cause.RUNNING,
                    "pool '" + name + "' has to be closed or terminated before it can be joined",
                    null);
        }
        return awaitGone(timeout);
    }

    /** Whether a call runs, or waits and will start. Detached calls need not start before the service stops. */
    boolean busy() {
        return lock.read(() -> workerSet.holdsCalls() || dispatcher.pending());
    }

    /** Kills the worker's process; the pool starts another. Returns empty if there is no such worker. */
    public Optional<WorkerView> terminateWorker(String id) {
        Optional<WorkerView> view = lock.decide(() -> {
            Optional<Worker> worker = Optional.ofNullable(workerSet.find(id));
            worker.ifPresent(found -> termination.kill(found, StopReason.REQUEST));
            return worker.map(Worker::view);
        });
        return view.map(WorkerView::measured);
    }
}
