package dev.motorpool.store.sqlite;

import dev.motorpool.detached.store.StoreException;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;

/** Removes jobs with all their rows. */
final class Removal {

    /** Tables with rows of jobs, by the job's number. */
    private static final String[] BELONGINGS = {"arguments", "job_values", "outputs", "attempts", "results"};

    /** Free pages that are kept in the file for what comes. */
    private static final long KEPT_PAGES = 4096;

    /** Pages that are given back at a time. */
    private static final int STEP_PAGES = 256;

    private final Database database;

    Removal(Database database) {
        this.database = database;
    }

    /** Removes one job. */
    void remove(UUID id) throws StoreException {
        remove("(SELECT job FROM jobs WHERE id = ?)", sql -> sql.with(id));
    }

    /** Removes at most this many jobs whose retention is over. Returns their number. */
    int forget(Instant now, int most) throws StoreException {
        int jobs = remove(
                "(SELECT job FROM jobs INDEXED BY jobs_staying WHERE forget_at <= ? ORDER BY forget_at, job LIMIT ?)",
                sql -> sql.with(now).with(most));
        giveBack();
        return jobs;
    }

    /** Gives the parameters of the query of jobs to a statement. */
    @FunctionalInterface
    private interface Which {
        Sql of(Sql sql) throws StoreException;
    }

    private int remove(String jobs, Which which) throws StoreException {
        try (Rows rows = which.of(
                        database.sql("SELECT id, tenant, tags FROM jobs WHERE tags IS NOT NULL AND job IN " + jobs))
                .rows()) {
            while (rows.next()) {
                UUID id = rows.id();
                String tenant = rows.word();
                removeTags(id, tenant, TagText.read(rows.text()));
            }
        }
        for (String table : BELONGINGS) {
            which.of(database.sql("DELETE FROM " + table + " WHERE job IN " + jobs))
                    .run();
        }
        return which.of(database.sql("DELETE FROM jobs WHERE job IN " + jobs)).run();
    }

    private void removeTags(UUID id, String tenant, Map<String, String> tags) throws StoreException {
        for (Map.Entry<String, String> tag : tags.entrySet()) {
            database.sql("DELETE FROM tags WHERE tenant = ? AND name = ? AND value = ? AND job_id = ?")
                    .with(tenant)
                    .with(tag.getKey())
                    .with(tag.getValue())
                    .with(id)
                    .run();
        }
    }

    /** Shrinks the file a little where more than a quarter of it is free. */
    private void giveBack() throws StoreException {
        long free = database.sql("PRAGMA freelist_count").number(0);
        if (free > KEPT_PAGES && 4 * free > database.sql("PRAGMA page_count").number(0)) {
            database.execute("PRAGMA incremental_vacuum(" + STEP_PAGES + ")");
        }
    }
}
