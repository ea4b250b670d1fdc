package dev.motorpool.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.motorpool.detached.model.RepeatKey;
import dev.motorpool.detached.model.StoredJob;
import dev.motorpool.detached.model.WaitingJob;
import dev.motorpool.detached.store.JobTables.Insertion;
import dev.motorpool.job.JobState;
import dev.motorpool.store.sqlite.SqliteJobStore;
import dev.motorpool.testing.LeavesNothingBehind;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A writing process is killed in the middle, again and again: everything that it had confirmed is there afterwards. */
@ExtendWith(LeavesNothingBehind.class)
@Tag("slow")
class StoreKilledTest {

    private static final int KILLS = 4;

    @TempDir
    Path dataDir;

    @Test
    void whatWasCommittedOutlivesAKill() throws Exception {
        Path file = dataDir.resolve(SqliteJobStore.FILE);
        Path temporary = Files.createDirectory(dataDir.resolve("tmp"));
        long seed = System.nanoTime();
        Random random = new Random(seed);
        List<String> told = new ArrayList<>();
        for (int kill = 0; kill < KILLS; kill++) {
            told.addAll(runAndKill(file, temporary, 200 + random.nextInt(2000)));
        }

        try (SqliteJobStore store = SqliteJobStore.open(file)) {
            for (String line : told) {
                UUID id = UUID.fromString(line.substring(5));
                StoredJob job = store.read(tables -> tables.find(id));
                assertThat(job).as("%s (seed %d)", line, seed).isNotNull();
                if (line.startsWith("done")) {
                    assertThat(job.state()).isEqualTo(JobState.SUCCEEDED);
                }
                WaitingJob whole = store.read(tables -> tables.withArguments(id));
                assertThat(whole).isNotNull();
                assertThat(whole.args().length()).isIn(24, 20_004);
                Insertion repeat =
                        store.read(tables -> tables.findRepeat(new RepeatKey("default", "", "", id.toString(), "d")));
                assertThat(repeat).isEqualTo(new Insertion.Repeated(id, job));
            }
        }
        try (Stream<Path> files = Files.list(dataDir)) {
            assertThat(files.map(path -> path.getFileName().toString()))
                    .containsExactlyInAnyOrder(SqliteJobStore.FILE, "native", "tmp");
        }
        try (Stream<Path> files = Files.list(dataDir.resolve("tmp"))) {
            assertThat(files).isEmpty();
        }
    }

    /** All whole lines that it printed. */
    private static List<String> runAndKill(Path file, Path temporary, int lines)
            throws IOException, InterruptedException {
        Process writer = new ProcessBuilder(
                        ProcessHandle.current().info().command().orElseThrow(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-Xshare:auto",
                        "-XX:TieredStopAtLevel=1",
                        "-Djava.io.tmpdir=" + temporary,
                        "-cp",
                        System.getProperty("java.class.path"),
                        StoreWriter.class.getName(),
                        file.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        List<String> told = new ArrayList<>();
        try (BufferedReader out =
                new BufferedReader(new InputStreamReader(writer.getInputStream(), StandardCharsets.US_ASCII))) {
            for (String line = out.readLine(); line != null; line = out.readLine()) {
                if (line.length() == 41) {
                    told.add(line);
                }
                if (told.size() == lines) {
                    writer.toHandle().destroyForcibly();
                }
            }
        } finally {
            writer.destroyForcibly();
            assertThat(writer.waitFor(20, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(told).hasSizeGreaterThanOrEqualTo(lines);
        return told;
    }
}
