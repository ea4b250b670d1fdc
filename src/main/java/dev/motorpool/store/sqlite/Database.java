package dev.motorpool.store.sqlite;

import dev.motorpool.detached.store.StoreException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Map;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteConnection;
import org.sqlite.SQLiteOpenMode;

/**
 * One connection to the file, with its prepared statements. Used by one thread at a time, except {@link #interrupt}.
 *
 * <p>SQLite's settings: the log of changes is forced to the disk at each commit ({@code synchronous=FULL}). It is moved
 * into the file when it has 16 MiB and does not stay longer than 64 MiB. Pages are cached up to a few MiB.
 */
final class Database implements AutoCloseable {

    private static final int WRITER_CACHE_KIB = 16 * 1024;
    private static final int READER_CACHE_KIB = 4 * 1024;
    private static final int LOG_PAGES = 4096;
    static final int LOG_BYTES = 64 << 20;
    static final int BUSY_MILLIS = 2000;

    private final Path file;
    private final SQLiteConnection connection;
    private final Map<String, Sql> statements = new HashMap<>();

    /** Whether a failure has made this connection unreliable; owned by the thread that uses it. */
    private boolean broken;

    private Database(Path file, SQLiteConnection connection) {
        this.file = file;
        this.connection = connection;
    }

    /** The writing connection; creates the file if there is none. */
    static Database writer(Path file) throws SQLException {
        Database database = open(file, config(WRITER_CACHE_KIB));
        database.pragmas(
                "auto_vacuum = INCREMENTAL", "journal_mode = WAL", "synchronous = FULL", "temp_store = MEMORY");
        return database;
    }

    /** A connection that reads an existing file. */
    static Database reader(Path file) throws SQLException {
        SQLiteConfig config = config(READER_CACHE_KIB);
        config.resetOpenMode(SQLiteOpenMode.CREATE);
        Database database = open(file, config);
        database.pragmas("query_only = ON", "temp_store = MEMORY");
        return database;
    }

    private static SQLiteConfig config(int cacheKib) {
        SQLiteConfig config = new SQLiteConfig();
        config.setBusyTimeout(BUSY_MILLIS);
        config.setCacheSize(-cacheKib);
        config.setGetGeneratedKeys(false);
        config.setJournalSizeLimit(LOG_BYTES);
        config.setWalAutocheckpoint(LOG_PAGES);
        return config;
    }

    private static Database open(Path file, SQLiteConfig config) throws SQLException {
        SQLiteConnection connection = (SQLiteConnection) config.createConnection("jdbc:sqlite:" + file);
        // Transactions are begun and ended here; the driver would try to begin one around each statement.
        connection.getConnectionConfig().setAutoCommit(false);
        return new Database(file, connection);
    }

    private void pragmas(String... pragmas) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (String pragma : pragmas) {
                statement.execute("PRAGMA " + pragma);
            }
        } catch (SQLException e) {
            try {
                connection.close();
            } catch (SQLException second) {
                e.addSuppressed(second);
            }
            throw e;
        }
    }

    /** The statement of this text, ready for its parameters. */
    Sql sql(String text) throws StoreException {
        Sql known = statements.get(text);
        if (known != null) {
            return known;
        }
        try {
            Sql made = new Sql(this, connection.prepareStatement(text));
            statements.put(text, made);
            return made;
        } catch (SQLException e) {
            throw failed(e);
        }
    }

    /** Executes a rare statement to its end, without keeping it and without its rows. */
    void execute(String text) throws StoreException {
        try {
            connection.getDatabase()._exec(text);
        } catch (SQLException e) {
            throw failed(e);
        }
    }

    /** Notes the failure, and returns it as an exception for the caller. */
    StoreException failed(SQLException cause) {
        broken |= SqlFailure.breaks(cause);
        return SqlFailure.exception(file, cause);
    }

    /** The next use of this statement prepares it again. */
    void forget(Sql sql) {
        statements.values().remove(sql);
    }

    /** Ends the transaction, which SQLite has ended by itself after some failures. */
    void rollBack() {
        try {
            connection.getDatabase()._exec("ROLLBACK");
        } catch (SQLException e) {
            // Otherwise the end of the connection ends the transaction.
            broken |= !String.valueOf(e.getMessage()).contains("no transaction is active");
        }
    }

    boolean broken() {
        return broken;
    }

    /** Interrupts the statement that runs on this connection; thread-safe. */
    void interrupt() {
        try {
            connection.getDatabase().interrupt();
        } catch (SQLException closedMeanwhile) {
            // nothing runs on it then
        }
    }

    @Override
    public void close() {
        try {
            connection.close();
        } catch (SQLException e) {
            throw new IllegalStateException("statements are still used", e);
        }
    }
}
