package dev.motorpool.store;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.motorpool.detached.JobStore;
import dev.motorpool.detached.StoreException;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Detached jobs in a file of SQLite. One connection writes, on the thread of whoever writes; a few read (see
 * {@link Readings}), each from the state of the tables at its begin, while writing goes on.
 *
 * <p>After a failure the same object works again as soon as its cause is gone: a connection that is not to be trusted any
 * more is closed, and opened anew by the next who needs it.
 */
public final class SqliteJobStore implements JobStore {

    /** The file's name in the data directory; SQLite has others beside it that begin like it. */
    public static final String FILE = "motorpool.db";

    private static final int READERS = 3;
    private static final long PAGE_BYTES = 4096;
    private static final Duration READ_LIMIT = Duration.ofSeconds(10);

    private final StoreFile file;

    @GuardedBy("writing")
    private final StoreLog log;

    /** Whether what was in a log that has gone is in the file. */
    @GuardedBy("writing")
    private boolean saved;

    private final Readings readings;
    private final ReentrantLock writing = new ReentrantLock();

    /** Null after a failure, until the next write, and after the end. */
    @GuardedBy("writing")
    private @Nullable SqliteTables writer;

    @GuardedBy("writing")
    private boolean closed;

    /** Bytes of free pages in the file after the latest transaction. Written by who writes. */
    private volatile long freeBytes;

    private SqliteJobStore(StoreFile file, Database database, Duration readLimit) {
        this.file = file;
        this.log = new StoreLog(file.path(), Database.LOG_BYTES);
        this.writer = new SqliteTables(database);
        this.readings = new Readings(file, READERS, readLimit);
    }

    /**
     * Opens the file, makes it if there is none, and brings its tables to this version.
     *
     * @param file in the data directory, which belongs to this process
     */
    public static SqliteJobStore open(Path file) throws StoreUnusableException {
        return open(file, READ_LIMIT);
    }

    static SqliteJobStore open(Path file, Duration readLimit) throws StoreUnusableException {
        Path absolute = file.toAbsolutePath().normalize();
        Database database = new Opening(absolute).open();
        return new SqliteJobStore(StoreFile.opened(absolute), database, readLimit);
    }

    @Override
    public void write(Work work) throws StoreException {
        writing.lock();
        try {
            transaction(writer(), work);
        } finally {
            writing.unlock();
        }
    }

    @GuardedBy("writing")
    private void transaction(SqliteTables tables, Work work) throws StoreException {
        Database database = tables.database;
        boolean begun = false;
        boolean done = false;
        try {
            database.sql("BEGIN IMMEDIATE").run();
            begun = true;
            work.run(tables);
            long free = PAGE_BYTES * database.sql("PRAGMA freelist_count").number(0);
            database.sql("COMMIT").run();
            done = true;
            freeBytes = free;
        } finally {
            if (begun && !done) {
                rollBack(database);
            }
            if (database.broken()) {
                writer = null;
                database.close();
            }
        }
    }

    private static void rollBack(Database database) {
        try {
            database.sql("ROLLBACK").run();
        } catch (StoreException e) {
            database.distrust(); // its end ends the transaction
        }
    }

    @GuardedBy("writing")
    private SqliteTables writer() throws StoreException {
        if (closed) {
            throw new StoreException("The store " + file.path() + " is closed.");
        }
        file.check();
        SqliteTables tables = writer;
        if (tables != null) {
            checkLog(tables.database);
        } else {
            log.forget();
            try {
                tables = new SqliteTables(Database.writer(file.path()));
            } catch (SQLException e) {
                throw new StoreException(SqlFailure.message(file.path(), e), e);
            }
            writer = tables;
        }
        return tables;
    }

    /** Where the log has gone, what it holds goes into the file while there is still a way to it. */
    @GuardedBy("writing")
    private void checkLog(Database database) throws StoreException {
        String lost = log.look();
        if (lost == null) {
            return;
        }
        if (log.isReachable() && !saved) {
            database.sql("PRAGMA wal_checkpoint(FULL)").number(0);
            saved = true;
        }
        throw new StoreException(lost);
    }

    @Override
    @SuppressWarnings("NullAway") // null only where the reading answers null
    public <T extends @Nullable Object> T read(Reading<T> reading) throws StoreException {
        return readings.read(reading);
    }

    @Override
    public Disk disk() {
        try {
            FileStore disk = Files.getFileStore(file.path());
            return new Disk(disk.getUsableSpace() + freeBytes, disk.getTotalSpace());
        } catch (IOException unknown) {
            return Disk.UNKNOWN;
        }
    }

    @Override
    public void close() {
        readings.close();
        writing.lock();
        try {
            closed = true;
            if (writer != null) {
                writer.database.close();
                writer = null;
            }
        } finally {
            writing.unlock();
        }
    }
}
