package dev.motorpool.store.sqlite;

import dev.motorpool.detached.store.JobStore.Reading;
import dev.motorpool.detached.store.StoreException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs queries on a few threads, each with a connection of its own. SQLite's code cannot leave a carrier thread, so
 * virtual threads that read by themselves would block all others. A caller waits for its slot and its result together,
 * up to a limit. Then its query is interrupted, so that one slow query does not stop all.
 */
final class Readings implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Readings.class);
    private static final int WAITING = 32_768;
    private static final Duration STOP = Duration.ofSeconds(5);

    private final StoreFile file;
    private final Duration limit;
    private final BlockingQueue<ReadSlot<?>> turns = new ArrayBlockingQueue<>(WAITING);
    private final List<Thread> threads = new ArrayList<>();

    /** Set once, by {@link #close}. */
    private volatile boolean closed;

    Readings(StoreFile file, int threads, Duration limit) {
        this.file = file;
        this.limit = limit;
        for (int i = 1; i <= threads; i++) {
            this.threads.add(Thread.ofPlatform()
                    .name("motorpool-store-reader-" + i)
                    .daemon()
                    .start(this::serve));
        }
    }

    /** One query: waits, runs on a connection, has a result. */
    private static final class ReadSlot<T extends @Nullable Object> {
        private final Reading<T> reading;
        private final CompletableFuture<@Nullable T> result = new CompletableFuture<>();
        private final ReentrantLock lock = new ReentrantLock();

        /** The connection while it runs on it; guarded by the lock. */
        private @Nullable Database database;

        ReadSlot(Reading<T> reading) {
            this.reading = reading;
        }

        void run(Database on) {
            if (result.isDone() || !begin(on)) {
                return;
            }
            try {
                result.complete(transaction(on));
            } catch (Throwable e) {
                result.completeExceptionally(e);
            } finally {
                end();
            }
        }

        private boolean begin(Database on) {
            lock.lock();
            try {
                database = on;
                return !result.isDone();
            } finally {
                lock.unlock();
            }
        }

        private @Nullable T transaction(Database on) throws StoreException {
            on.sql("BEGIN").run();
            try {
                return reading.run(new SqliteReader(on));
            } finally {
                on.sql("ROLLBACK").run();
            }
        }

        private void end() {
            lock.lock();
            try {
                database = null;
            } finally {
                lock.unlock();
            }
        }

        /** The caller no longer waits for it. */
        void giveUp(StoreException reason) {
            result.completeExceptionally(reason);
            lock.lock();
            try {
                if (database != null) {
                    database.interrupt();
                }
            } finally {
                lock.unlock();
            }
        }
    }

    <T extends @Nullable Object> @Nullable T read(Reading<T> reading) throws StoreException {
        ReadSlot<T> turn = new ReadSlot<>(reading);
        if (!turns.offer(turn)) {
            throw new StoreException("Too much is being read from " + file.path() + " at once.");
        }
        if (closed) {
            turn.giveUp(gone());
        }
        try {
            return turn.result.get(limit.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            StoreException late = new StoreException(
                    "Reading " + file.path() + " took longer than " + limit.toMillis() + " ms and was given up.", e);
            turn.giveUp(late);
            throw late;
        } catch (InterruptedException e) {
            StoreException interrupted = new StoreException("Interrupted while reading " + file.path() + ".", e);
            turn.giveUp(interrupted);
            Thread.currentThread().interrupt();
            throw interrupted;
        } catch (ExecutionException e) {
            throw failure(e.getCause());
        }
    }

    private static StoreException failure(@Nullable Throwable cause) throws StoreException {
        return switch (cause) {
            case StoreException e -> new StoreException(String.valueOf(e.getMessage()), e);
            case RuntimeException e -> throw e;
            case Error e -> throw e;
            case null, default -> throw new IllegalStateException(cause);
        };
    }

    private StoreException gone() {
        return new StoreException("The store " + file.path() + " is closed.");
    }

    private void serve() {
        Database database = null;
        try {
            while (!closed) {
                ReadSlot<?> turn = turns.take();
                if (closed) {
                    turn.giveUp(gone());
                    return;
                }
                database = serve(turn, database);
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        } finally {
            if (database != null) {
                close(database);
            }
        }
    }

    /** Runs a query on this connection or a new one. Returns the one to use next, null if it should be a new one. */
    private @Nullable Database serve(ReadSlot<?> turn, @Nullable Database known) {
        Database database = known;
        try {
            file.checkLately();
            if (database == null) {
                database = connect();
            }
        } catch (StoreException e) {
            turn.giveUp(e);
            return database;
        } catch (RuntimeException | Error defect) {
            // The thread goes on after any failure: nothing would be read without it.
            turn.giveUp(new StoreException(file.path() + " cannot be opened for reading: " + defect + ".", defect));
            return database;
        }
        turn.run(database);
        if (database.broken()) {
            close(database);
            return null;
        }
        return database;
    }

    private Database connect() throws StoreException {
        try {
            return Database.reader(file.path());
        } catch (SQLException e) {
            throw new StoreException(SqlFailure.message(file.path(), e), e);
        }
    }

    /** Nothing is written on it, so nothing is lost where that fails. */
    private static void close(Database database) {
        try {
            database.close();
        } catch (RuntimeException | Error e) {
            LOG.warn("Cannot close a connection", e);
        }
    }

    @Override
    public void close() {
        closed = true;
        threads.forEach(Thread::interrupt);
        for (ReadSlot<?> turn = turns.poll(); turn != null; turn = turns.poll()) {
            turn.giveUp(gone());
        }
        boolean interrupted = false;
        for (Thread thread : threads) {
            try {
                thread.join(STOP);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
