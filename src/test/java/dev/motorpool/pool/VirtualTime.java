package dev.motorpool.pool;

import dev.motorpool.pool.timer.ActiveClock;
import dev.motorpool.pool.timer.Timers;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * A clock that tests move, and what is due by it: actions of the service, and those of other processes, which go on while
 * the service {@linkplain #standStill stands still}. One thread.
 */
public final class VirtualTime implements Timers {

    private static final class Due implements Timer {
        long at;
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

    /** How much later than its timers a service that goes on again may read and write its pipes. */
    private static final long PIPE_NANOS = 8_000_000;

    private static final Comparator<Due> FIRST =
            Comparator.<Due>comparingLong(each -> each.at).thenComparingLong(each -> each.order);

    private final PriorityQueue<Due> timers = new PriorityQueue<>(FIRST);
    private final PriorityQueue<Due> pipes = new PriorityQueue<>(FIRST);
    private final PriorityQueue<Due> others = new PriorityQueue<>(FIRST);
    private final List<PriorityQueue<Due>> all = List.of(timers, pipes, others);
    private long now;
    private long missed;
    /** Nothing is read from or written to a pipe before. */
    private long pipesFrom;

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
    public long activeNanos() {
        return now - missed;
    }

    @Override
    public Timer after(long nanos, Runnable action) {
        return add(timers, nanos, action);
    }

    /** As {@link #after}, for the threads of the service that read and write pipes. */
    void atPipe(long nanos, Runnable action) {
        add(pipes, Math.max(nanos, pipesFrom - now), action);
    }

    /** As {@link #after}, for another process. */
    void elsewhere(long nanos, Runnable action) {
        add(others, nanos, action);
    }

    private Due add(PriorityQueue<Due> queue, long nanos, Runnable action) {
        Due added = new Due(now + Math.max(0, nanos), ordered++, action);
        queue.add(added);
        return added;
    }

    /** Lets time pass until nothing is due before the moment. */
    public void runUntil(long moment) {
        run(all, moment);
    }

    /** Whether it is so long ago that the service had read and written its pipes after it last stood still. */
    boolean caughtUp(long nanos) {
        return now - pipesFrom >= nanos;
    }

    /** Lets so much time pass for all others only. Then the timers are late, and the pipes still later. */
    public void standStill(long nanos) {
        run(List.of(others), now + nanos);
        missed += Math.max(0, nanos - ActiveClock.LONGEST_GAP.toNanos());
        pipesFrom = now + PIPE_NANOS;
        List<Due> late = new ArrayList<>(pipes);
        pipes.clear();
        for (Due each : late) {
            each.at = Math.max(each.at, pipesFrom);
            pipes.add(each);
        }
    }

    private void run(List<PriorityQueue<Due>> queues, long moment) {
        for (Due next = poll(queues, moment); next != null; next = poll(queues, moment)) {
            now = Math.max(now, next.at);
            if (!next.cancelled) {
                next.action.run();
            }
        }
        now = Math.max(now, moment);
    }

    private static @Nullable Due poll(List<PriorityQueue<Due>> queues, long moment) {
        PriorityQueue<Due> first = queues.getFirst();
        for (PriorityQueue<Due> queue : queues) {
            if (!queue.isEmpty() && (first.isEmpty() || FIRST.compare(queue.peek(), first.peek()) < 0)) {
                first = queue;
            }
        }
        return first.isEmpty() || first.peek().at > moment ? null : first.poll();
    }

    @Override
    public void close() {}
}
