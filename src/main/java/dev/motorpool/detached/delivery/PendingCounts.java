package dev.motorpool.detached.delivery;

import java.security.SecureRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Counts of pending deliveries, in total and for each receiver, in memory of a fixed size. The counts of receivers are
 * a count-min sketch (Cormode and Muthukrishnan, 2005): a count is never too low, and too high only if the receiver
 * shares a counter of each row with others. Random numbers of the process decide the sharing, so nobody can choose
 * names for it. Thread-safe.
 */
final class PendingCounts {

    private static final int ROWS = 4;
    private static final int WIDTH = 4096;

    /** The prime 2^61 - 1. */
    private static final long PRIME = (1L << 61) - 1;

    /**
     * The point at which the polynomial of a name's characters is evaluated, modulo the prime. Two names have the same
     * value at no more points than the longer one has characters. The point is the same for all counts of the process,
     * which are added to each other.
     */
    private static final long POINT;

    /** Odd factors that spread that value over each row (multiply-shift, Dietzfelbinger et al., 1997). */
    private static final long[] SPREAD;

    static {
        SecureRandom random = new SecureRandom();
        POINT = random.nextLong(PRIME);
        SPREAD = random.longs(ROWS).map(any -> any | 1).toArray();
    }

    private final AtomicLong all = new AtomicLong();
    private final AtomicLongArray counters = new AtomicLongArray(ROWS * WIDTH);

    void add(String receiver, long deliveries) {
        all.addAndGet(deliveries);
        long value = value(receiver);
        for (int row = 0; row < ROWS; row++) {
            counters.addAndGet(counter(row, value), deliveries);
        }
    }

    /** Of all receivers; not negative. */
    long all() {
        return Math.max(0, all.get());
    }

    /** An upper bound for one receiver. */
    long of(String receiver) {
        long value = value(receiver);
        long least = Long.MAX_VALUE;
        for (int row = 0; row < ROWS; row++) {
            least = Math.min(least, counters.get(counter(row, value)));
        }
        return Math.max(0, least);
    }

    /** As it is now. */
    PendingCounts copy() {
        PendingCounts copy = new PendingCounts();
        copy.addAll(this, 1);
        return copy;
    }

    /** Replaces known counts by the recounted ones; changes since then are kept. */
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

    private static int counter(int row, long value) {
        return row * WIDTH + (int) ((value * SPREAD[row]) >>> 52);
    }

    /** The polynomial at the secret point; from 0 to less than the prime. */
    private static long value(String receiver) {
        long value = 1; // so that the length counts
        for (int i = 0; i < receiver.length(); i++) {
            long low = value * POINT;
            long high = Math.multiplyHigh(value, POINT);
            // 2^61 is 1 modulo the prime.
            long product = (low & PRIME) + ((low >>> 61) | (high << 3));
            value = (product + receiver.charAt(i)) % PRIME;
        }
        return value;
    }
}
