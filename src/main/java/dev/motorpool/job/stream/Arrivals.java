package dev.motorpool.job.stream;

import dev.motorpool.job.Waiter;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * What has arrived for the writer of a stream since it looked last. Any thread adds, without a lock; the writer takes
 * all at once, and is woken only if it waits.
 */
final class Arrivals {

    /** The latest one; each knows the one before it. */
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

    /** The first of all that have arrived, each now knowing the one after it; null if there is none. */
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

    /** Waits for the next one, at most so long. */
    void await(long nanos) throws InterruptedException {
        writer.await(() -> latest.get() != null, nanos);
    }
}
