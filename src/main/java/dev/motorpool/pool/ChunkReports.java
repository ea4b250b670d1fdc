package dev.motorpool.pool;

import dev.motorpool.json.JsonSlices;
import dev.motorpool.wire.Message;
import org.jspecify.annotations.Nullable;

/**
 * Applies one worker's reports about its chunks to the pool; part of {@link WorkerReports}. Each method returns what is
 * wrong with the report, or null. Guarded by the pool's lock.
 */
@SuppressWarnings("ReferenceEquality") // calls are compared by identity
final class ChunkReports {

    private final Worker worker;
    private final PoolLock lock;
    private final Slots slots;
    private final Dispatcher dispatcher;
    private final Lanes lanes;
    private final ItemCompletion ends;
    private final int valueLimit;

    ChunkReports(
            Worker worker,
            PoolLock lock,
            Slots slots,
            Dispatcher dispatcher,
            Lanes lanes,
            ItemCompletion ends,
            int valueLimit) {
        this.worker = worker;
        this.lock = lock;
        this.slots = slots;
        this.dispatcher = dispatcher;
        this.lanes = lanes;
        this.ends = ends;
        this.valueLimit = valueLimit;
    }

    @Nullable
    String succeeded(Message.Results results) {
        JsonSlices values = results.values();
        int count = values.count();
        QueuedCall call = worker.held.get(results.id());
        String fault = fault(call, results.id(), results.index(), count);
        if (fault != null || !(call instanceof Chunk chunk)) {
            return fault;
        }
        int from = 0;
        if (values.bytes().length > valueLimit) {
            for (int i = 0; i < count; i++) {
                if (values.length(i) > valueLimit) {
                    succeeded(chunk, results.nanos() * (i - from) / count, values.part(from, i));
                    ends.failed(chunk, new Failure.ValueTooLarge(valueLimit), results.nanos() / count);
                    passed(chunk, 1);
                    from = i + 1;
                }
            }
        }
        // The run time of each of several items is unknown; items that run long are reported alone.
        Failure late = count == 1 && from == 0 ? chunk.judge(results.nanos(), lock.nanoTime(), null) : null;
        if (late != null) {
            ends.failed(chunk, late, results.nanos());
            passed(chunk, 1);
        } else {
            succeeded(chunk, results.nanos() * (count - from) / count, values.part(from, count));
        }
        return after(chunk);
    }

    private void succeeded(Chunk chunk, long nanos, JsonSlices values) {
        if (values.count() > 0) {
            ends.succeeded(chunk, nanos, values);
            passed(chunk, values.count());
        }
    }

    @Nullable
    String failed(Chunk chunk, int index, long nanos, Failure failure) {
        String fault = fault(chunk, chunk.id, index, 1);
        if (fault != null) {
            return fault;
        }
        Failure judged = chunk.judge(nanos, lock.nanoTime(), failure);
        ends.failed(chunk, judged == null ? failure : judged, nanos);
        passed(chunk, 1);
        return after(chunk);
    }

    @Nullable
    String running(Message.Running running) {
        QueuedCall call = worker.held.get(running.id());
        String fault = fault(call, running.id(), running.index(), 1);
        if (fault == null && call instanceof Chunk chunk) {
            chunk.announced = true;
        }
        return fault;
    }

    /** The chunk's items from this one on have not started and will not start in this worker. */
    @Nullable
    String dropped(Chunk chunk, int from) {
        if (from < chunk.reported || from >= chunk.end) {
            return "it gave back items from " + from + " on of chunk " + chunk.id + ", of which it has "
                    + chunk.reported + " to " + (chunk.end - 1);
        }
        int items = chunk.end - from;
        worker.assigned -= items;
        worker.load -= items;
        chunk.recalled = false;
        if (from == chunk.reported) {
            // No item of it runs; an item that was given up meanwhile stays so.
            worker.held.remove(chunk.id);
            dispatcher.putBack(chunk, worker);
        } else {
            lanes.giveBack(chunk, from, false);
        }
        return null;
    }

    private @Nullable String fault(@Nullable QueuedCall call, long id, int index, int count) {
        if (!(call instanceof Chunk chunk)) {
            return "it answered chunk " + id + ", which it does not hold";
        }
        if (worker.sequential && chunk != worker.head()) {
            return "it answered chunk " + id + " before its turn";
        }
        if (index != chunk.reported || count < 1 || count > chunk.unreported()) {
            return "it answered " + count + " items from " + index + " on of chunk " + id + ", of which it has "
                    + chunk.reported + " to " + (chunk.end - 1);
        }
        return null;
    }

    /** These {@code items} of the chunk have ended; the next one runs. */
    private void passed(Chunk chunk, int items) {
        chunk.reported += items;
        worker.finished += items;
        worker.load -= items;
        if (worker.condemned == chunk) {
            worker.condemned = null;
        }
        if (chunk.stuck) {
            chunk.stuck = false;
            worker.stuck--;
        }
        chunk.decided = false;
        chunk.announced = false;
        chunk.startedNanos = lock.nanoTime();
        chunk.begunNanos = lock.activeNanos();
        worker.slow = false;
    }

    private @Nullable String after(Chunk chunk) {
        if (chunk.unreported() == 0) {
            worker.held.remove(chunk.id);
            slots.release(chunk);
            dispatcher.left(chunk);
            lanes.over(chunk);
            dispatcher.advance(worker);
        } else if (chunk.state == QueuedCall.State.RUNNING) {
            slots.occupy(worker, chunk);
            dispatcher.goesOn(chunk);
        }
        return null;
    }
}
