package dev.motorpool.pool;

import dev.motorpool.json.RawJson;
import dev.motorpool.wire.Message;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Completes calls. Each call gets one outcome, which is counted, and reported after the lock is released. The listener
 * of a detached call also gets the events before the outcome. Guarded by the pool's lock.
 */
final class CallCompletion {

    private final String pool;
    private final PoolLock lock;
    private final PoolEvents events;
    private final PoolCounters counters;
    private final RunTimes runTimes;
    private final CompletionRate rate;
    private final ItemCompletion items;
    private final CallSpans spans;

    CallCompletion(
            String pool, PoolLock lock, PoolEvents events, PoolCounters counters, RunTimes runTimes, CallSpans spans) {
        this.spans = spans;
        this.pool = pool;
        this.lock = lock;
        this.events = events;
        this.counters = counters;
        this.runTimes = runTimes;
        this.rate = new CompletionRate(lock.nanoTime());
        this.items = new ItemCompletion(pool, lock, events, counters, runTimes, rate);
    }

    ItemCompletion items() {
        return items;
    }

    /** When a refused caller should retry. */
    Duration retryAfter(int waiting) {
        return rate.retryAfter(waiting, lock.nanoTime());
    }

    /** Ends the call by the pool's decision. A call that has ended stays as it is. */
    void end(QueuedCall call, Failure failure) {
        if (call.state == QueuedCall.State.ENDED) {
            return;
        }
        long now = lock.nanoTime();
        if (call instanceof Chunk chunk) {
            items.end(chunk, failure);
            return;
        }
        Worker worker = call.worker;
        Outcome.Run run = worker != null && call.state == QueuedCall.State.RUNNING
                ? run(call, worker, now, now - call.startedNanos)
                : null;
        end(call, new Outcome.Failed(failure, run), now);
    }

    /**
     * The worker has reported the end of the call, which ran for {@code nanos} by the worker's clock. If that exceeds
     * the call's time limit, the call has timed out, even if it returned a value.
     *
     * @param failure how it failed; null: it returned the value
     */
    void end(QueuedCall call, Worker worker, long nanos, RawJson value, @Nullable Failure failure) {
        long now = lock.nanoTime();
        Outcome.Run run = reportedRun(call, worker, now, nanos);
        Failure judged = call.judge(nanos, now, failure);
        end(call, judged == null ? new Outcome.Succeeded(value, run) : new Outcome.Failed(judged, run), now);
    }

    private void end(QueuedCall call, Outcome outcome, long now) {
        if (call.state == QueuedCall.State.ENDED) {
            return;
        }
        call.cancelLimit();
        call.state = QueuedCall.State.ENDED;
        rate.add(now, 1);
        if (call.detached() && outcome instanceof Outcome.Failed(Failure.FunctionMissing missing, var its)) {
            endUncounted(call, outcome);
            return;
        }
        String word =
                outcome instanceof Outcome.Failed failed ? counters.count(failed.failure(), 1) : counters.count(1);
        Outcome.Run run = outcome.run();
        long waited = run == null ? now - call.submittedNanos : run.queueNanos();
        long ran = run == null ? -1 : run.runNanos();
        spans.ended(call, word);
        lock.afterwards(() -> {
            call.complete(outcome);
            events.callEnded(pool, call.request.function(), word, waited, ran);
            events.tenantCallsEnded(call.request.tenant().name(), word, 1);
        });
        CallListener listener = call.request.listener();
        if (listener != null) {
            lock.afterwards(() -> listener.ended(outcome));
        }
    }

    /** Ends a detached call that is submitted again once its function is there, as if it had never been submitted. */
    private void endUncounted(QueuedCall call, Outcome outcome) {
        counters.submitted--;
        spans.ended(call, "cancelled");
        CallListener listener = call.request.listener();
        lock.afterwards(() -> {
            call.complete(outcome);
            if (listener != null) {
                listener.ended(outcome);
            }
        });
    }

    /** The call has its slot. */
    void started(QueuedCall call, Worker worker) {
        CallListener listener = call.request.listener();
        if (listener != null) {
            Instant now = Instant.now();
            long waited = call.startedNanos - call.submittedNanos;
            lock.afterwards(() -> listener.started(now, waited, worker.id, worker.pid()));
        }
    }

    void progress(QueuedCall call, Message.Progress progress) {
        CallListener listener = listening(call);
        if (listener != null) {
            lock.afterwards(() -> listener.progress(progress.done(), progress.total(), progress.message()));
        }
    }

    void output(QueuedCall call, String text) {
        if (call instanceof Chunk chunk) {
            items.output(chunk, text);
            return;
        }
        CallListener listener = listening(call);
        if (listener != null) {
            lock.afterwards(() -> listener.output(text));
        }
    }

    /** The listener of the call, if the call runs. */
    private static @Nullable CallListener listening(QueuedCall call) {
        return call.state == QueuedCall.State.RUNNING ? call.request.listener() : null;
    }

    /** Accepts the run time that the worker reports if it is plausible. */
    private Outcome.Run reportedRun(QueuedCall call, Worker worker, long now, long nanos) {
        long possible = Math.clamp(nanos, 0, Math.max(0, now - call.startedNanos));
        runTimes.add(call.request.function(), possible);
        return run(call, worker, now, possible);
    }

    private static Outcome.Run run(QueuedCall call, Worker worker, long now, long nanos) {
        Instant finished = Instant.now();
        return new Outcome.Run(
                finished.minusNanos(nanos),
                finished,
                now - nanos - call.submittedNanos,
                nanos,
                worker.id,
                worker.pid());
    }
}
