package dev.motorpool.job;

import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** Where one thread waits for what others do; it costs them nothing while the thread is busy. */
public final class Waiter {

    /** The thread that waits or is about to; taken out by who wakes it. */
    private final AtomicReference<@Nullable Thread> waiting = new AtomicReference<>();

    /** Waits until it is woken, at most so long; not at all if what it waits for is there. */
    public void await(BooleanSupplier there, long nanos) throws InterruptedException {
        waiting.set(Thread.currentThread());
        if (!there.getAsBoolean()) {
            LockSupport.parkNanos(this, nanos);
        }
        waiting.set(null);
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
    }

    /** Wakes who waits; to be called after what it waits for is there. */
    public void wake() {
        Thread thread = waiting.get();
        if (thread != null && waiting.compareAndSet(thread, null)) {
            LockSupport.unpark(thread);
        }
    }
}
