package dev.motorpool.job.stream;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.motorpool.job.waited.Waiter;
import dev.motorpool.pool.Lane;

/**
 * The flow control of one stream. Items count from their acceptance until their line is written, their bytes until they
 * have a result, bytes of values from their arrival until they are written. The feeder waits here for room. If values
 * pile up, the lane is held until the writer has caught up.
 */
final class StreamWindow {

    /** Maximum bytes of items without a result and of values that have not been written, together. */
    static final long MOST_BYTES = 16 << 20;

    /** Bytes of an item or a value besides its text. */
    static final long OVERHEAD = 16;

    private final int items;

    /** The room that the feeder waits for, so that it is not woken for each item. */
    private final int least;

    private final Lane lane;
    private final Waiter feeder = new Waiter();
    private final StreamBytes bytes;

    /** Written by the feeder alone. */
    private volatile long accepted;
    /** Written by the writer alone. */
    private volatile long answered;

    @GuardedBy("this")
    private boolean held;

    /**
     * @param items maximum of unanswered items
     * @param busy items that give every slot its work and the next
     */
    StreamWindow(int items, long busy, Lane lane, StreamBytes bytes) {
        this.items = items;
        this.bytes = bytes;
        this.least = (int) Math.max(1, Math.min(items / 4, items - busy));
        this.lane = lane;
    }

    /** Waits for room, at most for this time. Returns for how many items there is room now. */
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
        long most = bytes.most();
        if (free < least || bytes.held() >= most) {
            return 0;
        }
        return most < MOST_BYTES ? 1 : (int) free;
    }

    /** Feeder: waits for room for bytes of items, at most for this time. */
    void awaitBytes(long nanos) throws InterruptedException {
        feeder.await(() -> false, nanos);
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // by one thread only
    void accept(int count) {
        accepted += count;
    }

    StreamBytes bytes() {
        return bytes;
    }

    /**
     * Holds the lane if values pile up. Must be called after they are counted and before the writer can see them, as
     * the writer releases the lane.
     */
    void holdIfFull() {
        if (bytes.values() > bytes.most()) {
            synchronized (this) {
                if (!held) {
                    held = true;
                    lane.limit(0);
                }
            }
        }
    }

    /** The number of lines written in all is now {@code count}. */
    void answered(long count) {
        answered = count;
        bytes.taken();
        if (room() > 0) {
            feeder.wake();
        }
    }

    /**
     * The writer has written what it can. The remaining values wait behind an item without a result. A lane that is
     * held goes on with that item, which it may have taken back, and with all items once little enough is left.
     *
     * @param next the index in the lane of the item that is next
     */
    void caughtUp(long next) {
        synchronized (this) {
            if (held) {
                held = bytes.values() > bytes.most();
                lane.limit(held ? next + 1 : Long.MAX_VALUE);
            }
        }
    }

    /** Accepted items that have not been answered, at this moment. */
    long unanswered() {
        return Math.max(0, accepted - answered);
    }

    void wakeFeeder() {
        feeder.wake();
    }
}
