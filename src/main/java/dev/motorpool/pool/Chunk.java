package dev.motorpool.pool;

import dev.motorpool.function.TraceContext;
import dev.motorpool.json.JsonSlices;
import dev.motorpool.json.RawJson;
import dev.motorpool.wire.Message;
import org.jspecify.annotations.Nullable;

/**
 * Items of a lane that go to a worker together, and run there one after another in one slot. While it waits it is only a
 * place in the queue; which items it has is decided when a slot takes it. Items that come back go to their lane, not
 * into this again. Guarded by the pool's lock.
 */
final class Chunk extends QueuedCall {

    private static final JsonSlices NONE = JsonSlices.elements(RawJson.EMPTY_ARRAY);

    final PoolLane lane;

    private JsonSlices items = NONE;
    /** The index in its lane of its first item. */
    long first;
    /** When its items were added. */
    long addedNanos;
    /** Whether its one item may have killed a worker, and runs again to be sure. */
    boolean alone;

    /** Items that its worker has reported; unless that is all, the item of this place runs, or waits to. */
    int reported;
    /** When that item was first known to be next, by {@code Timers#activeNanos}; its time limit counts from then. */
    long begunNanos;
    /** Where it ends, which is earlier once items were given back. */
    int end;
    /** Whether the item that runs has its outcome, though its worker has not reported it. */
    boolean decided;
    /** Whether its worker has said that this item runs. */
    boolean announced;
    /** Whether it was asked to give back what has not started. */
    boolean recalled;

    Chunk(PoolLane lane, long id, long age) {
        super(lane.template, age, 0, call -> {});
        this.lane = lane;
        this.id = id;
        this.timeout = lane.timeout;
    }

    void fill(PoolLane.Span span, int count) {
        // A map that is detached may have one item that runs for hours: it must not hold all the others in memory.
        items = detached() ? span.items().copy(0, count) : span.items().part(0, count);
        first = span.first();
        addedNanos = span.addedNanos();
        alone = span.alone();
        returns = span.returns();
        end = count;
    }

    /** Its items from a place up to its end, as they wait in their lane. */
    PoolLane.Span rest(int from, boolean runAlone) {
        return new PoolLane.Span(first + from, items.part(from, end), addedNanos, alone || runAlone, returns);
    }

    @Override
    int unreported() {
        return end - reported;
    }

    @Override
    boolean detached() {
        return lane.request.detached();
    }

    /** Items that wait behind the one that runs. */
    @Override
    int unstarted() {
        return state == State.QUEUED || state == State.SENT ? unreported() : Math.max(0, unreported() - 1);
    }

    /** Whether it is certain that the item at {@link #reported} is the one that runs. */
    boolean certain() {
        return announced || unreported() == 1;
    }

    @Override
    @Nullable
    TraceContext trace() {
        return lane.span == null ? request.trace() : lane.span.context();
    }

    @Override
    Message.Order message() {
        TraceContext trace = trace();
        return new Message.Chunk(
                id,
                request.attempt(),
                request.function(),
                lane.request.star(),
                items.part(0, end),
                detached(),
                trace == null ? null : trace.traceparent(),
                trace == null ? null : trace.tracestate());
    }
}
