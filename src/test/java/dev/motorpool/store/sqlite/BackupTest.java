package dev.motorpool.store.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.motorpool.detached.model.WaitingJob;
import dev.motorpool.detached.store.JobReader.Census;
import dev.motorpool.store.JobDraft;
import dev.motorpool.testing.Eventually;
import dev.motorpool.testing.LeavesNothingBehind;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A copy that is made while the store is written to is the store at one moment. */
@ExtendWith(LeavesNothingBehind.class)
@Tag("service")
class BackupTest {

    @TempDir
    Path directory;

    private Path dataDir() throws Exception {
        return Files.createDirectories(directory.resolve("data"));
    }

    private Path file() throws Exception {
        return dataDir().resolve(SqliteJobStore.FILE);
    }

    @Test
    void aCopyHoldsAllThatWasWrittenBeforeAndNoHalves() throws Exception {
        List<UUID> written = new CopyOnWriteArrayList<>();
        AtomicBoolean over = new AtomicBoolean();
        Path copy = directory.resolve("copies").resolve(SqliteJobStore.FILE);
        Files.createDirectories(copy.getParent());
        int before;
        try (SqliteJobStore store = SqliteJobStore.open(file())) {
            CompletableFuture<Void> writer = CompletableFuture.runAsync(() -> write(store, written, over));
            Eventually.within(Duration.ofSeconds(30), () -> assertThat(written).hasSizeGreaterThan(200));
            try {
                before = written.size();
                Backup.copy(dataDir(), copy);
            } finally {
                over.set(true);
                writer.join();
            }
        }

        try (SqliteJobStore store = SqliteJobStore.open(copy)) {
            int found = 0;
            for (UUID id : written) {
                if (store.read(tables -> tables.find(id)) == null) {
                    break;
                }
                found++;
            }
            assertThat(found).isGreaterThanOrEqualTo(before);
            assertThat(found % 2).isZero(); // each transaction writes two
            Census census = store.read(tables -> tables.census());
            assertThat(census.pools()).containsOnlyKeys("processes");
            assertThat(census.queued()).isEqualTo(found);
            store.write(tables -> tables.insert(new JobDraft().made(), null));
        }
        try (Stream<Path> files = Files.list(copy.getParent())) {
            assertThat(files.map(path -> path.getFileName().toString()))
                    .contains(SqliteJobStore.FILE)
                    .noneMatch(name -> name.endsWith(".part"));
        }
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(copy)))
                .isEqualTo("rw-------");
    }

    private static void write(SqliteJobStore store, List<UUID> written, AtomicBoolean over) {
        try {
            while (!over.get()) {
                WaitingJob first = new JobDraft().made();
                WaitingJob second = new JobDraft().made();
                store.write(tables -> {
                    tables.insert(first, null);
                    tables.insert(second, null);
                });
                written.addAll(List.of(first.id(), second.id()));
            }
        } catch (dev.motorpool.detached.store.StoreException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aStoreThatNobodyUsesIsCopiedToo() throws Exception {
        SqliteJobStore.open(file()).close();
        Path copy = directory.resolve("copy.db");
        Files.writeString(directory.resolve("copy.db.part"), "of a copy that was ended");

        Backup.copy(dataDir(), copy);

        SqliteJobStore.open(copy).close();
        assertThat(directory.resolve("copy.db.part")).doesNotExist();
    }

    @Test
    void nothingIsOverwritten() throws Exception {
        SqliteJobStore.open(file()).close();
        Path copy = Files.writeString(directory.resolve("copy.db"), "mine");

        assertThatExceptionOfType(StoreUnusableException.class)
                .isThrownBy(() -> Backup.copy(dataDir(), copy))
                .withMessageContaining("is there already");
        assertThat(copy).hasContent("mine");
    }

    @Test
    void whereNothingCanBeCopiedOrWrittenIsTold() throws Exception {
        assertThatExceptionOfType(StoreUnusableException.class)
                .isThrownBy(() -> Backup.copy(dataDir(), directory.resolve("copy.db")))
                .withMessageContaining("There is no " + file());
        SqliteJobStore.open(file()).close();
        assertThatExceptionOfType(StoreUnusableException.class)
                .isThrownBy(() -> Backup.copy(dataDir(), directory.resolve("no").resolve("copy.db")))
                .withMessageContaining("cannot be written");
    }
}
