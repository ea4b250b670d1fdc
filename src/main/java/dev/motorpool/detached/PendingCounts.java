package dev.motorpool.detached;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * How many deliveries are pending: of all, and of each receiver, in memory of a fixed size. The counts of receivers are
 * a count-min sketch (Cormode and Muthukrishnan, 2005): a receiver's is never too low, and too high only if it shares a
 * counter of each row with others. Any thread may use it.
 */
final class PendingCounts {

    private static final int ROWS = 4;
    private static final int WIDTH = 4096;

    /** Odd factors that spread the same hash differently over each row. */
    private static final long[] SPREAD = {
        0x9E3779B97F4A7C15L, 0xC2B2AE3D27D4EB4FL, 0x165667B19E3779F9L, 0xD6E8FEB86659FD93L
    };

    private final AtomicLong all = new AtomicLong();
    private final AtomicLongArray counters = new AtomicLongArray(ROWS * WIDTH);

    void add(String receiver, long deliveries) {
        all.addAndGet(deliveries);
        for (int row = 0; row < ROWS; row++) {
            counters.addAndGet(counter(row, receiver), deliveries);
        }
    }

    /** Of all receivers; not negative. */
    long all() {
        return Math.max(0, all.get());
    }

    /** Of one receiver, or more; not negative. */
    long of(String receiver) {
        long least = Long.MAX_VALUE;
        for (int row = 0; row < ROWS; row++) {
            least = Math.min(least, counters.get(counter(row, receiver)));
        }
        return Math.max(0, least);
    }

    /** As it is now. */
    PendingCounts copy() {
        PendingCounts copy = new PendingCounts();
        copy.addAll(this, 1);
        return copy;
    }

    /** These were counted where those were known: what has changed since they were stays. */
    void correct(PendingCounts known, PendingCounts counted) {
        addAll(counted, 1);
        addAll(known, -1);
    }

    private void addAll(PendingCounts others, int sign) {
        all.addAndGet(sign * others.all.get());
        for (int i = 0; i < ROWS * WIDTH; i++) {
            counters.addAndGet(i, sign * others.counters.get(i));
        }
    }

    private static int counter(int row, String receiver) {
        long mixed = (receiver.hashCode() + 1L) * SPREAD[row];
        return row * WIDTH + (int) (mixed >>> 52);
    }
}
