package dev.motorpool.store.sqlite;

import dev.motorpool.detached.store.StoreException;
import dev.motorpool.json.RawJson;
import java.nio.ByteBuffer;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One prepared statement, which takes its parameters in order and is then run. It is kept and used again, so its rows
 * must be read to their end, or closed, before it is given parameters again.
 */
final class Sql {

    /** A parameter of more bytes is let go of after the run: the driver and SQLite would hold it until the next. */
    private static final int LARGE = 64 << 10;

    private static final long MICROS = 1_000_000;
    private static final long NANOS_OF_MICRO = 1000;

    private final Database database;
    private final PreparedStatement statement;

    /** Parameters given so far; owned by the thread that has the connection, as is all of this. */
    private int given;

    /** Whether one of them is large. */
    private boolean large;

    Sql(Database database, PreparedStatement statement) {
        this.database = database;
        this.statement = statement;
    }

    Sql with(long number) throws StoreException {
        try {
            statement.setLong(++given, number);
            return this;
        } catch (SQLException e) {
            throw database.failed(e);
        }
    }

    Sql with(@Nullable String text) throws StoreException {
        try {
            large |= text != null && text.length() > LARGE;
            statement.setString(++given, text);
            return this;
        } catch (SQLException e) {
            throw database.failed(e);
        }
    }

    Sql with(byte @Nullable [] bytes) throws StoreException {
        try {
            large |= bytes != null && bytes.length > LARGE;
            statement.setBytes(++given, bytes);
            return this;
        } catch (SQLException e) {
            throw database.failed(e);
        }
    }

    Sql with(UUID id) throws StoreException {
        return with(bytes(id));
    }

    /** A moment, to the microsecond. */
    Sql with(@Nullable Instant moment) throws StoreException {
        return moment == null ? with((String) null) : with(micros(moment));
    }

    Sql with(@Nullable Duration duration) throws StoreException {
        return duration == null ? with((String) null) : with(nanos(duration));
    }

    Sql with(@Nullable RawJson json) throws StoreException {
        return with(json == null ? null : bytes(json));
    }

    /** Runs a change; how many rows it changed. */
    int run() throws StoreException {
        given = 0;
        try {
            int changed = statement.executeUpdate();
            if (large) {
                statement.clearParameters();
                large = false;
            }
            return changed;
        } catch (SQLException e) {
            throw failed(e);
        }
    }

    Rows rows() throws StoreException {
        given = 0;
        try {
            return new Rows(database, statement.executeQuery());
        } catch (SQLException e) {
            throw failed(e);
        }
    }

    /** After most failures the driver has closed the statement, which must not be run again. */
    private StoreException failed(SQLException cause) {
        database.forget(this);
        try {
            statement.close();
        } catch (SQLException second) {
            cause.addSuppressed(second);
        }
        return database.failed(cause);
    }

    /** The number in the first row, or else this. */
    long number(long otherwise) throws StoreException {
        try (Rows rows = rows()) {
            return rows.next() ? rows.number(otherwise) : otherwise;
        }
    }

    static byte[] bytes(UUID id) {
        return ByteBuffer.allocate(2 * Long.BYTES)
                .putLong(id.getMostSignificantBits())
                .putLong(id.getLeastSignificantBits())
                .array();
    }

    private static byte[] bytes(RawJson json) {
        return json.length() == json.bytes().length ? json.bytes() : json.toByteArray();
    }

    /** Microseconds since 1970; the greatest or least there is where the moment is beyond them. */
    static long micros(Instant moment) {
        try {
            return Math.addExact(
                    Math.multiplyExact(moment.getEpochSecond(), MICROS), moment.getNano() / NANOS_OF_MICRO);
        } catch (ArithmeticException beyond) {
            return moment.getEpochSecond() < 0 ? Long.MIN_VALUE : Long.MAX_VALUE;
        }
    }

    /** At most as many as there are in 292 years. */
    static long nanos(Duration duration) {
        try {
            return duration.toNanos();
        } catch (ArithmeticException beyond) {
            return Long.MAX_VALUE;
        }
    }
}
