package dev.motorpool.pool;

import dev.motorpool.json.JsonSlices;
import java.time.Instant;

/**
 * Completes the items of lanes: counts their results, and reports them after the lock is released. Guarded by the
 * pool's lock.
 */
final class ItemCompletion {

    private final String pool;
    private final PoolLock lock;
    private final PoolEvents events;
    private final PoolCounters counters;
    private final RunTimes runTimes;
    private final CompletionRate rate;

    ItemCompletion(
            String pool,
            PoolLock lock,
            PoolEvents events,
            PoolCounters counters,
            RunTimes runTimes,
            CompletionRate rate) {
        this.pool = pool;
        this.lock = lock;
        this.events = events;
        this.counters = counters;
        this.runTimes = runTimes;
        this.rate = rate;
    }

    /** The chunk ends with its lane, and none of its items is reported any more. */
    void end(Chunk chunk, Failure failure) {
        int items = chunk.unreported() - (chunk.decided ? 1 : 0);
        chunk.cancelLimit();
        chunk.state = QueuedCall.State.ENDED;
        count(chunk.request.tenant(), chunk.request.function(), items, failure, lock.nanoTime() - chunk.addedNanos, -1);
    }

    void submitted(int items) {
        counters.submitted += items;
    }

    void started(PoolLane lane) {
        Instant now = Instant.now();
        lock.afterwards(() -> lane.results.started(now));
    }

    /** No item of the lane waits any more, and none will come. */
    void emptied(PoolLane lane) {
        lock.afterwards(lane.results::emptied);
    }

    /** An item of the chunk has printed this. */
    void output(Chunk chunk, String text) {
        if (chunk.state == QueuedCall.State.RUNNING && chunk.detached()) {
            LaneResults results = chunk.lane.results;
            lock.afterwards(() -> results.output(text));
        }
    }

    /** These {@code items} of the lane end without having started. */
    void unstarted(PoolLane lane, long items, Failure failure) {
        count(lane.request.tenant(), lane.request.function(), items, failure, 0, -1);
    }

    /** Reports to the lane's listener that these items have failed. */
    void failed(PoolLane lane, PoolLane.Span span, Failure failure) {
        lock.afterwards(() -> {
            for (int i = 0; i < span.count(); i++) {
                lane.results.failed(span.first() + i, failure);
            }
        });
    }

    /** Reports to the lane's listener that the lane has ended. */
    void ended(PoolLane lane, Failure failure) {
        lock.afterwards(() -> lane.results.ended(failure));
    }

    /** The chunk's worker has reported these values of the next items, which ran for {@code nanos} together. */
    void succeeded(Chunk chunk, long nanos, JsonSlices values) {
        if (chunk.state == QueuedCall.State.ENDED) {
            return;
        }
        int skipped = chunk.decided ? 1 : 0;
        int count = values.count() - skipped;
        long now = lock.nanoTime();
        long possible = Math.clamp(nanos, 0, Math.max(0, now - chunk.startedNanos));
        String function = chunk.request.function();
        runTimes.add(function, possible, values.count());
        if (count == 0) {
            return;
        }
        rate.add(now, count);
        String word = counters.count(count);
        long waited = Math.max(0, chunk.startedNanos - chunk.addedNanos + possible / 2);
        long ran = possible / values.count();
        long first = chunk.first + chunk.reported + skipped;
        JsonSlices told = skipped == 0 ? values : values.part(skipped, values.count());
        LaneResults results = chunk.lane.results;
        lock.afterwards(() -> {
            results.succeeded(first, told);
            events.itemsEnded(pool, function, word, count, waited, ran);
            events.tenantCallsEnded(chunk.request.tenant().name(), word, count);
        });
    }

    /**
     * The running item of the chunk has failed.
     *
     * @param nanos how long it ran by its worker's clock; -1 if unknown
     */
    void failed(Chunk chunk, Failure failure, long nanos) {
        if (chunk.state == QueuedCall.State.ENDED || chunk.decided) {
            return;
        }
        long now = lock.nanoTime();
        long possible = Math.max(0, now - chunk.startedNanos);
        long ran = nanos < 0 ? possible : Math.min(nanos, possible);
        if (nanos >= 0) {
            runTimes.add(chunk.request.function(), ran);
        }
        if (chunk.detached() && failure instanceof Failure.FunctionMissing) {
            counters.submitted--; // it is submitted again once its function is there
        } else {
            count(
                    chunk.request.tenant(),
                    chunk.request.function(),
                    1,
                    failure,
                    Math.max(0, chunk.startedNanos - chunk.addedNanos),
                    ran);
        }
        long index = chunk.first + chunk.reported;
        LaneResults results = chunk.lane.results;
        lock.afterwards(() -> results.failed(index, failure));
    }

    private void count(Tenant tenant, String function, long items, Failure failure, long waited, long ran) {
        if (items > 0) {
            rate.add(lock.nanoTime(), items);
            String word = counters.count(failure, items);
            lock.afterwards(() -> {
                events.itemsEnded(pool, function, word, items, waited, ran);
                events.tenantCallsEnded(tenant.name(), word, items);
            });
        }
    }
}
