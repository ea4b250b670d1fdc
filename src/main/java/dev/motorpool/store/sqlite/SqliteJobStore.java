package dev.motorpool.store.sqlite;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.motorpool.detached.store.DiskFullException;
import dev.motorpool.detached.store.JobStore;
import dev.motorpool.detached.store.StoreException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Detached jobs in a file of SQLite. One connection writes, on the caller's thread. A few others read (see
 * {@link Readings}), each from the state of the tables at its begin, while writing goes on.
 *
 * <p>After a failure the same object works again as soon as its cause is gone: an unreliable connection is closed, and
 * opened again at the next use.
 */
public final class SqliteJobStore implements JobStore {

    /** The file's name in the data directory; SQLite has others beside it that begin like it. */
    public static final String FILE = "motorpool.db";

    private static final Logger LOG = LoggerFactory.getLogger(SqliteJobStore.class);

    private static final int READERS = 3;
    /** How long it takes at least until room on the disk is made again. */
    private static final long ROOM_PAUSE_NANOS = Duration.ofMillis(500).toNanos();

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

    private final DiskRoom room;

    /** When room was made last, in the time of {@link System#nanoTime}. */
    @GuardedBy("writing")
    private long madeRoomNanos = System.nanoTime() - ROOM_PAUSE_NANOS;

    private SqliteJobStore(StoreFile file, Database database, Duration readLimit) {
        this.file = file;
        this.log = new StoreLog(file.path(), Database.LOG_BYTES);
        this.room = new DiskRoom(file.path());
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
        } catch (DiskFullException full) {
            if (!makeRoom(0)) {
                throw full;
            }
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
            room.look(database);
            database.sql("COMMIT").run();
            done = true;
        } finally {
            if (begun && !done) {
                database.rollBack();
            }
            closeIfBroken(database);
        }
    }

    @GuardedBy("writing")
    private void closeIfBroken(Database database) {
        if (database.broken()) {
            writer = null;
            database.close();
        }
    }

    /**
     * Gives back unused space of the files, until this many bytes of the disk are usable; 0: of the log alone. Returns
     * whether the log takes less than before.
     */
    @GuardedBy("writing")
    private boolean makeRoom(long wanted) throws StoreException {
        Database database = writer().database;
        try {
            boolean shorter = room.emptyLog(database);
            if (wanted > 0) {
                room.giveBack(database, wanted);
            }
            return shorter;
        } finally {
            log.shortened();
            closeIfBroken(database);
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
    public Disk disk(long wanted) {
        Disk disk = room.disk();
        if (disk.usable() >= wanted || !writing.tryLock()) {
            return disk;
        }
        try {
            long now = System.nanoTime();
            if (now - madeRoomNanos < ROOM_PAUSE_NANOS) {
                return disk;
            }
            madeRoomNanos = now;
            boolean _ = makeRoom(wanted);
        } catch (StoreException e) {
            LOG.warn("Cannot free disk space: {}", e.getMessage());
        } finally {
            writing.unlock();
        }
        return room.disk();
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
