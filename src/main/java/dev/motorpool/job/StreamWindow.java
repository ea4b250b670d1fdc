package dev.motorpool.job;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.motorpool.pool.Lane;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How much of a stream is under way. Items count from their acceptance until their line is written, their bytes until
 * they have a result, bytes of values from their coming until they are written. The feeder waits here for room; a lane
 * whose values pile up is held until its writer has caught up.
 */
final class StreamWindow {

    /** Bytes of items without a result and of values that have not been written, together. */
    static final long MOST_BYTES = 16 << 20;

    /** What an item or a value takes besides its bytes. */
    static final long OVERHEAD = 16;

    private final int items;

    /** As much room has to be there before the feeder goes on: so it is not woken for each item. */
    private final int least;

    private final Lane lane;
    private final Waiter feeder = new Waiter();
    private final AtomicLong itemBytes = new AtomicLong();
    private final AtomicLong valueBytes = new AtomicLong();

    /** Written by the feeder alone. */
    private volatile long accepted;
    /** Written by the writer alone. */
    private volatile long answered;

    @GuardedBy("this")
    private boolean held;

    /**
     * @param items items that may be unanswered
     * @param busy items that it takes to give every slot its work and the next
     */
    StreamWindow(int items, long busy, Lane lane) {
        this.items = items;
        this.least = (int) Math.max(1, Math.min(items / 4, items - busy));
        this.lane = lane;
    }

    /** Waits for room, at most so long: for how many items there is room now. */
    int awaitRoom(long nanos) throws InterruptedException {
        int room = room();
        if (room == 0) {
            feeder.await(() -> room() > 0, nanos);
            room = room();
        }
        return room;
    }

    private int room() {
        long free = items - (accepted - answered);
        return free < least || itemBytes.get() + valueBytes.get() >= MOST_BYTES ? 0 : (int) free;
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // by one thread only
    void accept(int count, long bytes) {
        accepted += count;
        itemBytes.addAndGet(bytes);
    }

    void resulted(long bytes) {
        itemBytes.addAndGet(-bytes);
    }

    /** Values have come. Must be told before the writer can see them: it is who lets the lane go on. */
    void came(long bytes) {
        if (valueBytes.addAndGet(bytes) > MOST_BYTES) {
            synchronized (this) {
                if (!held) {
                    held = true;
                    lane.limit(0);
                }
            }
        }
    }

    void written(long bytes) {
        valueBytes.addAndGet(-bytes);
    }

    /** So many lines have been written in all. */
    void answered(long count) {
        answered = count;
        if (room() > 0) {
            feeder.wake();
        }
    }

    /**
     * The writer has written what it can. What is left waits for its turn behind an item that has no result: a lane that
     * is held goes on with that item, which it may have taken back, and with all once little enough is left.
     *
     * @param next the index in the lane of the item whose turn it is
     */
    void caughtUp(long next) {
        synchronized (this) {
            if (held) {
                held = valueBytes.get() > MOST_BYTES;
                lane.limit(held ? next + 1 : Long.MAX_VALUE);
            }
        }
    }

    /** Items that were accepted and not answered, at this moment. */
    long unanswered() {
        return Math.max(0, accepted - answered);
    }

    void wakeFeeder() {
        feeder.wake();
    }
}
