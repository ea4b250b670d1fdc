package dev.motorpool.detached;

import org.jspecify.annotations.Nullable;

/**
 * Where detached jobs live, so that they outlive the service. A port: {@code store} implements it on SQL.
 *
 * <p>One thread writes, at most one transaction at a time; any number of threads read.
 */
public interface JobStore extends AutoCloseable {

    /** What is done in one transaction. It may be run again after it has failed, so it changes nothing but the tables. */
    @FunctionalInterface
    interface Work {
        void run(JobTables tables) throws StoreException;
    }

    /** What is read from one consistent state of the tables. */
    @FunctionalInterface
    interface Reading<T extends @Nullable Object> {
        @Nullable
        T run(JobReader tables) throws StoreException;
    }

    /**
     * Does all of the work or nothing. What was done is on stable storage when this returns.
     *
     * @throws StoreException if it was not done, or if that is not known
     */
    void write(Work work) throws StoreException;

    /** What the reading answers, null included. */
    <T extends @Nullable Object> T read(Reading<T> reading) throws StoreException;

    /**
     * The disk of the store.
     *
     * @param free bytes that can still be written, free room in the store's own files included
     * @param size bytes of the whole disk
     */
    record Disk(long free, long size) {

        /** Of a store that has no disk, or cannot see it. */
        public static final Disk UNKNOWN = new Disk(Long.MAX_VALUE, Long.MAX_VALUE);
    }

    /** The disk as it is now, or was a moment ago. */
    Disk disk();

    /** Gives everything back; what was written stays. Again: does nothing. */
    @Override
    void close();
}
