package dev.motorpool.detached.delivery;

import java.util.HashMap;
import java.util.Map;

/**
 * Counts of pending deliveries, in total and for each receiver that has some. Receivers above a number of them have one
 * count together, which is too high for each, so that memory is bounded. Guarded by its monitor.
 */
final class PendingCounts {

    /** Maximum receivers with a count of their own. */
    static final int MOST_RECEIVERS = 100_000;

    /** The count of the receivers that have none of their own. */
    private static final String OTHERS = "";

    private final Map<String, Long> counts = new HashMap<>();
    private long all;

    synchronized void add(String receiver, long deliveries) {
        boolean own = counts.containsKey(receiver) || (deliveries > 0 && counts.size() < MOST_RECEIVERS);
        change(own ? receiver : OTHERS, deliveries);
    }

    private void change(String name, long deliveries) {
        all += deliveries;
        counts.merge(name, deliveries, (before, more) -> before + more == 0 ? null : before + more);
    }

    /** Of all receivers; not negative. */
    synchronized long all() {
        return Math.max(0, all);
    }

    /** Of one receiver; not negative. */
    synchronized long of(String receiver) {
        Long own = counts.get(receiver);
        return Math.max(0, own == null ? counts.getOrDefault(OTHERS, 0L) : own);
    }

    /** As it is now. */
    synchronized PendingCounts copy() {
        PendingCounts copy = new PendingCounts();
        counts.forEach(copy::change);
        return copy;
    }

    /** Replaces known counts by the recounted ones; changes since then are kept. */
    synchronized void correct(PendingCounts known, PendingCounts counted) {
        known.counts.forEach((name, deliveries) -> change(name, -deliveries));
        counted.counts.forEach(this::change);
    }
}
