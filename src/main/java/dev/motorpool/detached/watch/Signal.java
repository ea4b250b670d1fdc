package dev.motorpool.detached.watch;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Notifies one thread that something has happened since its last check. The notifying thread never blocks. With a lock
 * it could, for a virtual thread that holds the lock and has no carrier.
 */
public final class Signal {

    private volatile boolean given;

    /** Written by the waiting thread. */
    private volatile @Nullable Thread waiter;

    public void give() {
        given = true;
        LockSupport.unpark(waiter);
    }

    /** Whether it was given and not taken. */
    boolean isGiven() {
        return given;
    }

    /** Waits until it is given, at most this long, and takes it. */
    public void await(Duration atMost) throws InterruptedException {
        long deadline = System.nanoTime() + atMost.toNanos();
        waiter = Thread.currentThread();
        try {
            for (long left = atMost.toNanos(); !given && left > 0; left = deadline - System.nanoTime()) {
                LockSupport.parkNanos(this, left);
                if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
            }
            given = false;
        } finally {
            waiter = null;
        }
    }
}
