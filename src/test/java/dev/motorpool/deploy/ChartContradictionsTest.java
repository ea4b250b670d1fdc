package dev.motorpool.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import dev.motorpool.app.ConfigurationFile;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.yaml.snakeyaml.Yaml;

/** Values with which the service would not start are refused, and values just within its limits are accepted. */
@Tag("service")
class ChartContradictionsTest {

    /** Contradictory values, or sizes, of which a schema checks only the format. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "pools: {threads: {memory-limit: 1KB}} # pools.threads.memory-limit is 1KB: it must be at least 1MB",
                "pools: {threads: {memory-limit: 1048575B}} # at least 1MB",
                "pools: {threads: {default-timeout: 5, max-timeout: 4.5}} # default-timeout is above its max-timeout",
                "pools: {threads: {runtime: ruby}} # pools.threads.runtime is ruby: define it in settings.runtimes",
                "settings: {default-pool: {cpu: none}} # settings.default-pool.cpu is none",
                "settings: {default-pool: {io: ''}} # settings.default-pool.io",
                "settings: {http: {body-limit: 257MB}} # at most 256MB",
                "settings: {http: {body-limit: 0B}} # at least 1B",
                "settings: {http: {body-budget: 15MB}} # settings.http.body-budget is 15MB: it must be at least 16MB",
                "settings: {http: {body-limit: 8MB, body-budget: 7MB}} # at least 8MB",
                "settings: {http: {answer-budget: 16MB}} # at least 17MB",
                "settings: {http: {stream-budget: 63MB}} # at least 64MB",
                "settings: {webhooks: {answer-limit: 1GB}} # at most 256MB",
                "settings: {webhooks: {memory: 1023KB}} # at least 1MB",
            })
    void whatTheServiceWouldRefuseAtItsStartIsRefused(String refused) {
        String[] parts = refused.split(" # ", 2);

        assertThatThrownBy(() -> Chart.template(parts[0]))
                .hasMessageContaining("execution error")
                .hasMessageContaining(parts[1]);
    }

    @Test
    void whatIsJustWithinItsLimitsIsTaken() throws IOException {
        String values = """
            pools:
              threads: {size: 4096, memory-limit: 1024KB, default-timeout: 4.5, max-timeout: 4.5, runtime: python,
                        queue-capacity: 10000000}
              processes: {threads-per-worker: 1024, max-tasks-per-child: 2147483647, runtime: ruby,
                          sandbox: bubblewrap, network: false}
              coroutines: {size: 1000000}
            settings:
              runtimes:
                ruby: {command: [ruby]}
                python: {launcher: [nice, -n, "5"]}
                java: {launcher: [nice]}
              default-pool: {cpu: threads}
              jobs: {backlog: 1000000000000}
              http: {body-limit: 256MB, body-budget: 262144KB, answer-budget: 17MB, requests-per-caller: 2147483647}
              webhooks: {answer-limit: 0B, memory: 1048576B, retain: 0}
            """;
        String file = Manifest.one(Chart.template(values), "ConfigMap").text("data", "application.yaml");

        assertThat(ConfigurationFile.pools(file, Map.of())).contains("threads", "coroutines");
    }

    /**
     * Null removes values that are empty or computed; removing another value is refused by the schema, not by the
     * templates.
     */
    @Test
    void valuesThatAreTakenAway() throws IOException {
        Map<String, Object> empty = new LinkedHashMap<>();
        takeAway("", Chart.yaml("values.yaml"), Chart.json("values.schema.json"), empty);
        empty.keySet().removeAll(List.of("settings", "application"));

        assertThat(Chart.template(new Yaml().dump(empty))).isNotEmpty().allSatisfy(KubernetesTypes::check);
        assertThat(Chart.notes(new Yaml().dump(empty))).isNotEmpty();
    }

    /** Sets empty or computed values to null; fails if the schema does not require the others. */
    private static void takeAway(String path, Map<String, Object> values, JsonObject type, Map<String, Object> empty) {
        values.forEach((name, value) -> {
            JsonObject member = type.getAsJsonObject("properties").getAsJsonObject(name);
            boolean reckoned = path.equals("resources.");
            if (reckoned || List.of("", false, List.of(), Map.of()).contains(Objects.requireNonNullElse(value, ""))) {
                empty.put(name, null);
                return;
            }
            assertThat(type.getAsJsonArray("required"))
                    .as("what %s needs", path)
                    .contains(new JsonPrimitive(name));
            if (value instanceof Map<?, ?> map && member.has("properties") && !name.equals("pools")) {
                Map<String, Object> below = new LinkedHashMap<>();
                takeAway(path + name + ".", Chart.strings(map), member, below);
                empty.put(name, below);
            }
        });
    }
}
