package dev.motorpool.pool;

import dev.motorpool.function.TraceContext;
import dev.motorpool.pool.settings.PoolSettings;
import dev.motorpool.pool.timer.Timers;
import dev.motorpool.trace.OpenSpan;
import dev.motorpool.wire.Message;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A call in a pool.
 *
 * <p>States: {@code QUEUED -> RUNNING -> ENDED}; {@code QUEUED -> SENT -> RUNNING} if it is sent ahead of its turn;
 * {@code SENT -> QUEUED} when it is recalled; any state to {@code ENDED}, which is final. Mutable fields are guarded by
 * the pool's lock, except {@link #done}, which is completed after the lock was released.
 */
class QueuedCall implements PendingCall {

    enum State {
        QUEUED,
        SENT,
        RUNNING,
        ENDED
    }

    final CallRequest request;
    /** Its number in the pool from 1, and its id on the wire. Set once, with its timeout. */
    long id;
    /** Tie-breaker within a priority. */
    final long age;

    final long submittedNanos;
    /** How long it may run, from its request and the pool's default and limit; null: no limit. */
    @Nullable
    Duration timeout;

    private final Consumer<QueuedCall> canceller;
    private final CompletableFuture<Outcome> done = new CompletableFuture<>();

    State state = State.QUEUED;
    /** The worker that holds it, while SENT or RUNNING. */
    @Nullable
    Worker worker;
    /**
     * The number of the order that sent it to its worker, as {@code WorkerLink#send} returns it; valid while SENT or
     * RUNNING.
     */
    long order;
    /** How often a worker has died that had been sent it and had not accepted it. */
    int returns;

    /** When it got its slot; valid while RUNNING. */
    long startedNanos;
    /** When it was sent to its worker; valid while SENT or RUNNING. */
    long givenNanos;
    /** Grows with each start, so that a timer of an earlier start does nothing. */
    int starts;
    /** The timer of its time to run, or (while QUEUED) to start. */
    Timers.@Nullable Timer limit;
    /** Whether its slot counts as taken; false once its thread is given up as stuck. */
    boolean holdsSlot;

    /** The span of its run in a trace; null before it was sent, and without a trace. */
    @Nullable
    OpenSpan span;
    /** When it was sent to its current worker; valid while it has a span. */
    long sentNanos;

    /** Whether its thread ignored its interrupt. */
    boolean stuck;
    /** Whether it counts towards its tenant's limit of running calls. */
    boolean counted;

    QueuedCall(CallRequest request, long submittedNanos, Consumer<QueuedCall> canceller) {
        this(request, request.age(), submittedNanos, canceller);
    }

    QueuedCall(CallRequest request, long age, long submittedNanos, Consumer<QueuedCall> canceller) {
        this.request = request;
        this.age = age;
        this.submittedNanos = submittedNanos;
        this.canceller = canceller;
    }

    /** The pool accepts the call: sets its number, and how long it may run. */
    void admit(long number, PoolSettings settings) {
        id = number;
        timeout = limit(request.timeout(), settings);
    }

    /** Whether it lives in the store. Its pool holds it on behalf of the store, and no caller waits for it. */
    boolean detached() {
        return request.listener() != null;
    }

    /** The time limit of a call that asks for this one; null: none. */
    static @Nullable Duration limit(@Nullable Duration asked, PoolSettings settings) {
        Duration most = settings.maxTimeout();
        Duration wanted = asked != null ? asked : settings.defaultTimeout();
        return most != null && (wanted == null || wanted.compareTo(most) > 0) ? most : wanted;
    }

    /** A timeout if it ran longer than it may, by the time its worker reports; otherwise the failure given. */
    @Nullable
    Failure judge(long nanos, long now, @Nullable Failure reported) {
        Duration most = timeout;
        boolean late = most != null && Math.min(nanos, now - givenNanos) > most.toNanos();
        return most != null && late ? new Failure.TimedOut(most) : reported;
    }

    /** How many calls of it its worker has not reported: 1, or the number of items. */
    int unreported() {
        return 1;
    }

    /** How many calls of it have not started. */
    int unstarted() {
        return state == State.QUEUED || state == State.SENT ? 1 : 0;
    }

    /** The trace context that is sent to its worker; null if there is none. */
    @Nullable
    TraceContext trace() {
        return span == null ? request.trace() : span.context();
    }

    /** The order that is sent to its worker. */
    Message.Order message(Worker to) {
        TraceContext trace = trace();
        return new Message.Call(
                id,
                request.attempt(),
                request.function(),
                request.args(),
                request.kwargs(),
                detached(),
                trace == null ? null : trace.traceparent(),
                trace == null ? null : trace.tracestate(),
                about(to));
    }

    /** What the function can ask, for a worker that wants to be told; else null. */
    Message.@Nullable About about(Worker to) {
        return to.pool == null ? null : new Message.About(request.jobId().toString(), to.pool, timeout);
    }

    void cancelLimit() {
        if (limit != null) {
            limit.cancel();
            limit = null;
        }
    }

    /** Wakes the waiting caller; called once, without the pool's lock. */
    void complete(Outcome decided) {
        done.complete(decided);
    }

    @Override
    public @Nullable Outcome await(Duration limit) throws InterruptedException {
        try {
            return done.get(limit.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException notYet) {
            return null;
        } catch (ExecutionException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    @Override
    public Outcome await() throws InterruptedException {
        try {
            return done.get();
        } catch (ExecutionException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    @Override
    public CompletionStage<Outcome> outcome() {
        return done.minimalCompletionStage();
    }

    @Override
    public void cancel() {
        canceller.accept(this);
    }
}
