package dev.motorpool.detached.store;

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
     * @param usable bytes that can still be written
     * @param spare bytes that the store's file has beyond what it holds; negative if it has yet to grow by what is in the
     *     log of changes
     * @param size bytes of the whole disk
     */
    record Disk(long usable, long spare, long size) {

        /** Of a store that has no disk, or cannot see it. */
        public static final Disk UNKNOWN = new Disk(Long.MAX_VALUE, Long.MAX_VALUE, Long.MAX_VALUE);

        /** Bytes that can still be written after so many more have been stored: in the log, and then in the file. */
        public long left(long bytes) {
            return usable - bytes + Math.min(0, spare - bytes);
        }
    }

    /**
     * The disk as it is now. Any thread may ask.
     *
     * @param wanted where less is usable, the store gives back what it does not need, if it has the time
     */
    Disk disk(long wanted);

    /** Gives everything back; what was written stays. Again: does nothing. */
    @Override
    void close();
}
