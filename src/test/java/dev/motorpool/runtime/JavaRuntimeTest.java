package dev.motorpool.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.motorpool.json.RawJson;
import dev.motorpool.testing.LeavesNothingBehind;
import dev.motorpool.wire.FrameCodec;
import dev.motorpool.wire.Message;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(LeavesNothingBehind.class)
@Tag("slow")
class JavaRuntimeTest {

    private static final WorkerShape ONE = new WorkerShape(1, false);

    /** Shared, as making a cache takes seconds; each test leaves it whole. */
    @TempDir
    static Path data;

    @Test
    void aWorkerStartsFromTheCacheAndAnswers() throws Exception {
        WorkerCommand command = new JavaRuntime("java", JavaWorkerSettings.in(data), new Spawner()).command(ONE);
        assertAnswers(command);
        assertAnswersFromCache(command);
    }

    @Test
    void whatIsThereIsUsedAgain() throws Exception {
        new JavaRuntime("java", JavaWorkerSettings.in(data), new Spawner()).command(ONE);
        Path cache = only("worker.aot");
        FileTime made = Files.getLastModifiedTime(cache);
        new JavaRuntime("java", JavaWorkerSettings.in(data), new Spawner()).command(ONE);
        assertThat(Files.getLastModifiedTime(cache)).isEqualTo(made);
    }

    @Test
    void aDamagedCacheStopsNoWorkerAndIsMadeAnew() throws Exception {
        WorkerCommand command = new JavaRuntime("java", JavaWorkerSettings.in(data), new Spawner()).command(ONE);
        Path cache = only("worker.aot");
        Path aside = data.resolve("aside");
        Files.move(cache, aside);
        assertAnswers(command);
        Files.write(cache, Arrays.copyOf(Files.readAllBytes(aside), (int) Files.size(aside) / 2));
        assertAnswers(command);
        Files.delete(only("functions.json"));
        assertAnswers(command);
        Files.writeString(only("functions.json"), "no index");
        assertAnswers(command);
        Files.writeString(only("functions.json"), "[]\n[half");

        Files.move(aside, cache, StandardCopyOption.REPLACE_EXISTING);
        try (RandomAccessFile file = new RandomAccessFile(cache.toFile(), "rw")) {
            file.seek(file.length() / 2);
            file.write(new byte[100_000]);
        }
        assertAnswersFromCache(new JavaRuntime("java", JavaWorkerSettings.in(data), new Spawner()).command(ONE));
        assertThat(Files.readString(only("worker.aot.sha256"))).isEqualTo(Digest.of(cache));
    }

    @Test
    void whatWasPreparedElsewhereIsUsedAndNotTouched(@TempDir Path own) throws Exception {
        new JavaRuntime("java", JavaWorkerSettings.in(data), new Spawner()).command(ONE);
        Path worker = data.resolve("worker");
        List<String> before = times(worker);

        WorkerCommand command = new JavaRuntime("java", prepared(own, worker), new Spawner()).command(ONE);

        assertAnswersFromCache(command);
        assertThat(command.command())
                .contains("-XX:AOTCache=" + only("worker.aot").toAbsolutePath());
        assertThat(times(worker)).isEqualTo(before);
        assertThat(own).isEmptyDirectory();
    }

    @Test
    void whatWasPreparedForAnotherVersionIsMadeAnew(@TempDir Path own, @TempDir Path other) throws Exception {
        WorkerCommand command = new JavaRuntime("java", prepared(own, other), new Spawner()).command(ONE);

        assertAnswersFromCache(command);
        assertThat(own.resolve("worker")).isDirectory();
        assertThat(other).isEmptyDirectory();
    }

    private static JavaWorkerSettings prepared(Path own, Path prepared) {
        JavaWorkerSettings usual = JavaWorkerSettings.in(own);
        return new JavaWorkerSettings(
                own, prepared, usual.javaHome(), null, usual.valueLimit(), usual.frameLimit(), false, Map.of());
    }

    private static List<String> times(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            List<String> times = new ArrayList<>();
            for (Path file : (Iterable<Path>) files.sorted()::iterator) {
                times.add(file + " " + Files.getLastModifiedTime(file));
            }
            return times;
        }
    }

    @Test
    void aJavaThatCannotMakeACacheIsUsedWithoutOne(@TempDir Path data) throws Exception {
        // A java that does not know the option, like one before 24.
        Path home = Files.createDirectories(data.resolve("home"));
        Path java = Files.createDirectories(home.resolve("bin")).resolve("java");
        Files.writeString(java, """
            #!/bin/sh
            for option; do
              case $option in -XX:AOTCacheOutput=*) echo "Unrecognized VM option" >&2; exit 1 ;; esac
            done
            exec '%s/bin/java' "$@"
            """.formatted(System.getProperty("java.home")));
        assertThat(java.toFile().setExecutable(true)).isTrue();
        JavaWorkerSettings usual = JavaWorkerSettings.in(data);
        WorkerCommand command = new JavaRuntime(
                        "java",
                        new JavaWorkerSettings(
                                data,
                                null,
                                home,
                                32L << 20,
                                usual.valueLimit(),
                                usual.frameLimit(),
                                true,
                                Map.of("a.b", "c")),
                        new Spawner())
                .command(ONE);
        assertThat(command.command()).noneMatch(option -> option.startsWith("-XX:AOTCache"));
        assertThat(command.command()).contains("-Xmx33554432", "-Da.b=c", "--demo-functions");
        assertAnswers(command);
    }

    @Test
    void runtimesThatStartTogetherMakeTheFilesOnceAndRemoveOldOnes(@TempDir Path data) throws Exception {
        Path root = data.resolve("worker");
        Path old = Files.createDirectories(root.resolve("0123456789abcdef"));
        Files.createFile(old.resolve("motorpool-worker.jar"));
        Path young = Files.createDirectories(root.resolve("0123456789abcdee"));
        Path foreign = Files.createDirectories(root.resolve("something-else"));
        FileTime longAgo = FileTime.from(Instant.now().minus(Duration.ofDays(2)));
        Files.setLastModifiedTime(old, longAgo);
        Files.setLastModifiedTime(foreign, longAgo);

        List<CompletableFuture<WorkerCommand>> commands = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            commands.add(CompletableFuture.supplyAsync(() -> {
                try {
                    return new JavaRuntime("java", JavaWorkerSettings.in(data), new Spawner()).command(ONE);
                } catch (InterruptedException stop) {
                    throw new AssertionError(stop);
                }
            }));
        }
        for (CompletableFuture<WorkerCommand> command : commands) {
            assertThat(command.join()).isEqualTo(commands.getFirst().join());
        }
        try (Stream<Path> files = Files.walk(data)) {
            assertThat(files.filter(Files::isRegularFile)
                            .map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrder(
                            "lock", "motorpool-worker.jar", "worker.aot", "worker.aot.sha256", "functions.json");
        }
        assertThat(old).doesNotExist();
        assertThat(young).exists();
        assertThat(foreign).exists();
    }

    @Test
    void filesThatSomebodyRemovedAreMadeAgain() throws Exception {
        JavaRuntime runtime = new JavaRuntime("java", JavaWorkerSettings.in(data), new Spawner());
        runtime.command(ONE);
        Files.delete(only("motorpool-worker.jar"));
        assertAnswersFromCache(runtime.command(ONE));
    }

    private static Path only(String name) throws IOException {
        try (Stream<Path> files = Files.walk(data)) {
            return files.filter(file -> file.getFileName().toString().equals(name))
                    .findFirst()
                    .orElseThrow();
        }
    }

    /** The JVM does not start with a cache that it cannot use, if its flags require the cache. */
    private static void assertAnswersFromCache(WorkerCommand command) throws Exception {
        List<String> strict = new ArrayList<>(command.command());
        strict.add(strict.indexOf("-XX:+UseSerialGC"), "-XX:AOTMode=on");
        assertAnswers(new WorkerCommand(strict, command.environment()));
    }

    private static void assertAnswers(WorkerCommand command) throws Exception {
        try (WorkerUnderTest worker = new WorkerUnderTest(command)) {
            Message.Hello hello = worker.receive(Message.Hello.class);
            assertThat(hello.version()).isEqualTo(FrameCodec.VERSION);
            assertThat(hello.functions().toString()).contains("\"name\":\"fib\"");
            worker.call(7, "echo", "[{\"a\":1.50}]");
            assertThat(worker.receive(Message.Result.class).value()).isEqualTo(RawJson.of("{\"a\":1.50}"));
            worker.closeOrders();
            assertThat(worker.receiveEnd()).isEqualTo("end");
            assertThat(worker.awaitExit()).isZero();
        }
    }
}
