package dev.motorpool.detached.store;

import org.jspecify.annotations.Nullable;

/**
 * The persistent store of detached jobs. A port: {@code store} implements it on SQL.
 *
 * <p>One thread writes, at most one transaction at a time; any number of threads read.
 */
public interface JobStore extends AutoCloseable {

    /**
     * The work of one transaction. It may be run again after a failure, so it must change nothing except the tables.
     */
    @FunctionalInterface
    interface Work {
        void run(JobTables tables) throws StoreException;
    }

    /** Reads from one consistent state of the tables. */
    @FunctionalInterface
    interface Reading<T extends @Nullable Object> {
        @Nullable
        T run(JobReader tables) throws StoreException;
    }

    /**
     * Does all of the work or nothing. The work is on stable storage when this returns.
     *
     * @throws StoreException if it was not done, or if that is unknown
     */
    void write(Work work) throws StoreException;

    /** Returns the result of the reading, null included. */
    <T extends @Nullable Object> T read(Reading<T> reading) throws StoreException;

    /**
     * The disk of the store.
     *
     * @param usable bytes that can still be written
     * @param spare free bytes in the store's file; negative if the file has to grow for changes in the log
     * @param size bytes of the whole disk
     */
    record Disk(long usable, long spare, long size) {

        /** For a store without a disk, or one that cannot read its state. */
        public static final Disk UNKNOWN = new Disk(Long.MAX_VALUE, Long.MAX_VALUE, Long.MAX_VALUE);

        /** Bytes that can still be written after this many more were stored: in the log, and then in the file. */
        public long left(long bytes) {
            return usable - bytes + Math.min(0, spare - bytes);
        }
    }

    /**
     * The current state of the disk. Callable by any thread.
     *
     * @param wanted if less is usable, the store releases unneeded space, if it has the time
     */
    Disk disk(long wanted);

    /** Releases all resources; stored data remains. Idempotent. */
    @Override
    void close();
}
