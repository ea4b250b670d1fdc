package dev.motorpool.store.sqlite;

import dev.motorpool.detached.store.StoreException;
import dev.motorpool.json.RawJson;
import java.nio.ByteBuffer;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The rows of a query, each read column by column in their order. */
final class Rows implements AutoCloseable {

    private final Database database;
    private final ResultSet rows;

    /** Columns of this row read so far; owned by the thread that has the connection. */
    private int read;

    Rows(Database database, ResultSet rows) {
        this.database = database;
        this.rows = rows;
    }

    boolean next() throws StoreException {
        read = 0;
        try {
            return rows.next();
        } catch (SQLException e) {
            throw database.failed(e);
        }
    }

    long number() throws StoreException {
        try {
            return rows.getLong(++read);
        } catch (SQLException e) {
            throw database.failed(e);
        }
    }

    int integer() throws StoreException {
        return Math.toIntExact(number());
    }

    /** The number, or this where there is none. */
    long number(long otherwise) throws StoreException {
        long number = number();
        return number == 0 && wasNull() ? otherwise : number;
    }

    @Nullable
    String text() throws StoreException {
        try {
            return rows.getString(++read);
        } catch (SQLException e) {
            throw database.failed(e);
        }
    }

    /** The text of a column that always has one. */
    String word() throws StoreException {
        return Objects.requireNonNull(text());
    }

    byte @Nullable [] bytes() throws StoreException {
        try {
            return rows.getBytes(++read);
        } catch (SQLException e) {
            throw database.failed(e);
        }
    }

    UUID id() throws StoreException {
        ByteBuffer bytes = ByteBuffer.wrap(Objects.requireNonNull(bytes()));
        return new UUID(bytes.getLong(), bytes.getLong());
    }

    @Nullable
    RawJson json() throws StoreException {
        byte[] bytes = bytes();
        return bytes == null ? null : RawJson.of(bytes);
    }

    @Nullable
    Instant moment() throws StoreException {
        long micros = number();
        return micros == 0 && wasNull() ? null : Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
    }

    /** The moment in a column that always has one. */
    Instant time() throws StoreException {
        return Objects.requireNonNull(moment());
    }

    @Nullable
    Duration duration() throws StoreException {
        long nanos = number();
        return nanos == 0 && wasNull() ? null : Duration.ofNanos(nanos);
    }

    /** Passes over columns. */
    void skip(int columns) {
        read += columns;
    }

    private boolean wasNull() throws StoreException {
        try {
            return rows.wasNull();
        } catch (SQLException e) {
            throw database.failed(e);
        }
    }

    @Override
    public void close() throws StoreException {
        try {
            rows.close();
        } catch (SQLException e) {
            throw database.failed(e);
        }
    }
}
