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
 * <p>States: {@code QUEUED -> RUNNING -> ENDED}; {@code QUEUED -> SENT -> RUNNING} where it is sent ahead of its turn;
 * {@code SENT -> QUEUED} when it is recalled; any state to {@code ENDED}, which stays. Mutable fields are guarded by
 * the pool's lock, but for {@link #done}, which is completed after the lock was released.
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
    /** What it is ordered by among calls of its priority. */
    final long age;

    final long submittedNanos;
    /** How long it may run, the pool's default and limit considered; null: for ever. */
    @Nullable
    Duration timeout;

    private final Consumer<QueuedCall> canceller;
    private final CompletableFuture<Outcome> done = new CompletableFuture<>();

    State state = State.QUEUED;
    /** Who holds it, while SENT or RUNNING. */
    @Nullable
    Worker worker;
    /** The number of the order by which its worker got it, as {@code WorkerLink#send} answers; valid while SENT or RUNNING. */
    long order;
    /** How often a worker has died that had got it and had not accepted it. */
    int returns;

    /** When it got its slot; valid while RUNNING. */
    long startedNanos;
    /** When it was given to its worker; valid while SENT or RUNNING. */
    long givenNanos;
    /** Grows with each start, so that a timer of an earlier start does nothing. */
    int starts;
    /** The end of its time to run, or (while QUEUED) to start. */
    Timers.@Nullable Timer limit;
    /** Whether its slot counts as taken; false again once its thread is given up as stuck. */
    boolean holdsSlot;

    /** How it runs, as its trace shows it; null before it was sent, and where no trace does. */
    @Nullable
    OpenSpan span;
    /** When it was given to the worker that it is at; valid while it has a span. */
    long sentNanos;

    /** Whether its thread ignored its interrupt. */
    boolean stuck;
    /** Whether it counts among the running calls of a tenant that may have only a number of them. */
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

    /** The pool takes the call: its number, and how long it may run. */
    void admit(long number, PoolSettings settings) {
        id = number;
        timeout = limit(request.timeout(), settings);
    }

    /** Whether it lives in the store: its pool holds it on behalf of that, and nobody here waits for it. */
    boolean detached() {
        return request.listener() != null;
    }

    /** How long a call may run that asks for this; null: for ever. */
    static @Nullable Duration limit(@Nullable Duration asked, PoolSettings settings) {
        Duration most = settings.maxTimeout();
        Duration wanted = asked != null ? asked : settings.defaultTimeout();
        return most != null && (wanted == null || wanted.compareTo(most) > 0) ? most : wanted;
    }

    /** Its failure if it ran longer than it may, by what its worker reports now; else the one given. */
    @Nullable
    Failure judge(long nanos, long now, @Nullable Failure reported) {
        Duration most = timeout;
        boolean late = most != null && Math.min(nanos, now - givenNanos) > most.toNanos();
        return most != null && late ? new Failure.TimedOut(most) : reported;
    }

    /** How many calls of it its worker has not reported: 1, or so many items. */
    int unreported() {
        return 1;
    }

    /** How many calls of it have not started. */
    int unstarted() {
        return state == State.QUEUED || state == State.SENT ? 1 : 0;
    }

    /** What its worker is told of its trace; null if there is none. */
    @Nullable
    TraceContext trace() {
        return span == null ? request.trace() : span.context();
    }

    /** What its worker is told. */
    Message.Order message() {
        TraceContext trace = trace();
        return new Message.Call(
                id,
                request.attempt(),
                request.function(),
                request.args(),
                request.kwargs(),
                detached(),
                trace == null ? null : trace.traceparent(),
                trace == null ? null : trace.tracestate());
    }

    void cancelLimit() {
        if (limit != null) {
            limit.cancel();
            limit = null;
        }
    }

    /** Wakes who waits; called once, without the pool's lock. */
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
