package dev.motorpool.job;

/** What a client waits for. */
public interface Awaited<T> {

    /** Waits for the end. */
    T await() throws InterruptedException;

    /** Gives it up: it ends as cancelled, unless it has ended. Any thread may do this. */
    void cancel();
}
