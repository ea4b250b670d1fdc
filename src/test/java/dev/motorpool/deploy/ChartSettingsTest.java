package dev.motorpool.deploy;

import static dev.motorpool.deploy.Manifest.one;
import static org.assertj.core.api.Assertions.assertThat;

import dev.motorpool.app.ConfigurationFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** The chart's names for the service's settings match the service's own. */
class ChartSettingsTest {

    static final List<String> VALUES = ChartTest.VALUES;

    /** A row of the table of settings, which another test compares with the service. */
    private static final Pattern ROW = Pattern.compile("(?m)^\\| `motorpool\\.([^`]+)` \\| ([^|]+) \\|");

    @ParameterizedTest
    @FieldSource("VALUES")
    void theServiceTakesTheConfiguration(String values) throws IOException {
        String file = one(Chart.template(values), "ConfigMap").text("data", "application.yaml");

        assertThat(ConfigurationFile.pools(file, Map.of())).contains("threads");
        assertThat(file).contains("data-dir: /data", "address: 0.0.0.0");
    }

    @Test
    void everySettingOfTheServiceIsReachedOrTaken() throws IOException {
        String file = one(Chart.template(ChartTest.EVERYTHING), "ConfigMap").text("data", "application.yaml");

        assertThat(file)
                .contains("max-heap: 128MB", "- other.example.org", "root: info", "forward-headers-strategy: native");
    }

    @Test
    void theSchemaHasTheServicesSettingsAndNoOthers() throws IOException {
        Map<String, String> table = new TreeMap<>();
        Matcher rows = ROW.matcher(Files.readString(Path.of("docs", "configuration.md")));
        while (rows.find()) {
            table.put(rows.group(1), rows.group(2).strip());
        }
        Map<String, String> schema = new TreeMap<>();
        SchemaSettings all = new SchemaSettings(Chart.json("values.schema.json"));
        schema.putAll(all.under("settings"));
        // Settings that the templates refuse have values of their own.
        for (String decided :
                List.of("data-dir", "functions.directory", "functions.reload", "worker.max-heap", "worker.prepared")) {
            assertThat(schema.replace(decided, table.get(decided))).isEqualTo(SchemaSettings.ANYTHING);
        }
        for (String own : List.of("pools", "shutdown", "webhooks.secrets", "webhooks.receivers")) {
            assertThat(schema.remove(own)).isEqualTo(SchemaSettings.ANYTHING);
        }
        schema.putAll(all.under("pools"));
        schema.putAll(all.under("shutdown"));
        schema.putAll(all.under("webhooks"));
        assertThat(schema.remove("webhooks.existingSecret")).isNotNull();

        assertThat(schema).isEqualTo(table);
    }
}
