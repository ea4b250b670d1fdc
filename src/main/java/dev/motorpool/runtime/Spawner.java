package dev.motorpool.runtime;

import com.sun.management.UnixOperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Starts platform threads and worker processes. Each start may fail for lack of threads,
 * processes, descriptors or memory; tests replace this class to make one fail.
 */
public class Spawner {

    /** The child process, and the thread with which the JDK waits for its exit. */
    private static final int NEEDED = 2;

    /**
     * Descriptors that must be free before a start: ten for its pipes, and some for what other threads may open
     * meanwhile. If the JDK cannot open a pipe it closes descriptors whose numbers were never set (seen with strace on
     * 25.0.3): those of a client, of the log or of the store.
     */
    private static final long FREE_DESCRIPTORS = 64;

    private static final long STACK_BYTES = 64 * 1024;

    /** One start at a time, so that two do not count on the same free descriptors. */
    private final ReentrantLock starting = new ReentrantLock();

    public void start(Thread thread) {
        thread.start();
    }

    public Process start(ProcessBuilder builder) throws IOException {
        starting.lock();
        try {
            requireThreads();
            requireDescriptors();
            return builder.start();
        } finally {
            starting.unlock();
        }
    }

    /**
     * Starts and ends as many threads as the next process needs. If the JDK has started a process and gets no thread to
     * wait for it, it loses the process with its pipes, and nobody could kill it any more.
     */
    private void requireThreads() {
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

    private static void requireDescriptors() throws IOException {
        if (ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean system) {
            long free;
            try {
                free = system.getMaxFileDescriptorCount() - system.getOpenFileDescriptorCount();
            } catch (InternalError uncountable) {
                free = 0; // counting takes one
            }
            if (free < FREE_DESCRIPTORS) {
                throw new IOException("too few file descriptors are free: " + free + ", and a start needs "
                        + FREE_DESCRIPTORS + "; raise the limit of open files");
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
