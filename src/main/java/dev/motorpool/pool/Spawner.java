package dev.motorpool.pool;

import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Starts the platform threads and the worker processes of all pools. Each start may fail for lack of threads,
 * processes, descriptors or memory; tests replace it to make one fail.
 */
class Spawner {

    /** The child process, and the thread with which the JDK waits for its exit. */
    private static final int NEEDED = 2;

    private static final long STACK_BYTES = 64 * 1024;

    /** One start at a time, so that two do not count on the same room. */
    private final ReentrantLock starting = new ReentrantLock();

    void start(Thread thread) {
        thread.start();
    }

    Process start(ProcessBuilder builder) throws IOException {
        starting.lock();
        try {
            requireRoom();
            return builder.start();
        } finally {
            starting.unlock();
        }
    }

    /**
     * Starts and ends as many threads as the next process takes. Where the JDK has started a process and gets no thread
     * to wait for it, it loses the process with its pipes: nobody could kill it any more.
     */
    private void requireRoom() {
        CountDownLatch enough = new CountDownLatch(1);
        Thread[] threads = new Thread[NEEDED];
        try {
            for (int i = 0; i < NEEDED; i++) {
                threads[i] = new Thread(null, () -> await(enough), "motorpool-room-" + i, STACK_BYTES, false);
                threads[i].setDaemon(true);
                start(threads[i]);
            }
        } finally {
            enough.countDown();
            for (Thread thread : threads) {
                if (thread != null) {
                    join(thread);
                }
            }
        }
    }

    private static void await(CountDownLatch latch) {
        boolean interrupted = true;
        while (interrupted) {
            try {
                latch.await();
                interrupted = false;
            } catch (InterruptedException ignored) {
                // The latch opens within moments.
            }
        }
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }
}
