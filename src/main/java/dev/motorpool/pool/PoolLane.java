package dev.motorpool.pool;

import dev.motorpool.json.JsonSlices;
import dev.motorpool.json.RawJson;
import dev.motorpool.trace.OpenSpan;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The items and chunks of one lane, which {@link Lanes} moves. Guarded by the pool's lock.
 *
 * <pre>
 *   add -> unstarted -- fill --> out (chunks at workers) -> results
 *              ^                  |
 *              +--- given back ---+
 * </pre>
 */
final class PoolLane {

    /**
     * Consecutive items that have not started, and were added or given back together.
     *
     * @param alone whether its one item is a suspect in a worker's death
     * @param returns how often a worker has died that had been sent them and had not accepted them
     */
    record Span(long first, JsonSlices items, long addedNanos, boolean alone, int returns) {
        int count() {
            return items.count();
        }

        Span after(int count) {
            return new Span(first + count, items.part(count, items.count()), addedNanos, alone, returns);
        }
    }

    final LaneRequest request;
    final LaneResults results;
    /** What the queue knows of each of its chunks. */
    final CallRequest template;
    /** How long each item may run; null: no limit. */
    final @Nullable Duration timeout;

    /** Spans by the index of their first item. */
    final TreeMap<Long, Span> unstarted = new TreeMap<>();
    /** How many items these spans have. */
    long waiting;
    /** The index of the next item that is added. */
    long added;
    /** When its first item was added. */
    long firstAddedNanos;
    /** Its chunks in the queue. */
    final Set<Chunk> queued = new LinkedHashSet<>();
    /** Its chunks at workers. */
    final Set<Chunk> out = new LinkedHashSet<>();

    /** The span of its run in a trace; null before its first item was sent, and without a trace. */
    @Nullable
    OpenSpan span;
    /** When its first item was sent to a worker; valid once it has a span. */
    long sentNanos;

    boolean started;
    boolean finished;
    /** Whether its listener was notified that no item waits any more. */
    boolean emptied;
    /** Items from this index on do not start. */
    long limit = Long.MAX_VALUE;
    /** Whether it has ended: with its last result, or because it was cancelled or its pool ended. */
    boolean over;

    PoolLane(LaneRequest request, LaneResults results, @Nullable Duration timeout) {
        this.request = request;
        this.results = results;
        this.timeout = timeout;
        this.template = new CallRequest(
                request.jobId(),
                request.attempt(),
                request.function(),
                RawJson.EMPTY_ARRAY,
                RawJson.EMPTY_OBJECT,
                request.timeout(),
                request.expires(),
                request.priority(),
                0,
                null,
                request.trace(),
                request.tenant());
    }

    void put(Span span) {
        unstarted.put(span.first(), span);
        waiting += span.count();
    }

    /** How many items have not started, including those at workers. */
    long notStarted() {
        long sum = waiting;
        for (Chunk chunk : out) {
            sum += chunk.unstarted();
        }
        return sum;
    }

    /** How many waiting items may start. */
    long startable() {
        if (limit == Long.MAX_VALUE) {
            return waiting;
        }
        long sum = 0;
        for (Span span : unstarted.headMap(limit).values()) {
            sum += Math.min(span.count(), limit - span.first());
        }
        return sum;
    }
}
