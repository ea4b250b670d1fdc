package dev.motorpool.pool;

import java.util.Comparator;
import java.util.PriorityQueue;

/** A clock that tests move, and the actions that are due by it. One thread. */
final class VirtualTime implements Timers {

    private static final class Due implements Timer {
        final long at;
        final long order;
        final Runnable action;
        boolean cancelled;

        Due(long at, long order, Runnable action) {
            this.at = at;
            this.order = order;
            this.action = action;
        }

        @Override
        public void cancel() {
            cancelled = true;
        }
    }

    private final PriorityQueue<Due> due =
            new PriorityQueue<>(Comparator.<Due>comparingLong(each -> each.at).thenComparingLong(each -> each.order));
    private long now;
    private long ordered;

    @Override
    public long nanoTime() {
        return now;
    }

    @Override
    public long millis() {
        return now / 1_000_000;
    }

    @Override
    public Timer after(long nanos, Runnable action) {
        Due added = new Due(now + Math.max(0, nanos), ordered++, action);
        due.add(added);
        return added;
    }

    /** Lets time pass until nothing is due before the moment. */
    void runUntil(long moment) {
        while (!due.isEmpty() && due.peek().at <= moment) {
            Due next = due.poll();
            now = next.at;
            if (!next.cancelled) {
                next.action.run();
            }
        }
        now = Math.max(now, moment);
    }

    @Override
    public void close() {}
}
