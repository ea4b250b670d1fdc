package dev.motorpool.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.motorpool.app.settings.InvalidConfigurationException;
import dev.motorpool.app.settings.SettingsReader;
import dev.motorpool.json.RawJson;
import dev.motorpool.pool.Pool;
import dev.motorpool.pool.settings.PoolKind;
import dev.motorpool.pool.settings.PoolPatch;
import dev.motorpool.pool.settings.PoolPatchJson;
import dev.motorpool.testing.LeavesNothingBehind;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;

@ExtendWith(LeavesNothingBehind.class)
@Tag("service")
class EngineTest {

    /** One for all tests, so that the workers' AOT cache is created once. */
    @TempDir
    static Path dataDir;

    @Test
    void theShippedPoolsAreThereAndTheConfiguredOnesOverThem() {
        try (Engine engine = start(Map.of(
                "motorpool.pools.processes.size", "1",
                "motorpool.pools.extra.kind", "coroutine",
                "motorpool.pools.extra.size", "7",
                "motorpool.default-pool.io", "extra"))) {
            assertThat(engine.pools.all())
                    .extracting(Pool::name)
                    .containsExactly("coroutines", "extra", "processes", "threads");
            Pool processes = engine.pools.find("processes").orElseThrow();
            assertThat(processes.view().settings().kind()).isEqualTo(PoolKind.PROCESS);
            assertThat(processes.view().settings().size()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "motorpool.pools.processes.size, 0, motorpool.pools.processes.size",
        "motorpool.pools.crunch.size, 3, motorpool.pools.crunch.kind",
        "motorpool.pools.processes.runtime, ruby, motorpool.pools.processes.runtime",
        "motorpool.pools.processes.max-timeout, 0, motorpool.pools.processes.max-timeout",
        "motorpool.pools.processes.initializer.args, [1], motorpool.pools.processes.initializer.function",
        "motorpool.pools.processes.initializer.function, no, motorpool.pools.processes.initializer.function",
        "motorpool.default-pool.cpu, nowhere, motorpool.default-pool.cpu",
        "motorpool.runtimes.java.command, java, motorpool.runtimes.java",
        "motorpool.runtimes.python.command, '', motorpool.runtimes.python.command",
        "motorpool.runtimes.python.start-method, thread, motorpool.runtimes.python.start-method",
        "motorpool.runtimes.node.start-method, spawn, motorpool.runtimes.node.start-method",
        "motorpool.worker.java-home, /nowhere, motorpool.worker.java-home",
        "motorpool.fetch.allow, 10.0.0.0/99, motorpool.fetch.allow",
    })
    void whatCannotBeIsNamedAndNothingIsLeftOpen(String key, String value, String named) {
        assertThatExceptionOfType(InvalidConfigurationException.class)
                .isThrownBy(() -> start(Map.of(key, value)))
                .satisfies(refusal -> assertThat(refusal.getMessage() + " " + refusal.action())
                        .contains(named));
        start(Map.of()).close();
    }

    /** The pool was created over HTTP while the configuration had its runtime. */
    @Test
    void aKeptPoolThatCannotBeAnyMoreIsNamed() throws Exception {
        String runtime = "motorpool.runtimes.gone.command";
        try (Engine engine = start(Map.of(runtime, "true"))) {
            PoolPatch patch = PoolPatchJson.read(RawJson.of("{\"kind\":\"thread\",\"runtime\":\"gone\"}"));
            engine.directory.put("crunch", patch);
        }

        assertThatExceptionOfType(InvalidConfigurationException.class)
                .isThrownBy(() -> start(Map.of()))
                .withMessageContaining("crunch")
                .satisfies(refusal -> assertThat(refusal.action()).contains("motorpool.pools.crunch.runtime", "HTTP"));

        try (Engine engine = start(Map.of(runtime, "true"))) {
            assertThat(engine.directory.delete("crunch")).isTrue();
        }
    }

    private Engine start(Map<String, String> settings) {
        Map<String, Object> properties = new HashMap<>(settings);
        properties.put("motorpool.data-dir", dataDir.toString());
        StandardEnvironment environment = new StandardEnvironment();
        environment.getPropertySources().addFirst(new MapPropertySource("test", properties));
        return Engine.start(SettingsReader.read(environment));
    }
}
