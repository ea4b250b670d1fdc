package dev.motorpool.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.motorpool.json.RawJson;
import dev.motorpool.pool.Initializer;
import dev.motorpool.pool.PoolKind;
import dev.motorpool.pool.PoolPatch;
import dev.motorpool.pool.PoolSetting;
import dev.motorpool.pool.PoolStore.KeptPool;
import dev.motorpool.pool.PoolStore.Wanted;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PoolFileTest {

    @TempDir
    Path dataDir;

    @Test
    void nothingIsKeptAtFirst() throws IOException {
        assertThat(new PoolFile(dataDir).load()).isEmpty();
    }

    @Test
    void whatIsSavedIsLoaded() throws IOException {
        Map<String, KeptPool> pools = Map.of(
                "crunch",
                new KeptPool(
                        new PoolPatch(
                                PoolKind.PROCESS,
                                Map.of(
                                        PoolSetting.SIZE,
                                        4,
                                        PoolSetting.QUEUE_CAPACITY,
                                        0,
                                        PoolSetting.DEFAULT_TIMEOUT,
                                        Duration.ofMillis(1_500),
                                        PoolSetting.MAX_TIMEOUT,
                                        Duration.ofDays(3_650),
                                        PoolSetting.MAX_TASKS_PER_CHILD,
                                        Integer.MAX_VALUE,
                                        PoolSetting.THREADS_PER_WORKER,
                                        2,
                                        PoolSetting.MEMORY_LIMIT,
                                        Long.MAX_VALUE,
                                        PoolSetting.INITIALIZER,
                                        new Initializer("echo", RawJson.of("[1.50e3, \"é\"]"), RawJson.of("{\"a\":1}")),
                                        PoolSetting.RUNTIME,
                                        "python")),
                        Wanted.PAUSED),
                "green",
                new KeptPool(new PoolPatch(PoolKind.COROUTINE, Map.of()), Wanted.TERMINATED));

        new PoolFile(dataDir).save(pools);

        assertThat(new PoolFile(dataDir).load()).isEqualTo(pools);
    }

    @Test
    void aSaveReplacesTheOneBeforeAndLeavesOneFile() throws IOException {
        PoolFile file = new PoolFile(dataDir);
        KeptPool pool = new KeptPool(new PoolPatch(PoolKind.THREAD, Map.of()), Wanted.RUNNING);
        file.save(Map.of("a", pool, "b", pool));
        Files.writeString(dataDir.resolve("pools.json.new"), "what a crash left of the next save");
        file.save(Map.of("b", pool));

        assertThat(file.load()).containsOnlyKeys("b");
        try (Stream<Path> files = Files.list(dataDir)) {
            assertThat(files).containsExactly(dataDir.resolve("pools.json"));
        }
    }

    @Test
    void aSaveThatFailsLeavesWhatWasKept() throws IOException {
        PoolFile file = new PoolFile(dataDir);
        KeptPool pool = new KeptPool(new PoolPatch(PoolKind.THREAD, Map.of()), Wanted.RUNNING);
        file.save(Map.of("a", pool));
        Files.createDirectory(dataDir.resolve("pools.json.new"));

        assertThatExceptionOfType(IOException.class).isThrownBy(() -> file.save(Map.of("b", pool)));
        assertThat(file.load()).containsOnlyKeys("a");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "null",
                "{",
                "[]",
                "{}",
                "{\"pools\":{}}",
                "{\"version\":2,\"pools\":{}}",
                "{\"version\":1}",
                "{\"version\":1,\"pools\":[]}",
                "{\"version\":1,\"pools\":{},\"more\":1}",
                "{\"version\":1,\"pools\":{\"a\":null}}",
                "{\"version\":1,\"pools\":{\"a\":{\"state\":\"running\"}}}",
                "{\"version\":1,\"pools\":{\"a\":{\"state\":\"running\",\"settings\":{}}}}",
                "{\"version\":1,\"pools\":{\"a\":{\"state\":\"asleep\",\"settings\":{\"kind\":\"thread\"}}}}",
                "{\"version\":1,\"pools\":{\"a\":{\"settings\":{\"kind\":\"thread\"}}}}",
                "{\"version\":1,\"pools\":{\"a\":{\"state\":\"running\",\"settings\":{\"kind\":\"fiber\"}}}}",
                "{\"version\":1,\"pools\":{\"a\":{\"state\":\"running\",\"settings\":{\"kind\":\"thread\",\"sise\":1}}}}",
                "{\"version\":1,\"pools\":{\"a\":{\"state\":\"running\",\"settings\":{\"kind\":\"thread\",\"size\":\"1\"}}}}",
                "{\"version\":1,\"pools\":{\"a\":{\"state\":\"running\",\"settings\":{\"kind\":\"thread\"},\"x\":1}}}",
                "{\"version\":1,\"pools\":{}} ",
                "\0\0\0\0\0\0\0\0",
            })
    void whatIsNotUnderstoodStopsTheStartAndNamesTheFile(String content) throws IOException {
        Path file = dataDir.resolve("pools.json");
        Files.writeString(file, content.equals("{\"version\":1,\"pools\":{}} ") ? content + "x" : content);

        assertThatExceptionOfType(InvalidConfigurationException.class)
                .isThrownBy(() -> new PoolFile(dataDir).load())
                .withMessageContaining(file.toString())
                .satisfies(refusal -> assertThat(refusal.action()).contains("Mend the file", "move it away"));
        assertThat(file).exists();
    }
}
