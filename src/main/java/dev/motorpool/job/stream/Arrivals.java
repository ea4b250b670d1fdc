package dev.motorpool.job.stream;

import dev.motorpool.job.Waiter;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The queue of events for the writer of a stream. Any thread adds without a lock. The writer takes all at once, and is
 * woken only if it waits.
 */
final class Arrivals {

    /** The latest one; each refers to the previous one. */
    private final AtomicReference<@Nullable Arrival> latest = new AtomicReference<>();

    private final Waiter writer = new Waiter();

    void add(Arrival arrival) {
        Arrival before;
        do {
            before = latest.get();
            arrival.next = before;
        } while (!latest.compareAndSet(before, arrival));
        if (before == null) {
            writer.wake();
        }
    }

    /** The first of all queued events, each now linked to the next one; null if there is none. */
    @Nullable
    Arrival take() {
        Arrival arrival = latest.getAndSet(null);
        Arrival after = null;
        while (arrival != null) {
            Arrival before = arrival.next;
            arrival.next = after;
            after = arrival;
            arrival = before;
        }
        return after;
    }

    /** Waits for the next one, at most for this time. */
    void await(long nanos) throws InterruptedException {
        writer.await(() -> latest.get() != null, nanos);
    }
}
