package dev.motorpool.job.waited;

/** Something that a client waits for. */
public interface Awaited<T> {

    /** Waits for the end. */
    T await() throws InterruptedException;

    /** Cancels it, unless it has ended. Thread-safe. */
    void cancel();
}
