package dev.motorpool.store.sqlite;

import dev.motorpool.detached.store.StoreException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Counts the stored bytes of tenants with a limit of them: a row for each in {@code tenant_bytes}, which triggers
 * update in the transaction of every change. If no tenant has such a limit there are no rows and no triggers.
 *
 * <p>A migration that changes sizes of rows must empty {@code tenant_bytes}: the next start counts anew.
 */
final class TenantBytes {

    /** What a row counts besides its texts and bytes: its other columns, and its places in indexes. */
    private static final int ROW = 256;

    /**
     * A table whose rows count.
     *
     * @param owner the tenant of a row {@code R}, as SQL
     * @param columns that count with their length
     */
    private record Counted(String table, String owner, List<String> columns) {

        private static final String OF_JOB = "(SELECT j.tenant FROM jobs j WHERE j.job = R.job)";

        /** The bytes of a row {@code R}, as SQL. */
        private String bytes() {
            return columns.stream()
                    .map(column -> " + coalesce(octet_length(R." + column + "), 0)")
                    .collect(Collectors.joining("", "(" + ROW, ")"));
        }
    }

    private static final List<Counted> TABLES = List.of(
            new Counted(
                    "jobs",
                    "R.tenant",
                    List.of(
                            "tags",
                            "kwargs",
                            "args",
                            "value",
                            "error",
                            "attempt_error",
                            "progress",
                            "callback",
                            "error_callback",
                            "traceparent",
                            "tracestate")),
            new Counted("arguments", Counted.OF_JOB, List.of("kwargs", "args")),
            new Counted("job_values", Counted.OF_JOB, List.of("value")),
            new Counted("outputs", Counted.OF_JOB, List.of("bytes")),
            new Counted("attempts", Counted.OF_JOB, List.of("error")),
            new Counted("results", Counted.OF_JOB, List.of("bytes")),
            new Counted("repeat_keys", "R.tenant", List.of("owner", "path", "key", "digest")),
            new Counted(
                    "deliveries",
                    "R.tenant",
                    List.of("receiver", "url", "type", "log", "body", "traceparent", "tracestate")),
            new Counted(
                    "delivery_bodies",
                    "(SELECT d.tenant FROM deliveries d WHERE d.delivery = R.delivery)",
                    List.of("body")));

    private final Database database;

    TenantBytes(Database database) {
        this.database = database;
    }

    /** Counts these tenants from now on, and no others. Reads the whole store for each that was not counted before. */
    void countOnly(Set<String> tenants) throws StoreException {
        for (Counted counted : TABLES) {
            for (String event : List.of("insert", "update", "delete")) {
                database.execute("DROP TRIGGER IF EXISTS " + trigger(counted, event));
            }
        }
        for (String known : known()) {
            if (!tenants.contains(known)) {
                database.sql("DELETE FROM tenant_bytes WHERE tenant = ?")
                        .with(known)
                        .run();
            }
        }
        if (tenants.isEmpty()) {
            return;
        }
        Set<String> known = Set.copyOf(known());
        for (String tenant : tenants) {
            if (!known.contains(tenant)) {
                database.sql("INSERT INTO tenant_bytes (tenant, bytes) VALUES (?, ?)")
                        .with(tenant)
                        .with(sum(tenant))
                        .run();
            }
        }
        for (Counted counted : TABLES) {
            watch(counted);
        }
    }

    private List<String> known() throws StoreException {
        List<String> known = new ArrayList<>();
        try (Rows rows = database.sql("SELECT tenant FROM tenant_bytes").rows()) {
            while (rows.next()) {
                known.add(rows.word());
            }
        }
        return known;
    }

    private long sum(String tenant) throws StoreException {
        long sum = 0;
        for (Counted counted : TABLES) {
            sum += database.sql("SELECT coalesce(sum(" + counted.bytes() + "), 0) FROM " + counted.table + " R WHERE "
                            + counted.owner + " = ?")
                    .with(tenant)
                    .number(0);
        }
        return sum;
    }

    private static String trigger(Counted counted, String event) {
        return "tenant_bytes_" + counted.table + "_" + event;
    }

    private void watch(Counted counted) throws StoreException {
        String added = counted.bytes().replace("R.", "NEW.");
        String removed = counted.bytes().replace("R.", "OLD.");
        create(counted, "insert", "INSERT ON ", "", added, "NEW.");
        create(counted, "delete", "DELETE ON ", "", "-" + removed, "OLD.");
        String changed = added + " - " + removed;
        create(
                counted,
                "update",
                "UPDATE OF " + String.join(", ", counted.columns) + " ON ",
                " WHEN " + added + " <> " + removed,
                changed,
                "NEW.");
    }

    private void create(Counted counted, String event, String when, String condition, String bytes, String row)
            throws StoreException {
        database.execute("CREATE TRIGGER " + trigger(counted, event) + " AFTER " + when + counted.table + condition
                + " BEGIN UPDATE tenant_bytes SET bytes = bytes + " + bytes + " WHERE tenant = "
                + counted.owner.replace("R.", row) + "; END");
    }
}
