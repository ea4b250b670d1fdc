package dev.motorpool.job.waited;

import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** Lets one thread wait for other threads. While that thread is busy, waking it costs the others nothing. */
public final class Waiter {

    /** The thread that waits or is about to; removed by the thread that wakes it. */
    private final AtomicReference<@Nullable Thread> waiting = new AtomicReference<>();

    /** Waits until it is woken or the time is over. Does not wait if the condition holds. */
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

    /** Wakes the waiting thread; called after the condition holds. */
    public void wake() {
        Thread thread = waiting.get();
        if (thread != null && waiting.compareAndSet(thread, null)) {
            LockSupport.unpark(thread);
        }
    }
}
