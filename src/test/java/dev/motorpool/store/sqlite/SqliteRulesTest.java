package dev.motorpool.store.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.motorpool.detached.store.StoreException;
import dev.motorpool.job.JobState;
import dev.motorpool.store.JobDraft;
import dev.motorpool.store.JobStoreContract;
import dev.motorpool.testing.LeavesNothingBehind;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The tables themselves refuse what no job can be: SQL that is wrong fails instead of writing it. */
@ExtendWith(LeavesNothingBehind.class)
@Tag("service")
class SqliteRulesTest {

    private static final Map<JobState, Set<JobState>> WAYS = Map.of(
            JobState.SCHEDULED, Set.of(JobState.QUEUED, JobState.CANCELLED, JobState.EXPIRED),
            JobState.QUEUED,
                    Set.of(
                            JobState.SCHEDULED,
                            JobState.RUNNING,
                            JobState.SUCCEEDED,
                            JobState.FAILED,
                            JobState.CANCELLED,
                            JobState.EXPIRED),
            JobState.RUNNING,
                    Set.of(
                            JobState.SCHEDULED,
                            JobState.QUEUED,
                            JobState.SUCCEEDED,
                            JobState.FAILED,
                            JobState.CANCELLED),
            JobState.SUCCEEDED, Set.of(),
            JobState.FAILED, Set.of(JobState.QUEUED),
            JobState.CANCELLED, Set.of(JobState.QUEUED),
            JobState.EXPIRED, Set.of(JobState.QUEUED));

    @TempDir
    Path dataDir;

    private SqliteJobStore store;

    @BeforeEach
    void open() throws StoreUnusableException {
        store = SqliteJobStore.open(dataDir.resolve(SqliteJobStore.FILE));
    }

    @AfterEach
    void close() {
        store.close();
    }

    private void sql(String text) throws StoreException {
        store.write(tables -> ((SqliteTables) tables).database.execute(text));
    }

    private UUID insert() throws StoreException {
        UUID[] id = new UUID[1];
        store.write(tables -> {
            var job = new JobDraft().made();
            tables.insert(job, null);
            id[0] = job.id();
        });
        return id[0];
    }

    /** A row's members as they must be in a state, after any earlier state. */
    private static String become(JobState state) {
        boolean begun = state == JobState.RUNNING || state == JobState.SUCCEEDED || state == JobState.FAILED;
        return "state = " + States.number(state)
                + ", due_at = " + (state == JobState.SCHEDULED ? "1" : "NULL")
                + ", finished_at = " + (state.isFinal() ? "1" : "NULL")
                + ", forget_at = " + (state.isFinal() ? "1" : "NULL")
                + ", error = " + (state.isFinal() && state != JobState.SUCCEEDED ? "x'7b7d'" : "NULL")
                + ", attempt = " + (begun ? "1, attempt_started_at = 1" : "0, attempt_started_at = NULL")
                + ", attempt_finished_at = " + (begun && state != JobState.RUNNING ? "1" : "NULL");
    }

    @ParameterizedTest
    @EnumSource(JobState.class)
    void onlyTheWaysBetweenStatesCanBeWritten(JobState from) throws Exception {
        insert();
        for (JobState to : JobState.values()) {
            String change = "UPDATE jobs SET was = " + States.number(from) + ", " + become(to);
            if (WAYS.getOrDefault(from, Set.of()).contains(to)) {
                sql(change);
            } else {
                assertThatExceptionOfType(StoreException.class)
                        .as("%s to %s", from, to)
                        .isThrownBy(() -> sql(change))
                        .withMessageContaining("CHECK constraint failed");
            }
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = JobState.class,
            names = {"RUNNING", "SUCCEEDED", "FAILED", "CANCELLED", "EXPIRED"})
    void aJobBeginsScheduledOrQueued(JobState state) throws Exception {
        insert();

        assertThatExceptionOfType(StoreException.class)
                .isThrownBy(() -> sql("UPDATE jobs SET was = NULL, " + become(state)))
                .withMessageContaining("CHECK constraint failed");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "due_at = 1",
                "finished_at = 1",
                "forget_at = 1",
                "error = x'7b7d'",
                "value = x'31'",
                "attempt = 1",
                "attempt_started_at = 1",
                "attempt_finished_at = 1",
                "state = 7",
                "priority = 101",
                "retries_left = 1",
                "map_count = 1",
                "id = x'00'",
                "pool = NULL",
                "age = 'old'"
            })
    void whatDoesNotFitAQueuedJobIsRefused(String change) throws Exception {
        insert();

        assertThatExceptionOfType(StoreException.class)
                .isThrownBy(() -> sql("UPDATE jobs SET " + change))
                .withMessageContaining("SQLITE_CONSTRAINT");
    }

    @Test
    void theStoreGoesOnAfterARefusal() throws Exception {
        UUID id = insert();
        assertThatExceptionOfType(StoreException.class).isThrownBy(() -> sql("UPDATE jobs SET due_at = 1"));

        assertThat(store.<Instant>read(tables -> tables.nextDue())).isNull();
        store.write(tables -> assertThat(tables.cancel(id, JobDraft.NOW, JobStoreContract.ERROR))
                .isTrue());
    }

    @Test
    void everyStateHasItsNumber() {
        for (JobState state : JobState.values()) {
            assertThat(States.of(States.number(state))).isEqualTo(state);
            assertThat(States.number(state) > States.RUNNING).isEqualTo(state.isFinal());
        }
    }

    @Test
    void theFileIsInOrder() throws Exception {
        insert();

        store.write(tables -> {
            Database database = ((SqliteTables) tables).database;
            try (Rows rows = database.sql("PRAGMA integrity_check").rows()) {
                assertThat(rows.next()).isTrue();
                assertThat(rows.word()).isEqualTo("ok");
            }
            try (Rows rows = database.sql("PRAGMA journal_mode").rows()) {
                assertThat(rows.next()).isTrue();
                assertThat(rows.word()).isEqualTo("wal");
            }
            assertThat(database.sql("PRAGMA synchronous").number(-1)).isEqualTo(2);
            assertThat(database.sql("PRAGMA auto_vacuum").number(-1)).isEqualTo(2);
            assertThat(database.sql("PRAGMA user_version").number(-1)).isEqualTo(Schema.CURRENT);
        });
    }
}
