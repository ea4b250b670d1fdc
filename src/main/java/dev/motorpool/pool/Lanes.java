package dev.motorpool.pool;

import dev.motorpool.json.JsonSlices;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The lanes of one pool: cuts their items into chunks, and takes back what comes back. Guarded by the pool's lock.
 *
 * <p>A lane has at most one chunk in the queue for each slot, each as newly arrived. How many items a chunk gets is
 * decided when a slot takes it: about a millisecond's worth of a function whose run time is known, so that neither the
 * way to a worker costs much for each item, nor others wait long behind a chunk.
 */
final class Lanes {

    /** What a chunk is to take, once the time that an item takes is known. */
    private static final double CHUNK_NANOS = 1e6;

    private static final int MOST_ITEMS = 16 * 1024;
    private static final int MOST_BYTES = 256 * 1024;

    private final Turn turn;
    private final Crew crew;
    private final CallQueue queue;
    private final ItemEnds ends;
    private final RunTimes runTimes;
    private final Ahead ahead;
    private final Interrupts interrupts;
    private final int processors = Runtime.getRuntime().availableProcessors();

    private final Set<PoolLane> open = new LinkedHashSet<>();

    Lanes(Turn turn, Crew crew, CallQueue queue, ItemEnds ends, RunTimes runTimes, Ahead ahead, Interrupts interrupts) {
        this.turn = turn;
        this.crew = crew;
        this.queue = queue;
        this.ends = ends;
        this.runTimes = runTimes;
        this.ahead = ahead;
        this.interrupts = interrupts;
    }

    void take(Runnable decision) {
        turn.take(decision);
    }

    PoolLane open(LaneRequest request, LaneResults results) {
        PoolLane lane = new PoolLane(request, results, Call.limit(request.timeout(), crew.settings()), this);
        open.add(lane);
        return lane;
    }

    boolean isEmpty() {
        return open.isEmpty();
    }

    /** Items of all lanes that have not started. */
    long waiting() {
        long sum = 0;
        for (PoolLane lane : open) {
            sum += lane.notStarted();
        }
        return sum;
    }

    /** Whether a lane has items that will start. */
    boolean busy() {
        for (PoolLane lane : open) {
            if (lane.startable() > 0) {
                return true;
            }
        }
        return false;
    }

    Set<PoolLane> all() {
        return open;
    }

    void add(PoolLane lane, JsonSlices items) {
        if (lane.over || items.count() == 0) {
            return;
        }
        boolean first = lane.added == 0;
        lane.put(new PoolLane.Span(lane.added, items, turn.nanoTime(), false));
        lane.added += items.count();
        ends.submitted(items.count());
        Duration expires = lane.request.expires();
        if (expires != null && (first || !lane.request.expiresTogether())) {
            turn.after(expires.toNanos(), () -> expire(lane));
        }
        enqueue(lane);
    }

    void finish(PoolLane lane) {
        lane.finished = true;
        endIfDone(lane);
    }

    void limit(PoolLane lane, long index) {
        if (index < lane.limit) {
            unqueue(lane);
            ahead.recall(lane, index);
        }
        lane.limit = index;
        enqueue(lane);
    }

    /** Ends the lane, and what of it waits; answers the chunks that are at workers. */
    private List<Chunk> end(PoolLane lane, Failure failure) {
        if (lane.over) {
            return List.of();
        }
        List<Chunk> out = List.copyOf(lane.out);
        ends.unstarted(lane, lane.waiting, failure);
        forget(lane);
        return out;
    }

    void cancel(PoolLane lane) {
        end(lane, new Failure.Cancelled()).forEach(interrupts::giveUp);
    }

    private void forget(PoolLane lane) {
        lane.over = true;
        lane.unstarted.clear();
        lane.waiting = 0;
        unqueue(lane);
        open.remove(lane);
    }

    /** As many of its chunks in the queue as it may have and needs. */
    private void enqueue(PoolLane lane) {
        long startable = lane.over ? 0 : lane.startable();
        if (startable == 0) {
            return;
        }
        long size = size(lane, startable);
        long wanted = Math.min(crew.settings().slots(), (startable + size - 1) / size);
        for (int i = lane.queued.size(); i < wanted; i++) {
            long number = queue.number();
            enqueue(new Chunk(lane, number, number));
        }
    }

    private void enqueue(Chunk chunk) {
        chunk.lane.queued.add(chunk);
        queue.add(chunk);
        ahead.makeWayFor(chunk.request.priority());
    }

    private void unqueue(PoolLane lane) {
        lane.queued.forEach(queue::remove);
        lane.queued.clear();
    }

    /** How many items the next chunk is to have. */
    private long size(PoolLane lane, long startable) {
        LaneRequest request = lane.request;
        if (request.expires() != null && !request.expiresTogether()) {
            return 1; // each has to start in time, whatever runs before it
        }
        double expected = runTimes.expected(request.function());
        int slots = crew.settings().slots();
        if (Double.isInfinite(expected)) {
            return Math.clamp(share(startable, slots), 1, request.chunksize());
        }
        long fair = share(startable, 2 * Math.min(slots, processors));
        return Math.clamp((long) Math.min((double) fair, CHUNK_NANOS / Math.max(1, expected)), 1, MOST_ITEMS);
    }

    private static long share(long items, int among) {
        return (items + among - 1) / among;
    }

    /** Gives a chunk that leaves the queue its items; false if its lane has none left. */
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
        int count = span.alone() ? 1 : (int) Math.min(Math.min(size(lane, startable), most), mayStart);
        count = fitting(span.items(), count);
        lane.unstarted.pollFirstEntry();
        lane.waiting -= span.count();
        if (count < span.count()) {
            lane.put(span.after(count));
        }
        chunk.fill(span, count);
        lane.out.add(chunk);
        enqueue(lane);
        return true;
    }

    /** As many of the items as have few enough bytes together; at least one. */
    private static int fitting(JsonSlices items, int most) {
        long bytes = items.length(0);
        int count = 1;
        while (count < most && bytes + items.length(count) <= MOST_BYTES) {
            bytes += items.length(count++);
        }
        return count;
    }

    /** The first item of the lane has its slot. */
    void started(PoolLane lane) {
        if (!lane.started) {
            lane.started = true;
            ends.started(lane);
        }
    }

    /** What a worker gave back or left behind waits again, in its old place. */
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

    /** The chunk is no more at a worker. */
    void over(Chunk chunk) {
        chunk.cancelLimit();
        chunk.state = Call.State.ENDED;
        chunk.lane.out.remove(chunk);
        endIfDone(chunk.lane);
    }

    private void endIfDone(PoolLane lane) {
        if (lane.finished && !lane.over && lane.waiting == 0 && lane.out.isEmpty()) {
            forget(lane);
        }
    }

    /** Items whose time to start is over. */
    private void expire(PoolLane lane) {
        Duration expires = lane.request.expires();
        if (lane.over || expires == null) {
            return;
        }
        Failure expired = new Failure.Expired();
        if (lane.request.expiresTogether()) {
            if (!lane.started) {
                end(lane, expired).forEach(interrupts::giveUp);
                ends.ended(lane, expired);
            }
            return;
        }
        long now = turn.nanoTime();
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

    /** Every item that waits in a lane fails; the lanes go on. */
    void failWaiting(Failure failure) {
        for (PoolLane lane : List.copyOf(open)) {
            unqueue(lane);
            for (PoolLane.Span span : List.copyOf(lane.unstarted.values())) {
                fail(lane, span, failure);
            }
            endIfDone(lane);
        }
    }

    /** Ends all lanes; their chunks are left to who ends the workers. */
    void endAll(Failure failure) {
        for (PoolLane lane : List.copyOf(open)) {
            end(lane, failure);
            ends.ended(lane, failure);
        }
    }

    /** The chunk's end at a worker that has died: the item that ran has failed, the others run again. */
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
