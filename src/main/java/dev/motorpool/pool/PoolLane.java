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
 * What one lane holds. Guarded by the pool's lock; {@link Lanes} moves it.
 *
 * <pre>
 *   add -> unstarted -- fill --> out (chunks at workers) -> results
 *              ^                  |
 *              +--- given back ---+
 * </pre>
 */
final class PoolLane {

    /**
     * Items in a row that have not started, added or given back together.
     *
     * @param alone whether its one item may have killed a worker
     * @param returns how often a worker has died that had got them and had not accepted them
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
    /** What the queue knows of each chunk of it. */
    final CallRequest template;
    /** How long each item may run; null: for ever. */
    final @Nullable Duration timeout;

    /** By the index of their first item. */
    final TreeMap<Long, Span> unstarted = new TreeMap<>();
    /** How many items that is. */
    long waiting;
    /** The index of the next item that is added. */
    long added;
    /** When its first item was added. */
    long firstAddedNanos;
    /** Its chunks in the queue. */
    final Set<Chunk> queued = new LinkedHashSet<>();
    /** Its chunks at workers. */
    final Set<Chunk> out = new LinkedHashSet<>();

    /** How its items run, as their trace shows it; null before the first was sent, and where no trace does. */
    @Nullable
    OpenSpan span;
    /** When the first was given to a worker; valid once it has a span. */
    long sentNanos;

    boolean started;
    boolean finished;
    /** Whether it was told that nothing of it waits any more. */
    boolean emptied;
    /** Items of this index and above do not start. */
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

    /** Items that have not started, those at workers included. */
    long notStarted() {
        long sum = waiting;
        for (Chunk chunk : out) {
            sum += chunk.unstarted();
        }
        return sum;
    }

    /** How many items wait that may start. */
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
