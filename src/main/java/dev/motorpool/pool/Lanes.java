package dev.motorpool.pool;

import dev.motorpool.json.JsonSlices;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The lanes of one pool: cuts their items into chunks, and takes back items that workers give back. Guarded by the
 * pool's lock.
 *
 * <p>A lane has at most one chunk in the queue for each slot. Each is queued as newly arrived. The number of items of a
 * chunk is decided when a slot takes it. For a function of known run time it is about a millisecond's worth: the cost
 * of sending is small for each item, and others do not wait long behind a chunk.
 */
final class Lanes {

    private final PoolLock lock;
    private final WorkerScaler scaler;
    private final CallQueue queue;
    private final ItemCompletion ends;
    private final ChunkSizes sizes;
    private final Prefetch prefetch;
    private final Interrupts interrupts;
    private final CallSpans spans;

    private final Set<PoolLane> open = new LinkedHashSet<>();

    Lanes(
            PoolLock lock,
            WorkerScaler scaler,
            CallQueue queue,
            ItemCompletion ends,
            ChunkSizes sizes,
            Prefetch prefetch,
            Interrupts interrupts,
            CallSpans spans) {
        this.spans = spans;
        this.lock = lock;
        this.scaler = scaler;
        this.queue = queue;
        this.ends = ends;
        this.sizes = sizes;
        this.prefetch = prefetch;
        this.interrupts = interrupts;
    }

    /** Opens a lane; within a turn. */
    Lane open(LaneRequest request, LaneResults results) {
        PoolLane lane = new PoolLane(request, results, QueuedCall.limit(request.timeout(), scaler.settings()));
        open.add(lane);
        return new Opened(lane);
    }

    /** A lane that is ended before it had an item, and reports that; within a turn. */
    Lane ended(LaneRequest request, LaneResults results, Failure failure) {
        PoolLane lane = new PoolLane(request, results, null);
        lane.over = true;
        ends.ended(lane, failure);
        return new Opened(lane);
    }

    /** The caller's handle to a lane. Each method takes a turn. */
    private final class Opened implements Lane {
        private final PoolLane lane;

        Opened(PoolLane lane) {
            this.lane = lane;
        }

        @Override
        public void add(JsonSlices items) {
            lock.take(() -> Lanes.this.add(lane, items));
        }

        @Override
        public void finish() {
            lock.take(() -> Lanes.this.finish(lane));
        }

        @Override
        public void limit(long index) {
            lock.take(() -> Lanes.this.limit(lane, index));
        }

        @Override
        public void cancel() {
            lock.take(() -> Lanes.this.cancel(lane));
        }
    }

    boolean isEmpty() {
        return open.isEmpty();
    }

    /** How many items of all lanes have not started, without those of detached lanes. */
    long waiting() {
        long sum = 0;
        for (PoolLane lane : open) {
            sum += lane.request.detached() ? 0 : lane.notStarted();
        }
        return sum;
    }

    /** Whether a lane that is not detached has items that will start. */
    boolean busy() {
        for (PoolLane lane : open) {
            if (!lane.request.detached() && lane.startable() > 0) {
                return true;
            }
        }
        return false;
    }

    private void add(PoolLane lane, JsonSlices items) {
        if (lane.over || items.count() == 0) {
            return;
        }
        boolean first = lane.added == 0;
        if (first) {
            lane.firstAddedNanos = lock.nanoTime();
        }
        lane.put(new PoolLane.Span(lane.added, items, lock.nanoTime(), false, 0));
        lane.added += items.count();
        ends.submitted(items.count());
        Duration expires = lane.request.expires();
        if (expires != null && (first || !lane.request.expiresTogether())) {
            lock.after(expires.toNanos(), () -> expire(lane));
        }
        enqueue(lane);
    }

    private void finish(PoolLane lane) {
        lane.finished = true;
        tellIfEmpty(lane);
        endIfDone(lane);
    }

    private void limit(PoolLane lane, long index) {
        if (index < lane.limit) {
            unqueue(lane);
            prefetch.recall(lane, index);
        }
        lane.limit = index;
        enqueue(lane);
    }

    /** Ends the lane and its waiting items. Returns its chunks at workers. */
    private List<Chunk> end(PoolLane lane, Failure failure) {
        if (lane.over) {
            return List.of();
        }
        List<Chunk> out = List.copyOf(lane.out);
        ends.unstarted(lane, lane.waiting, failure);
        forget(lane, failure);
        return out;
    }

    private void cancel(PoolLane lane) {
        end(lane, new Failure.Cancelled()).forEach(interrupts::giveUp);
    }

    private void forget(PoolLane lane, @Nullable Failure failure) {
        spans.ended(lane, failure);
        lane.over = true;
        lane.unstarted.clear();
        lane.waiting = 0;
        unqueue(lane);
        open.remove(lane);
    }

    /** Queues as many of the lane's chunks as it may have and needs. */
    private void enqueue(PoolLane lane) {
        long startable = lane.over ? 0 : lane.startable();
        if (startable == 0) {
            return;
        }
        long size = sizes.wanted(lane.request, startable, scaler.settings().slots());
        long wanted = Math.min(scaler.settings().slots(), (startable + size - 1) / size);
        for (int i = lane.queued.size(); i < wanted; i++) {
            enqueue(new Chunk(lane, queue.number(), queue.arrival(lock.millis())));
        }
    }

    private void enqueue(Chunk chunk) {
        chunk.lane.queued.add(chunk);
        queue.add(chunk);
        if (queue.mayStart(chunk)) {
            prefetch.makeWayFor(chunk.request.priority());
        }
    }

    private void unqueue(PoolLane lane) {
        lane.queued.forEach(queue::remove);
        lane.queued.clear();
    }

    /** Assigns items to a chunk that leaves the queue. Returns false if its lane has none left. */
    boolean fill(Chunk chunk, int most) {
        PoolLane lane = chunk.lane;
        lane.queued.remove(chunk);
        expire(lane);
        Map.Entry<Long, PoolLane.Span> next = lane.unstarted.firstEntry();
        long startable = lane.startable();
        if (next == null || startable == 0) {
            return false;
        }
        PoolLane.Span span = next.getValue();
        long mayStart = Math.min(span.count(), lane.limit - span.first());
        long wanted = span.alone()
                ? 1
                : sizes.wanted(lane.request, startable, scaler.settings().slots());
        int count = ChunkSizes.fitting(span.items(), (int) Math.min(Math.min(wanted, most), mayStart));
        lane.unstarted.pollFirstEntry();
        lane.waiting -= span.count();
        if (count < span.count()) {
            lane.put(span.after(count));
        }
        chunk.fill(span, count);
        lane.out.add(chunk);
        tellIfEmpty(lane);
        enqueue(lane);
        return true;
    }

    private void tellIfEmpty(PoolLane lane) {
        if (lane.finished && lane.waiting == 0 && !lane.emptied) {
            lane.emptied = true;
            ends.emptied(lane);
        }
    }

    /** The first item of the lane has its slot. */
    void started(PoolLane lane) {
        if (!lane.started) {
            lane.started = true;
            ends.started(lane);
        }
    }

    /** Items that a worker gave back or left behind wait again, in their old place. */
    void giveBack(Chunk chunk, int from, boolean runAlone) {
        PoolLane lane = chunk.lane;
        if (from < chunk.end && !lane.over) {
            lane.put(chunk.rest(from, runAlone));
            if (chunk.first + from < lane.limit) {
                enqueue(new Chunk(lane, queue.number(), chunk.age));
            }
        }
        chunk.end = from;
    }

    /** The chunk is no longer at a worker. */
    void over(Chunk chunk) {
        chunk.cancelLimit();
        chunk.state = QueuedCall.State.ENDED;
        chunk.lane.out.remove(chunk);
        endIfDone(chunk.lane);
    }

    private void endIfDone(PoolLane lane) {
        if (lane.finished && !lane.over && lane.waiting == 0 && lane.out.isEmpty()) {
            forget(lane, null);
        }
    }

    /** Expires items whose time to start is over. */
    private void expire(PoolLane lane) {
        Duration expires = lane.request.expires();
        if (lane.over || expires == null) {
            return;
        }
        Failure expired = new Failure.Expired();
        long now = lock.nanoTime();
        if (lane.request.expiresTogether()) {
            if (!lane.started && now - lane.firstAddedNanos >= expires.toNanos()) {
                end(lane, expired).forEach(interrupts::giveUp);
                ends.ended(lane, expired);
            }
            return;
        }
        for (PoolLane.Span span : List.copyOf(lane.unstarted.values())) {
            if (now - span.addedNanos() >= expires.toNanos()) {
                fail(lane, span, expired);
            }
        }
        endIfDone(lane);
    }

    private void fail(PoolLane lane, PoolLane.Span span, Failure failure) {
        lane.unstarted.remove(span.first());
        lane.waiting -= span.count();
        ends.unstarted(lane, span.count(), failure);
        ends.failed(lane, span, failure);
    }

    /** Fails every item that waits in a lane, except those of detached lanes. The lanes go on. */
    void failWaiting(Failure failure) {
        for (PoolLane lane : List.copyOf(open)) {
            if (lane.request.detached()) {
                continue;
            }
            unqueue(lane);
            for (PoolLane.Span span : List.copyOf(lane.unstarted.values())) {
                fail(lane, span, failure);
            }
            endIfDone(lane);
        }
    }

    /** Ends all lanes. Their chunks end with the workers. */
    void endAll(Failure failure) {
        for (PoolLane lane : List.copyOf(open)) {
            end(lane, failure);
            ends.ended(lane, failure);
        }
    }

    /** The chunk's worker has died: the running item has failed, the others run again. */
    void lost(Chunk chunk, Failure failure) {
        if (chunk.decided) {
            giveBack(chunk, chunk.reported + 1, false);
        } else if (chunk.certain()) {
            ends.failed(chunk, failure, -1);
            giveBack(chunk, chunk.reported + 1, false);
        } else {
            giveBack(chunk, chunk.reported, true);
        }
        over(chunk);
    }
}
