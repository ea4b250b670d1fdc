package dev.motorpool.pool;

import dev.motorpool.function.TraceContext;
import dev.motorpool.trace.OpenSpan;
import dev.motorpool.trace.Spans;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Records the spans of calls. A call has one span for its wait, until it is sent to a worker, and one from then until
 * its end. A lane has these two spans for all its items together. Guarded by the pool's lock.
 */
final class CallSpans {

    private final String pool;
    private final PoolLock lock;
    private final Spans spans;

    CallSpans(String pool, PoolLock lock, Spans spans) {
        this.pool = pool;
        this.lock = lock;
        this.spans = spans;
    }

    /** The call is about to be sent to a worker; from now on its trace context is that of the second span. */
    void sent(QueuedCall call, Worker worker) {
        TraceContext trace = call.request.trace();
        if (trace == null) {
            return;
        }
        if (call instanceof Chunk chunk) {
            if (chunk.lane.span == null) {
                chunk.lane.sentNanos = lock.nanoTime();
                chunk.lane.span = run(trace, chunk.request, null);
            }
        } else {
            call.sentNanos = lock.nanoTime();
            call.span = run(trace, call.request, worker.id);
        }
    }

    private @Nullable OpenSpan run(TraceContext trace, CallRequest request, @Nullable String worker) {
        OpenSpan span = spans.part("run " + request.function(), trace, Instant.now());
        if (span != null && worker != null) {
            span.with("motorpool.worker", worker);
        }
        return span;
    }

    /** The call has come back from its worker and waits again, as if it had not been sent. */
    void cameBack(QueuedCall call) {
        call.span = null;
    }

    /**
     * The call has ended.
     *
     * @param outcome as in {@link PoolEvents#callEnded}
     */
    void ended(QueuedCall call, String outcome) {
        TraceContext trace = call.request.trace();
        if (trace != null) {
            OpenSpan run = call.span;
            long until = run == null ? lock.nanoTime() : call.sentNanos;
            tell(trace, call.request, call.submittedNanos, until, run, outcome, -1);
        }
    }

    /** The lane has ended: with this failure, or with its last item. */
    void ended(PoolLane lane, @Nullable Failure failure) {
        TraceContext trace = lane.request.trace();
        if (trace != null && lane.added > 0) {
            OpenSpan run = lane.span;
            long until = run == null ? lock.nanoTime() : lane.sentNanos;
            String outcome =
                    failure == null ? "finished" : failure instanceof Failure.Expired ? "expired" : "cancelled";
            tell(trace, lane.template, lane.firstAddedNanos, until, run, outcome, lane.added);
        }
    }

    /** Ends the spans, outside of the lock. The wait and the run get the same outcome. */
    private void tell(
            TraceContext trace,
            CallRequest request,
            long from,
            long until,
            @Nullable OpenSpan run,
            String outcome,
            long items) {
        if (!trace.sampled() || !spans.wanted()) {
            return;
        }
        Instant now = Instant.now();
        long nanos = lock.nanoTime();
        lock.afterwards(() -> {
            OpenSpan wait = spans.part("queue " + pool, trace, now.minusNanos(nanos - from));
            if (wait != null) {
                describe(wait, request, run == null ? outcome : "sent", items).end(now.minusNanos(nanos - until));
            }
            if (run != null) {
                describe(run, request, outcome, items);
                if (!outcome.equals("succeeded") && !outcome.equals("finished")) {
                    run.failed();
                }
                run.end(now);
            }
        });
    }

    private OpenSpan describe(OpenSpan span, CallRequest request, String outcome, long items) {
        span.with("motorpool.pool", pool)
                .with("motorpool.function", request.function())
                .with("motorpool.job", request.jobId().toString())
                .with("motorpool.attempt", request.attempt())
                .with("motorpool.outcome", outcome);
        return items < 0 ? span : span.with("motorpool.items", items);
    }
}
