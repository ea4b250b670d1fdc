package dev.motorpool.store.sqlite;

import dev.motorpool.detached.model.MapResults;
import dev.motorpool.detached.store.StoreException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;

/** Results of maps' items: a row for each run of items, found by index and by place in completion. */
final class ResultRows {

    private static final String SELECT = "SELECT first_index, first_seq, count, failed, bytes FROM results ";

    private final Database database;

    ResultRows(Database database) {
        this.database = database;
    }

    List<MapResults> bySeq(UUID id, long fromSeq, int mostRows, long mostBytes) throws StoreException {
        return from("first_seq", id, fromSeq, mostRows, mostBytes);
    }

    List<MapResults> byIndex(UUID id, int fromIndex, int mostRows, long mostBytes) throws StoreException {
        return from("first_index", id, fromIndex, mostRows, mostBytes);
    }

    /** From the row that begins at this place or last before it, unless it ends before it. */
    private List<MapResults> from(String order, UUID id, long from, int mostRows, long mostBytes)
            throws StoreException {
        long job = database.sql("SELECT job FROM jobs WHERE id = ?").with(id).number(-1);
        long first = database.sql(
                        "SELECT first FROM (SELECT " + order + " AS first, count FROM results WHERE job = ? AND "
                                + order + " <= ? ORDER BY " + order + " DESC LIMIT 1) WHERE first + count > ?")
                .with(job)
                .with(from)
                .with(from)
                .number(from);
        List<MapResults> results = new ArrayList<>();
        try (Rows rows = database.sql(SELECT + "WHERE job = ? AND " + order + " >= ? ORDER BY " + order + " LIMIT ?")
                .with(job)
                .with(first)
                .with(mostRows)
                .rows()) {
            for (long bytes = 0; (results.isEmpty() || bytes < mostBytes) && rows.next(); ) {
                MapResults row = read(rows);
                results.add(row);
                bytes += row.bytes().length;
            }
        }
        return results;
    }

    private static MapResults read(Rows rows) throws StoreException {
        return new MapResults(
                rows.integer(),
                rows.number(),
                rows.integer(),
                rows.number() != 0,
                Objects.requireNonNull(rows.bytes()));
    }

    /** What is there already, because its transaction was done although its writer saw a failure, stays. */
    void add(long job, List<MapResults> results) throws StoreException {
        for (MapResults row : results) {
            database.sql("INSERT INTO results (job, first_index, first_seq, count, failed, bytes)"
                            + " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (job, first_index) DO NOTHING")
                    .with(job)
                    .with(row.firstIndex())
                    .with(row.firstSeq())
                    .with(row.count())
                    .with(row.failed() ? 1 : 0)
                    .with(row.bytes())
                    .run();
        }
    }

    /** Forgets what failed, so that it can be run again. */
    void removeFailed(UUID id) throws StoreException {
        database.sql("DELETE FROM results WHERE job = (SELECT job FROM jobs WHERE id = ?) AND failed = 1")
                .with(id)
                .run();
    }
}
