package dev.motorpool.store.sqlite;

import dev.motorpool.detached.store.JobStore.Disk;
import dev.motorpool.detached.store.StoreException;
import java.io.File;
import java.nio.file.Path;
import java.time.Duration;

/**
 * Frees disk space of the store's files. The log of changes stays as large as it once was, and the file keeps the pages
 * of deleted rows. When the disk gets full, both are given back. Guarded by the writer's lock, except {@link #disk}.
 */
final class DiskRoom {

    private static final long PAGE_BYTES = 4096;

    /** Pages that are given back at a time: each that is in use is written to the log first. */
    private static final int STEP_PAGES = 256;

    private static final long MOST_NANOS = Duration.ofMillis(100).toNanos();

    /** How long readers of the log are waited for. */
    private static final int READERS_MILLIS = 200;

    private final File file;
    private final File log;

    /** Bytes of the pages in use after the latest transaction, those that are only in the log included; -1: not known. */
    private volatile long content = -1;

    DiskRoom(Path file) {
        this.file = file.toFile();
        this.log = new File(file + "-wal");
    }

    /** The disk as it is now. */
    Disk disk() {
        long size = file.getTotalSpace();
        long length = file.length();
        if (size == 0 || length == 0) {
            return Disk.UNKNOWN;
        }
        long known = content;
        return new Disk(file.getUsableSpace(), known < 0 ? 0 : length - known, size);
    }

    /** Notes what the tables take, within a transaction or after it. */
    void look(Database database) throws StoreException {
        content = PAGE_BYTES * (database.sql("PRAGMA page_count").number(0) - free(database));
    }

    private static long free(Database database) throws StoreException {
        return database.sql("PRAGMA freelist_count").number(0);
    }

    /** Empties the log, as far as nobody reads it. Returns whether it takes less than before. */
    boolean emptyLog(Database database) throws StoreException {
        long before = log.length();
        database.execute("PRAGMA busy_timeout = " + READERS_MILLIS);
        try {
            database.execute("PRAGMA wal_checkpoint(TRUNCATE)");
        } finally {
            database.execute("PRAGMA busy_timeout = " + Database.BUSY_MILLIS);
        }
        return log.length() < before;
    }

    /** Gives back unused space, until this many bytes are free or it has taken long enough. */
    void giveBack(Database database, long wanted) throws StoreException {
        boolean _ = emptyLog(database);
        long begin = System.nanoTime();
        while (file.getUsableSpace() < wanted
                && free(database) >= STEP_PAGES
                && System.nanoTime() - begin < MOST_NANOS) {
            database.execute("PRAGMA incremental_vacuum(" + STEP_PAGES + ")");
            boolean _ = emptyLog(database);
        }
        look(database);
    }
}
