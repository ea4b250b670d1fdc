package dev.motorpool.store.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.motorpool.detached.model.JobFilter;
import dev.motorpool.detached.model.StoredJob;
import dev.motorpool.detached.model.WaitingJob;
import dev.motorpool.detached.store.JobReader.Census;
import dev.motorpool.json.RawJson;
import dev.motorpool.store.JobDraft;
import dev.motorpool.store.SmallDisk;
import dev.motorpool.testing.LeavesNothingBehind;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A store that cannot be used is refused at the start, with what is wrong and what to do. */
@ExtendWith(LeavesNothingBehind.class)
@Tag("service")
class OpeningTest {

    @TempDir
    Path dataDir;

    private Path file;

    @BeforeEach
    void name() {
        file = dataDir.resolve(SqliteJobStore.FILE);
    }

    private static StoreUnusableException refusal(Path path) {
        StoreUnusableException refusal = catchThrowableOfType(
                StoreUnusableException.class, () -> SqliteJobStore.open(path).close());
        assertThat(refusal).isNotNull();
        assertThat(refusal.getMessage()).endsWith(".");
        assertThat(refusal.action()).endsWith(".");
        return refusal;
    }

    /** Makes a store with some jobs and closes it: all is in the one file. */
    private void fill() throws Exception {
        try (SqliteJobStore store = SqliteJobStore.open(file)) {
            store.write(tables -> {
                for (int i = 0; i < 2000; i++) {
                    WaitingJob job = new JobDraft()
                            .args(RawJson.of("[\"" + "a".repeat(500) + "\"]"))
                            .made();
                    tables.insert(job, null);
                }
            });
        }
    }

    private void sql(String text) throws Exception {
        try (Database database = Database.writer(file)) {
            database.execute(text);
        }
    }

    @Test
    void aNewFileIsForThisUserOnly() throws Exception {
        SqliteJobStore.open(file).close();

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
    }

    @Test
    void aStoreOpensAgainAndAgain() throws Exception {
        fill();
        fill();
        try (SqliteJobStore store = SqliteJobStore.open(file)) {
            Census census = store.read(tables -> tables.census());
            assertThat(census.pools()).containsOnlyKeys("processes");
            assertThat(census.queued()).isEqualTo(4000);
        }
    }

    @Test
    void aFileThatIsEmptyBecomesAStore() throws Exception {
        Files.createFile(file);

        SqliteJobStore.open(file).close();
    }

    @Test
    void garbageIsNoStore() throws IOException {
        byte[] garbage = new byte[100_000];
        new Random(1).nextBytes(garbage);
        Files.write(file, garbage);

        StoreUnusableException refusal = refusal(file);

        assertThat(refusal).hasMessageContaining("not a database of SQLite").hasMessageContaining(file.toString());
        assertThat(refusal.action()).contains("backup");
        assertThat(Files.readAllBytes(file)).isEqualTo(garbage);
    }

    @Test
    void aFileThatWasCutIsDamaged() throws Exception {
        fill();
        try (RandomAccessFile access = new RandomAccessFile(file.toFile(), "rw")) {
            access.setLength(access.length() / 2);
        }

        assertThat(refusal(file)).hasMessageContaining("is damaged");
    }

    @Test
    void aFileWithGarbageInItsFirstPagesIsDamaged() throws Exception {
        fill();
        byte[] garbage = new byte[20 * 4096];
        new Random(1).nextBytes(garbage);
        try (RandomAccessFile access = new RandomAccessFile(file.toFile(), "rw")) {
            access.seek(4096);
            access.write(garbage);
        }

        assertThat(refusal(file)).hasMessageContaining("is damaged");
    }

    /** Jobs as versions before the limit of tags have stored them. */
    @Test
    void tagsFarBeyondTheirLimitGoWhenTheTablesAreRenewedAndTheJobsStay() throws Exception {
        WaitingJob usual = new JobDraft().tags(Map.of("a", "b")).made();
        WaitingJob oneLong =
                new JobDraft().tags(Map.of("a", "x".repeat(1 << 20))).made();
        Map<String, String> names = new HashMap<>();
        for (int i = 0; i < 20_000; i++) {
            names.put("tag-" + i, "");
        }
        WaitingJob manyEmpty = new JobDraft().tags(names).made();
        try (SqliteJobStore store = SqliteJobStore.open(file)) {
            store.write(tables -> {
                for (WaitingJob job : List.of(usual, oneLong, manyEmpty)) {
                    tables.insert(job, null);
                }
            });
        }
        sql("DELETE FROM flyway_schema_history WHERE version IN ('5', '6')");
        sql("DROP TABLE tenant_bytes");
        sql("PRAGMA user_version = 3");

        try (SqliteJobStore store = SqliteJobStore.open(file)) {
            List<StoredJob> jobs =
                    store.read(tables -> tables.list(new JobFilter(Set.of(), null, null, Map.of()), null, 10));
            assertThat(jobs).extracting(StoredJob::id).containsExactly(manyEmpty.id(), oneLong.id(), usual.id());
            assertThat(jobs).extracting(job -> job.spec().tags()).containsExactly(Map.of(), Map.of(), Map.of("a", "b"));
            store.read(tables -> assertThat(((SqliteReader) tables)
                            .database
                            .sql("SELECT count(*) FROM tags")
                            .number(0))
                    .isEqualTo(1));
        }
    }

    @Test
    void anotherProgramsDatabaseIsLeftAlone() throws Exception {
        sql("CREATE TABLE songs (title TEXT)");

        assertThat(refusal(file)).hasMessageContaining("not one of Motorpool's");
    }

    @Test
    void aStoreOfANewerVersionIsLeftAlone() throws Exception {
        fill();
        sql("PRAGMA user_version = 99");

        StoreUnusableException refusal = refusal(file);

        assertThat(refusal).hasMessageContaining("newer Motorpool").hasMessageContaining("version 99");
        assertThat(refusal.action()).contains("Start that version again");
    }

    /** The other process is this one, with a connection that knows nothing of the store. */
    @Test
    void aStoreThatAnotherProcessHoldsIsRefused() throws Exception {
        fill();
        try (Database other = Database.writer(file)) {
            other.execute("BEGIN EXCLUSIVE");

            StoreUnusableException refusal = refusal(file);

            assertThat(refusal).hasMessageContaining("locked by another process");
            assertThat(refusal.action()).contains("lsof");
        }
        SqliteJobStore.open(file).close();
    }

    @Test
    void aDirectoryThatIsNotThereIsNamed() {
        Path nowhere = dataDir.resolve("no").resolve(SqliteJobStore.FILE);

        assertThat(refusal(nowhere)).hasMessageContaining("no directory " + nowhere.getParent());
    }

    @Test
    void aDirectoryIsNoStore() throws IOException {
        Files.createDirectory(file);

        assertThat(refusal(file)).hasMessageContaining("not a file");
    }

    /** Root may write everywhere but on a disk that is mounted so; where it may not mount, there is /proc. */
    @Test
    void whereNothingCanBeWrittenIsTold() throws Exception {
        try (SmallDisk disk = SmallDisk.mount(dataDir, "4m")) {
            if (disk.readOnly()) {
                assertThat(refusal(file)).hasMessageContaining("read-only for this user");
            } else if (!mayAll()) {
                Files.setPosixFilePermissions(dataDir, PosixFilePermissions.fromString("r-xr-xr-x"));
                assertThat(refusal(file)).hasMessageContaining("read-only for this user");
                Files.setPosixFilePermissions(dataDir, PosixFilePermissions.fromString("rwx------"));
            } else {
                assertThat(refusal(Path.of("/proc/" + SqliteJobStore.FILE)))
                        .hasMessageContaining("/proc/" + SqliteJobStore.FILE);
            }
        }
    }

    @Test
    void aFileThatCannotBeWrittenIsTold() throws Exception {
        try (SmallDisk disk = SmallDisk.mount(dataDir, "16m")) {
            fill();
            if (disk.mounted()) {
                assertThat(disk.readOnly()).isTrue();
                assertThat(refusal(file)).hasMessageContaining("read-only for this user");
            } else {
                Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("r--------"));
                if (!mayAll()) {
                    assertThat(refusal(file)).hasMessageContaining(file + " is read-only for this user");
                }
            }
        }
    }

    private static boolean mayAll() throws IOException, InterruptedException {
        Process id = new ProcessBuilder("id", "-u").start();
        try {
            assertThat(id.waitFor(10, TimeUnit.SECONDS)).isTrue();
            return new String(id.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.US_ASCII)
                    .strip()
                    .equals("0");
        } finally {
            id.destroyForcibly();
        }
    }

    /** Where no small disk can be mounted, a limit on the pages of the file stands in for it. */
    @Test
    void aDiskThatIsFullAtTheStartIsTold() throws Exception {
        SqliteJobStore.open(Files.createDirectory(dataDir.resolve("first")).resolve(SqliteJobStore.FILE))
                .close();
        try (SmallDisk disk = SmallDisk.mount(Files.createDirectory(dataDir.resolve("small")), "64k")) {
            Path path = dataDir.resolve("small").resolve(SqliteJobStore.FILE);
            if (disk.mounted()) {
                assertThat(refusal(path)).hasMessageMatching("(?s).*(full|FULL|No space).*");
            } else {
                try (Database database = Database.writer(path)) {
                    database.execute("PRAGMA max_page_count = 2");
                    assertThat(catchThrowableOfType(
                                    dev.motorpool.detached.store.StoreException.class,
                                    () -> database.execute("CREATE TABLE a (b); CREATE TABLE c (d)")))
                            .hasMessageContaining("disk is full");
                }
            }
        }
    }
}
