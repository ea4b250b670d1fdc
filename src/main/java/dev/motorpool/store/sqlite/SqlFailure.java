package dev.motorpool.store.sqlite;

import dev.motorpool.detached.store.DiskFullException;
import dev.motorpool.detached.store.StoreException;
import java.nio.file.Path;
import java.sql.SQLException;
import org.sqlite.SQLiteErrorCode;

/** Describes failures of SQLite for operators. */
final class SqlFailure {

    private SqlFailure() {}

    static String message(Path file, SQLException cause) {
        return switch (code(cause)) {
            case SQLITE_FULL -> "The disk is full: nothing can be written to " + file + ".";
            case SQLITE_READONLY, SQLITE_PERM -> file + " cannot be written: it, or its directory, is read-only.";
            case SQLITE_BUSY, SQLITE_LOCKED -> file + " is locked by another process.";
            case SQLITE_CORRUPT -> file + " is damaged.";
            case SQLITE_NOTADB -> file + " is not a database of SQLite.";
            case SQLITE_CANTOPEN -> file + " cannot be opened.";
            case SQLITE_IOERR -> file + " cannot be read or written: " + cause.getMessage() + ".";
            case SQLITE_NOMEM -> "There is not enough memory to use " + file + ".";
            case SQLITE_INTERRUPT -> "Reading " + file + " took too long and was ended.";
            default -> "SQLite refused what was asked of " + file + ": " + cause.getMessage() + ".";
        };
    }

    static StoreException exception(Path file, SQLException cause) {
        String message = message(file, cause);
        return code(cause) == SQLiteErrorCode.SQLITE_FULL
                ? new DiskFullException(message, cause)
                : new StoreException(message, cause);
    }

    /** Whether the connection should be made anew. */
    static boolean breaks(SQLException cause) {
        return switch (code(cause)) {
            case SQLITE_FULL, SQLITE_BUSY, SQLITE_LOCKED, SQLITE_INTERRUPT, SQLITE_CONSTRAINT -> false;
            default -> true;
        };
    }

    /** Its kind, without the details of the extended codes. */
    static SQLiteErrorCode code(SQLException cause) {
        return SQLiteErrorCode.getErrorCode(cause.getErrorCode() & 0xff);
    }
}
