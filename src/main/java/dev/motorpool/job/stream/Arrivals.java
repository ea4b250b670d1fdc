package dev.motorpool.job.stream;

import dev.motorpool.job.Waiter;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/** The queue of events for the writer of a stream. Any thread adds without a lock; the writer is woken if it waits. */
final class Arrivals {

    private final Queue<Arrival> queue = new ConcurrentLinkedQueue<>();
    private final Waiter writer = new Waiter();

    void add(Arrival arrival) {
        queue.add(arrival);
        writer.wake();
    }

    /** The next event; null if there is none. */
    @Nullable
    Arrival take() {
        return queue.poll();
    }

    /** Waits for the next one, at most for this time. */
    void await(long nanos) throws InterruptedException {
        writer.await(() -> !queue.isEmpty(), nanos);
    }
}
