package dev.motorpool.pool;

import dev.motorpool.function.TraceContext;
import dev.motorpool.json.JsonSlices;
import dev.motorpool.json.RawJson;
import dev.motorpool.wire.Message;
import org.jspecify.annotations.Nullable;

/**
 * Items of a lane that are sent to a worker together and run there one after another in one slot. While it waits, a
 * chunk is only a place in the queue; its items are chosen when a slot takes it. Items that come back go to their lane,
 * not into this chunk again. Guarded by the pool's lock.
 */
final class Chunk extends QueuedCall {

    private static final JsonSlices NONE = JsonSlices.elements(RawJson.EMPTY_ARRAY);

    final PoolLane lane;

    private JsonSlices items = NONE;
    /** The index in its lane of its first item. */
    long first;
    /** When its items were added. */
    long addedNanos;
    /** Whether its one item is a suspect in a worker's death and runs again alone. */
    boolean alone;

    /** How many items its worker has reported. Unless that is all, the item at this place runs or is about to. */
    int reported;
    /** When that item became the next one, by {@code Timers#activeNanos}; its time limit counts from then. */
    long begunNanos;
    /** Its end, which moves down when items are given back. */
    int end;
    /** Whether the running item has its outcome although its worker has not reported it. */
    boolean decided;
    /** Whether its worker has reported the start of this item. */
    boolean announced;
    /** Whether the worker was asked to give back the items that have not started. */
    boolean recalled;

    Chunk(PoolLane lane, long id, long age) {
        super(lane.template, age, 0, call -> {});
        this.lane = lane;
        this.id = id;
        this.timeout = lane.timeout;
    }

    void fill(PoolLane.Span span, int count) {
        // An item of a detached map may run for hours: it must not hold all the others in memory.
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

    /** How many items wait behind the running one. */
    @Override
    int unstarted() {
        return state == State.QUEUED || state == State.SENT ? unreported() : Math.max(0, unreported() - 1);
    }

    /** Whether the item at {@link #reported} is certainly the running one. */
    boolean certain() {
        return announced || unreported() == 1;
    }

    @Override
    @Nullable
    TraceContext trace() {
        return lane.span == null ? request.trace() : lane.span.context();
    }

    @Override
    Message.Order message(Worker to) {
        TraceContext trace = trace();
        return new Message.Chunk(
                id,
                request.attempt(),
                request.function(),
                lane.request.star(),
                items.part(0, end),
                detached(),
                trace == null ? null : trace.traceparent(),
                trace == null ? null : trace.tracestate(),
                about(to));
    }
}
