package dev.motorpool.detached;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.time.Duration;

/** Tells one thread that something has happened since it looked last. */
final class Signal {

    @GuardedBy("this")
    private boolean given;

    synchronized void give() {
        given = true;
        notifyAll();
    }

    /** Waits until it is given, at most so long, and takes it. */
    synchronized void await(Duration atMost) throws InterruptedException {
        long deadline = System.nanoTime() + atMost.toNanos();
        while (!given) {
            long millis = (deadline - System.nanoTime() + 999_999) / 1_000_000;
            if (millis <= 0) {
                return;
            }
            wait(millis);
        }
        given = false;
    }
}
