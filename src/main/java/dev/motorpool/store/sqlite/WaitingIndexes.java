package dev.motorpool.store.sqlite;

import dev.motorpool.detached.model.JobLine;
import dev.motorpool.detached.store.StoreException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.stream.Collectors;

/**
 * The indexes of queued jobs in their order. If tenants have a limit of running calls, their jobs and those of all
 * others have an index each, so that reading one line never passes over the jobs of another. A start creates them, and
 * drops them if no tenant has the limit, which then costs nothing.
 */
final class WaitingIndexes {

    private static final String PREFIX = "jobs_waiting_";

    private final Database database;

    WaitingIndexes(Database database) {
        this.database = database;
    }

    /**
     * An index of queued jobs.
     *
     * @param name identifies whose jobs are in it: a connection that knows only an index for others must not take it
     *     for this
     */
    private record Index(String name, String columns, String condition) {

        static Index ofLimited(SortedSet<String> tenants) {
            return new Index(
                    PREFIX + "of " + names(tenants),
                    "(pool, tenant, priority DESC, age, id)",
                    "state = 1 AND tenant IN " + names(tenants));
        }

        static Index ofOthers(SortedSet<String> tenants) {
            return new Index(
                    PREFIX + "not of " + names(tenants),
                    "(pool, priority DESC, age, id)",
                    "state = 1 AND tenant NOT IN " + names(tenants));
        }

        private static String names(SortedSet<String> tenants) {
            return tenants.stream()
                    .map(name -> "'" + name.replace("'", "''") + "'")
                    .collect(Collectors.joining(", ", "(", ")"));
        }

        String query() {
            return "INDEXED BY " + quoted(name) + " WHERE " + condition + " AND pool = ?";
        }
    }

    private static String quoted(String name) {
        return '"' + name.replace("\"", "\"\"") + '"';
    }

    /** The index, and the condition that a job is in the line, with its parameters: the pool, and the tenant if there is one. */
    static String of(JobLine line) {
        if (line.limited().isEmpty()) {
            return "INDEXED BY jobs_waiting WHERE state = 1 AND pool = ?";
        }
        return line.tenant() == null
                ? Index.ofOthers(line.limited()).query()
                : Index.ofLimited(line.limited()).query() + " AND tenant = ?";
    }

    /** Has the indexes for these tenants; reads all queued jobs if they were others before. */
    void make(SortedSet<String> tenants) throws StoreException {
        List<Index> wanted = tenants.isEmpty() ? List.of() : List.of(Index.ofLimited(tenants), Index.ofOthers(tenants));
        Set<String> known = known();
        for (Index index : wanted) {
            if (!known.remove(index.name)) {
                database.execute("CREATE INDEX " + quoted(index.name) + " ON jobs " + index.columns + " WHERE "
                        + index.condition);
            }
        }
        for (String other : known) {
            database.execute("DROP INDEX " + quoted(other));
        }
    }

    private Set<String> known() throws StoreException {
        Set<String> known = new HashSet<>();
        try (Rows rows = database.sql("SELECT name FROM sqlite_master WHERE type = 'index' AND substr(name, 1, "
                        + PREFIX.length() + ") = '" + PREFIX + "'")
                .rows()) {
            while (rows.next()) {
                known.add(rows.word());
            }
        }
        return known;
    }
}
