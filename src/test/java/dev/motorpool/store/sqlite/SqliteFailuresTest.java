package dev.motorpool.store.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.motorpool.detached.model.JobFilter;
import dev.motorpool.detached.model.StoredJob;
import dev.motorpool.detached.model.WaitingJob;
import dev.motorpool.detached.store.StoreException;
import dev.motorpool.json.RawJson;
import dev.motorpool.store.JobDraft;
import dev.motorpool.store.JobStoreContract;
import dev.motorpool.store.SmallDisk;
import dev.motorpool.testing.Eventually;
import dev.motorpool.testing.LeavesNothingBehind;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Failures of an open store are reported, no commit is lost, and the same store goes on. */
@ExtendWith(LeavesNothingBehind.class)
@Tag("slow")
class SqliteFailuresTest {

    private static final String ENDLESS =
            "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n";

    @TempDir
    Path dataDir;

    private final List<UUID> committed = new ArrayList<>();

    private SqliteJobStore open() throws StoreUnusableException {
        return SqliteJobStore.open(dataDir.resolve(SqliteJobStore.FILE));
    }

    private void insert(SqliteJobStore store, int size) throws StoreException {
        WaitingJob job = new JobDraft()
                .args(RawJson.of("[\"" + "a".repeat(size) + "\"]"))
                .made();
        store.write(tables -> tables.insert(job, null));
        committed.add(job.id());
    }

    private StoreException fillUp(SqliteJobStore store) {
        StoreException full = catchThrowableOfType(StoreException.class, () -> {
            for (int i = 0; i < 1000; i++) {
                insert(store, 100_000);
            }
        });
        assertThat(full).isNotNull();
        return full;
    }

    private void assertAllIsThere(SqliteJobStore store) throws StoreException {
        List<StoredJob> jobs =
                store.read(tables -> tables.list(new JobFilter(Set.of(), null, null, Map.of()), null, 10_000));
        assertThat(jobs).extracting(StoredJob::id).containsExactlyInAnyOrderElementsOf(committed);
    }

    /** SQLite is set not to grow the file: it reports that the disk is full, as it does on a full disk. */
    @Test
    void aFullDiskInItsPlaceIsToldAndPasses() throws Exception {
        try (SqliteJobStore store = open()) {
            insert(store, 10);
            store.write(tables -> ((SqliteTables) tables).database.execute("PRAGMA max_page_count = 200"));

            assertThat(fillUp(store)).hasMessageContaining("disk is full");
            assertAllIsThere(store);

            store.write(tables -> ((SqliteTables) tables).database.execute("PRAGMA max_page_count = 100000"));
            insert(store, 100_000);
            assertAllIsThere(store);
        }
    }

    /** A disk that is really full, where one can be mounted; the test above is there for other places. */
    @Test
    void aDiskThatIsReallyFullIsToldAndPasses() throws Exception {
        try (SmallDisk disk = SmallDisk.mount(dataDir, "24m")) {
            Path ballast = dataDir.resolve("ballast");
            if (disk.mounted()) {
                Files.write(ballast, new byte[16 << 20]);
            }
            try (SqliteJobStore store = open()) {
                insert(store, 10);
                if (disk.mounted()) {
                    assertThat(fillUp(store)).hasMessageContaining("disk is full");
                    assertThat(catchThrowableOfType(StoreException.class, () -> insert(store, 100_000)))
                            .hasMessageContaining("disk is full");
                    Files.delete(ballast);
                }
                assertAllIsThere(store);
                insert(store, 100_000);
                assertAllIsThere(store);
            }
            try (SqliteJobStore store = open()) {
                assertAllIsThere(store);
            }
        }
    }

    /** The system refuses this process files beyond a length: a write fails as it does where a disk is broken. */
    @Test
    void aWriteThatFailsIsToldAndPasses() throws Exception {
        try (SqliteJobStore store = open()) {
            insert(store, 10);
            limit("--fsize=" + (1 << 20) + ":");
            try {
                assertThat(fillUp(store)).hasMessageContaining("cannot be read or written");
            } finally {
                limit("--fsize=unlimited:");
            }
            assertAllIsThere(store);
            insert(store, 100_000);
            assertAllIsThere(store);
        }
        try (SqliteJobStore store = open()) {
            assertAllIsThere(store);
        }
    }

    private static void limit(String option) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        "prlimit",
                        "--pid",
                        Long.toString(ProcessHandle.current().pid()),
                        option)
                .inheritIO()
                .start();
        try {
            assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).isZero();
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    void anotherProcessThatWritesIsToldAndPasses() throws Exception {
        try (SqliteJobStore store = open()) {
            insert(store, 10);
            try (Database other = Database.writer(dataDir.resolve(SqliteJobStore.FILE))) {
                other.execute("BEGIN IMMEDIATE");
                assertThatExceptionOfType(StoreException.class)
                        .isThrownBy(() -> insert(store, 10))
                        .withMessageContaining("locked by another process");
                assertAllIsThere(store); // reading goes on
            }
            insert(store, 10);
            assertAllIsThere(store);
        }
    }

    @Test
    void aFileThatIsMovedAwayIsToldAndPassesWhenItIsBack() throws Exception {
        Path file = dataDir.resolve(SqliteJobStore.FILE);
        Path elsewhere = dataDir.resolve("elsewhere");
        try (SqliteJobStore store = open()) {
            insert(store, 10);
            Files.move(file, elsewhere);
            assertRefused(store, "was moved or removed");
            assertThat(file).doesNotExist();
            Files.copy(elsewhere, file);
            assertRefused(store, "is another file");
            Files.delete(file);
            Files.move(elsewhere, file);
            Eventually.within(Duration.ofSeconds(10), () -> {
                try {
                    assertAllIsThere(store);
                } catch (StoreException e) {
                    throw new AssertionError(e);
                }
            });
            insert(store, 10);
            assertAllIsThere(store);
        }
        try (SqliteJobStore store = open()) {
            assertAllIsThere(store);
        }
    }

    @Test
    void aFileThatWasCutIsNotUsedAgain() throws Exception {
        Path file = dataDir.resolve(SqliteJobStore.FILE);
        try (SqliteJobStore store = open()) {
            insert(store, 10);
            byte[] bytes = Files.readAllBytes(file);
            Files.write(file, new byte[0]);
            assertRefused(store, "was cut to nothing");
            Files.write(file, bytes);
            assertRefused(store, "was cut to nothing");
        }
    }

    /** Writing is refused at once, reading a moment later. */
    private void assertRefused(SqliteJobStore store, String why) {
        assertThatExceptionOfType(StoreException.class)
                .isThrownBy(() -> store.write(tables -> {}))
                .withMessageContaining(why);
        Eventually.within(Duration.ofSeconds(10), () -> assertThatExceptionOfType(StoreException.class)
                .isThrownBy(() -> store.read(tables -> tables.pools()))
                .withMessageContaining(why));
    }

    @Test
    void aStatementThatWasEndedWorksTheNextTime() throws Exception {
        Duration limit = Duration.ofMillis(200);
        try (SqliteJobStore store = SqliteJobStore.open(dataDir.resolve(SqliteJobStore.FILE), limit)) {
            for (int i = 0; i < 9; i++) {
                assertThatExceptionOfType(StoreException.class)
                        .isThrownBy(() -> store.read(tables ->
                                ((SqliteReader) tables).database.sql(ENDLESS).number(0)))
                        .withMessageContaining("took longer than 200 ms");
            }
        }
    }

    @Test
    void aPageThatIsDamagedIsToldWhereItIsRead() throws Exception {
        try (SqliteJobStore store = open()) {
            for (int i = 0; i < 20; i++) {
                insert(store, 100_000);
            }
        }
        Path file = dataDir.resolve(SqliteJobStore.FILE);
        byte[] bytes = Files.readAllBytes(file);
        try (SqliteJobStore store = open()) {
            byte[] broken = bytes.clone();
            Arrays.fill(broken, bytes.length / 2, bytes.length, (byte) 0x55);
            Files.write(file, broken);

            StoreException damaged = catchThrowableOfType(StoreException.class, () -> {
                for (UUID id : committed) {
                    store.read(tables -> tables.withArguments(id));
                }
            });
            assertThat(damaged).hasMessageContaining("is damaged");

            Files.write(file, bytes);
            for (UUID id : committed) {
                WaitingJob job = store.read(tables -> tables.withArguments(id));
                assertThat(job).isNotNull();
            }
        }
    }

    @Test
    void aReadingThatTakesTooLongIsEnded() throws Exception {
        Duration limit = Duration.ofMillis(200);
        try (SqliteJobStore store = SqliteJobStore.open(dataDir.resolve(SqliteJobStore.FILE), limit)) {
            insert(store, 10);
            List<CompletableFuture<Void>> slow = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                slow.add(CompletableFuture.runAsync(
                        () -> assertThatExceptionOfType(StoreException.class)
                                .isThrownBy(() -> store.read(tables -> ((SqliteReader) tables)
                                        .database
                                        .sql(ENDLESS)
                                        .number(0)))
                                .withMessageContaining("took longer than 200 ms"),
                        task -> Thread.ofVirtual().start(task)));
            }
            slow.forEach(CompletableFuture::join);

            Eventually.until(Duration.ofSeconds(10), () -> {
                assertAllIsThere(store);
                return true;
            });
            insert(store, 10);
        }
    }

    @Test
    void aReaderThatIsInterruptedLeaves() throws Exception {
        try (SqliteJobStore store = open()) {
            CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
            Thread reader = Thread.ofVirtual().start(() -> {
                try {
                    store.read(tables ->
                            ((SqliteReader) tables).database.sql(ENDLESS).number(0));
                    interrupted.complete(false);
                } catch (StoreException e) {
                    interrupted.complete(Thread.currentThread().isInterrupted());
                }
            });
            Eventually.within(Duration.ofSeconds(10), () -> assertThat(reader.getState())
                    .isIn(Thread.State.TIMED_WAITING, Thread.State.WAITING));
            reader.interrupt();

            assertThat(interrupted.get(10, TimeUnit.SECONDS)).isTrue();
            Eventually.until(Duration.ofSeconds(10), () -> {
                assertAllIsThere(store);
                return true;
            });
        }
    }

    @Test
    void aStoreClosesWhileSomebodyReads() throws Exception {
        SqliteJobStore store = open();
        CompletableFuture<String> told = new CompletableFuture<>();
        Thread.ofVirtual().start(() -> {
            try {
                store.read(
                        tables -> ((SqliteReader) tables).database.sql(ENDLESS).number(0));
            } catch (StoreException e) {
                told.complete(String.valueOf(e.getMessage()));
            }
        });

        store.close();

        assertThat(told.get(10, TimeUnit.SECONDS)).isNotEmpty();
    }

    @Test
    void whatIsForgottenMakesRoom() throws Exception {
        Path file = dataDir.resolve(SqliteJobStore.FILE);
        try (SqliteJobStore store = open()) {
            for (int i = 0; i < 400; i++) {
                insert(store, 100_000);
            }
            for (UUID id : committed) {
                store.write(tables -> tables.cancel(id, JobDraft.NOW, JobStoreContract.ERROR));
            }
            Instant later = JobDraft.NOW.plus(Duration.ofDays(2));
            for (int i = 0; i < 60; i++) {
                store.write(tables -> tables.forget(later, 100));
            }
        }
        assertThat(Files.size(file)).isLessThan(24 << 20);
        long before = Files.size(file);
        committed.clear();
        try (SqliteJobStore store = open()) {
            for (int i = 0; i < 100; i++) {
                insert(store, 100_000);
            }
            assertAllIsThere(store);
        }
        assertThat(Files.size(file)).isLessThanOrEqualTo(before + (1 << 20));
    }

    @Test
    void whatIsInALogThatIsRemovedIsSavedAndTheStoreIsRefused() throws Exception {
        try (SqliteJobStore store = open()) {
            insert(store, 10);
            insert(store, 10);
            Files.delete(log());
            assertWriteRefused(store, "was moved, removed or replaced");
            assertWriteRefused(store, "was moved, removed or replaced");
            // As a kill at this moment would leave it.
            Path copy = Files.createDirectory(dataDir.resolve("copy")).resolve(SqliteJobStore.FILE);
            Files.copy(dataDir.resolve(SqliteJobStore.FILE), copy);
            try (SqliteJobStore after = SqliteJobStore.open(copy)) {
                assertAllIsThere(after);
            }
        }
        try (SqliteJobStore again = open()) {
            assertAllIsThere(again);
            insert(again, 10);
        }
    }

    @Test
    void aLogThatIsCutIsToldAndTheStoreRefused() throws Exception {
        try (SqliteJobStore store = open()) {
            insert(store, 10);
            insert(store, 10);
            try (FileChannel file = FileChannel.open(log(), StandardOpenOption.WRITE)) {
                file.truncate(0);
            }
            assertWriteRefused(store, "was cut while the service runs");
            assertWriteRefused(store, "was cut while the service runs");
        }
    }

    private static void assertWriteRefused(SqliteJobStore store, String why) {
        assertThatExceptionOfType(StoreException.class)
                .isThrownBy(() -> store.write(tables -> {}))
                .withMessageContaining(why);
    }

    private Path log() {
        return dataDir.resolve(SqliteJobStore.FILE + "-wal");
    }
}
