package dev.motorpool.worker;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Sends buffered output of calls within about 10 ms. One thread, which starts when there first is something to wait
 * for, sleeps while there is nothing, and ends with the process.
 */
final class OutputTicker implements Runnable {

    private static final long TICK_MILLIS = 10;
    private static final long STACK_BYTES = 128 * 1024;

    @GuardedBy("this")
    private final Set<CallOutput> watched = new HashSet<>();

    @GuardedBy("this")
    private boolean started;

    /** Schedules one {@link CallOutput#tick}. */
    synchronized void watch(CallOutput output) {
        watched.add(output);
        notifyAll();
        if (!started) {
            started = true;
            Thread thread = new Thread(null, this, "output", STACK_BYTES, false);
            thread.setDaemon(true);
            thread.start();
        }
    }

    @Override
    public void run() {
        while (true) {
            try {
                due().forEach(CallOutput::tick);
            } catch (InterruptedException byAFunction) {
                // It would interrupt every thread it can find; this one goes on.
            }
        }
    }

    private List<CallOutput> due() throws InterruptedException {
        synchronized (this) {
            while (watched.isEmpty()) {
                wait();
            }
        }
        Thread.sleep(TICK_MILLIS);
        synchronized (this) {
            List<CallOutput> due = List.copyOf(watched);
            watched.clear();
            return due;
        }
    }
}
