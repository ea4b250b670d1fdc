package dev.motorpool.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.motorpool.detached.model.Delivery;
import dev.motorpool.detached.model.JobFilter;
import dev.motorpool.detached.model.RepeatKey;
import dev.motorpool.detached.model.StoredJob;
import dev.motorpool.detached.store.JobTables.Insertion;
import dev.motorpool.store.sqlite.SqliteJobStore;
import dev.motorpool.testing.LeavesNothingBehind;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.flywaydb.core.Flyway;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A store from before there were tenants: what is in it belongs to the tenant that keys have by default. */
@ExtendWith(LeavesNothingBehind.class)
@Tag("service")
class TenantMigrationTest {

    private static final UUID ID = UUID.fromString("0199c0de-7b1a-7c3e-8f00-5a1d2c3b4e5f");
    private static final String HEX = "X'" + ID.toString().replace("-", "") + "'";

    @TempDir
    Path dataDir;

    private Path file;

    @BeforeEach
    void writeAsBefore() throws Exception {
        file = dataDir.resolve(SqliteJobStore.FILE);
        String url = "jdbc:sqlite:" + file;
        Flyway.configure()
                .dataSource(url, null, null)
                .locations("classpath:db/migration/sqlite")
                .target("3")
                .load()
                .migrate();
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement()) {
            statement.execute("INSERT INTO jobs (id, state, pool, function, verb, priority, age, retries, retries_left,"
                    + " retry_delay, retain, created_at, tags, kwargs, args) VALUES (" + HEX
                    + ", 1, 'p', 'f', 'apply_async', 0, 1, 0, 0, 0, 1000000000, 1, '{\"a\":\"b\"}', X'7b7d', X'5b5d')");
            statement.execute("INSERT INTO tags VALUES ('a', 'b', " + HEX + ")");
            statement.execute("INSERT INTO repeat_keys (owner, path, key, digest, id, look_at) VALUES ('ci', '/path',"
                    + " 'key', 'digest', " + HEX + ", 1)");
            statement.execute("INSERT INTO deliveries (job_id, round, state, receiver, url, type, created_at, due_at)"
                    + " VALUES (" + HEX + ", 1, 0, 'r', 'u', 't', 1, 1)");
        }
    }

    private static JobFilter of(@Nullable String tenant, Map<String, String> tags) {
        return new JobFilter(tenant, Set.of(), null, null, tags, Set.of());
    }

    @Test
    void allOfItBelongsToTheDefaultTenant() throws Exception {
        try (SqliteJobStore store = SqliteJobStore.open(file)) {
            assertThat(store.<List<StoredJob>>read(tables -> tables.list(of("default", Map.of("a", "b")), null, 9)))
                    .extracting(StoredJob::id)
                    .containsExactly(ID);
            assertThat(store.<List<StoredJob>>read(tables -> tables.list(of("other", Map.of()), null, 9)))
                    .isEmpty();
            assertThat(store.<@Nullable Insertion>read(
                            tables -> tables.findRepeat(new RepeatKey("default", "ci", "/path", "key", "digest"))))
                    .isInstanceOf(Insertion.Repeated.class);
            assertThat(store.<List<Delivery>>read(tables -> tables.deliveries().of(ID, 9)))
                    .hasSize(1);
        }
    }

    /** Deliveries outlive their job, and still belong to its tenant. */
    @Test
    void deliveriesBelongToTheTenantOfTheirJob() throws Exception {
        try (SqliteJobStore store = SqliteJobStore.open(file)) {
            store.write(tables -> {
                tables.cancel(
                        ID,
                        Instant.EPOCH.plus(Duration.ofSeconds(1)),
                        new JobDraft().made().kwargs());
                tables.delete(ID);
            });
            assertThat(store.<@Nullable StoredJob>read(tables -> tables.find(ID)))
                    .isNull();
            assertThat(store.<@Nullable String>read(tables -> tables.tenant(ID)))
                    .isEqualTo("default");
        }
    }
}
