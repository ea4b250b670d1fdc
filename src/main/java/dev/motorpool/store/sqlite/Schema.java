package dev.motorpool.store.sqlite;

import dev.motorpool.detached.store.StoreException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Instant;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteDataSource;
import org.sqlite.SQLiteErrorCode;

/**
 * The version of the tables. It is in the file's first page ({@code PRAGMA user_version}, which each migration sets),
 * so a start on current tables does not need Flyway.
 */
final class Schema {

    /** The version that this program reads and writes: that of the last migration. */
    static final int CURRENT = 6;

    /** "MPOL" in the first page: whose file this is. */
    static final int APPLICATION = 0x4D50_4F4C;

    private static final String ANOTHER = "Name another data directory with motorpool.data-dir, or move the file away.";

    private final Path file;
    private final Database database;

    Schema(Path file, Database database) {
        this.file = file;
        this.database = database;
    }

    /** Makes the tables what they should be, and shows that they can be read and written. */
    void prepare() throws StoreException, StoreUnusableException {
        long version = number("PRAGMA user_version");
        if (number("PRAGMA application_id") != APPLICATION
                && number("SELECT count(*) FROM sqlite_schema") > 0
                && number("SELECT count(*) FROM sqlite_schema WHERE name = 'flyway_schema_history'") == 0) {
            throw new StoreUnusableException(file + " is a database, but not one of Motorpool's.", ANOTHER);
        }
        if (version > CURRENT) {
            throw new StoreUnusableException(
                    file + " was written by a newer Motorpool: its tables have version " + version
                            + ", and this one knows versions up to " + CURRENT + ".",
                    "Start that version again, or a newer one; an older backup can be used with this one.");
        }
        if (version < CURRENT) {
            migrate();
        }
        look();
        touch();
    }

    private long number(String text) throws StoreException {
        return database.sql(text).number(0);
    }

    private void migrate() throws StoreException, StoreUnusableException {
        SQLiteConfig config = new SQLiteConfig();
        config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
        SQLiteDataSource source = new SQLiteDataSource(config);
        source.setUrl("jdbc:sqlite:" + file);
        try {
            Flyway.configure(Schema.class.getClassLoader())
                    .dataSource(source)
                    .locations("classpath:db/migration/sqlite")
                    .load()
                    .migrate();
        } catch (FlywayException e) {
            for (Throwable cause = e; cause != null; cause = cause.getCause()) {
                if (cause instanceof SQLException sql && SqlFailure.code(sql) != SQLiteErrorCode.SQLITE_ERROR) {
                    throw new StoreException(SqlFailure.message(file, sql), sql);
                }
            }
            throw new StoreUnusableException(
                    "The tables in " + file + " cannot be brought to version " + CURRENT + ": "
                            + String.valueOf(e.getMessage()).strip() + ".",
                    "Nothing was changed by the step that failed. If the disk is full or read-only, mend that; else"
                            + " keep the file and report this.",
                    e);
        }
    }

    /**
     * Reads an end of each table and index. A check of the whole file would take minutes if it is large. This finds a
     * file that is cut or whose roots are damaged. Other damage is reported when it is read.
     */
    private void look() throws StoreException {
        for (String table : new String[] {"jobs", "arguments", "job_values", "outputs"}) {
            number("SELECT max(job) FROM " + table);
        }
        number("SELECT max(job_id IS NULL) FROM (SELECT job_id FROM tags ORDER BY tenant DESC, name DESC, value DESC"
                + " LIMIT 1)");
        number("SELECT max(job) FROM attempts");
        number("SELECT max(job) FROM results");
        number("SELECT max(repeat_key) FROM repeat_keys");
        number("SELECT max(forget_at) FROM jobs INDEXED BY jobs_staying WHERE forget_at IS NOT NULL");
        number("SELECT max(state) FROM jobs INDEXED BY jobs_state WHERE state <> 3");
        number("SELECT count(*) FROM (SELECT max(tenant) FROM jobs INDEXED BY jobs_function)");
        number("SELECT count(*) FROM (SELECT max(tenant) FROM jobs INDEXED BY jobs_tenant)");
        number("SELECT count(*) FROM (SELECT pool FROM jobs INDEXED BY jobs_waiting WHERE state = 1 LIMIT 1)");
        number("SELECT count(*) FROM (SELECT receiver FROM deliveries INDEXED BY deliveries_due"
                + " WHERE due_at IS NOT NULL LIMIT 1)");
        number("SELECT max(forget_at) FROM deliveries INDEXED BY deliveries_staying WHERE forget_at IS NOT NULL");
        for (String table : new String[] {"deliveries", "delivery_bodies"}) {
            number("SELECT max(delivery) FROM " + table);
        }
        number("SELECT count(*) FROM pools");
        number("SELECT count(*) FROM tenant_bytes");
    }

    private void touch() throws StoreException {
        database.sql("INSERT INTO starts (only, opened_at) VALUES (1, ?)"
                        + " ON CONFLICT (only) DO UPDATE SET opened_at = excluded.opened_at")
                .with(Instant.now())
                .run();
    }
}
