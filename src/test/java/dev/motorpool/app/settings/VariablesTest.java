package dev.motorpool.app.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/** Settings in environment variables, and variables that only look like settings. */
class VariablesTest {

    /** The variables that Kubernetes sets for a service of three ports with that name. */
    private static Map<String, Object> service(String name) {
        String prefix = name.toUpperCase(Locale.ROOT).replace('-', '_');
        Map<String, Object> variables = new LinkedHashMap<>();
        variables.put(prefix + "_SERVICE_HOST", "10.0.0.1");
        variables.put(prefix + "_SERVICE_PORT", "8080");
        variables.put(prefix + "_SERVICE_PORT_HTTP", "8080");
        variables.put(prefix + "_SERVICE_PORT_FOR_METRICS", "9464");
        variables.put(prefix + "_PORT", "tcp://10.0.0.1:8080");
        for (String port : List.of("8080_TCP", "53_UDP", "9_SCTP")) {
            String[] parts = port.split("_", 2);
            String protocol = parts[1].toLowerCase(Locale.ROOT);
            String link = prefix + "_PORT_" + port;
            variables.put(link, protocol + "://10.0.0.1:" + parts[0]);
            variables.put(link + "_PROTO", protocol);
            variables.put(link + "_PORT", parts[0]);
            variables.put(link + "_ADDR", "10.0.0.1");
        }
        return variables;
    }

    @ParameterizedTest
    @CsvSource({"'', UPPER", "_, UPPER", "-, SAME"})
    void everySettingCanBeAVariable(String hyphen, String letters) {
        Map<String, Object> variables = new LinkedHashMap<>();
        SettingsReaderTest.EVERY.forEach((key, value) -> variables.put(
                letters.equals("SAME")
                        ? key
                        : key.toUpperCase(Locale.ROOT).replace("-", hyphen).replace('.', '_'),
                value));

        assertThat(read(variables)).isEqualTo(SettingsReaderTest.EVERY_READ);
    }

    @Test
    void listsMayBeOneVariableForEachValue() {
        assertThat(read(Map.of(
                                "MOTORPOOL_RUNTIMES_PYTHON_COMMAND_0", "python3",
                                "MOTORPOOL_RUNTIMES_PYTHON_COMMAND_1", "a,b.py"))
                        .runtimes()
                        .get("python"))
                .isEqualTo(new MotorpoolSettings.Runtime(List.of("python3", "a,b.py"), null, List.of(), null));
    }

    @ParameterizedTest
    @CsvSource({
        "MOTORPOOL_SHUTDOWN_GRASE, MOTORPOOL_SHUTDOWN_GRACE (motorpool.shutdown.grace)",
        "MOTORPOOL_HTTP_BODY_LIMITS, MOTORPOOL_HTTP_BODYLIMIT (motorpool.http.body-limit)",
        "MOTORPOOL_POOLS_CRUNCH_SISE, MOTORPOOL_POOLS_CRUNCH_SIZE (motorpool.pools.<name>.size)",
        "MOTORPOOL_SECURITY_KEYS_CI_SHA265, MOTORPOOL_SECURITY_KEYS_CI_SHA256 (motorpool.security.keys.<name>.sha256)",
        "motorpool_data_dri, MOTORPOOL_DATADIR (motorpool.data-dir)",
        "motorpool.pools.crunch.sise, MOTORPOOL_POOLS_CRUNCH_SIZE (motorpool.pools.<name>.size)",
        // Underscores for only some of the hyphens: not recognized.
        "MOTORPOOL_POOLS_CRUNCH_MAXTASKS_PERCHILD, MOTORPOOL_POOLS_CRUNCH_MAXTASKSPERCHILD",
        "MOTORPOOL_POOLS__SIZE, MOTORPOOL_POOLS_NAME_SIZE (motorpool.pools.<name>.size)",
    })
    void anUnknownOneIsRefusedWithTheNearestThatIsKnown(String name, String nearest) {
        refused(Map.of(name, "hunter2"), name, nearest);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "MOTORPOOL",
                "MOTORPOOL_",
                "MOTORPOOL_SLOTS",
                "MOTORPOOL_NOTHING_LIKE_ANY_OTHER",
                // May be meant as server.port; Kubernetes' value for a port is a URL.
                "MOTORPOOL_PORT",
                "MOTORPOOL_SERVER_PORT",
                "MOTORPOOL_PORT_HTTP_TCP",
                "MOTORPOOL_PORT_80_TCP_HOST",
                "MOTORPOOL_SERVICE_HOSTS",
                "motorpool_service_host",
                "MOTORPOOL_DATADIR_0",
            })
    void anUnknownOneIsRefused(String name) {
        refused(Map.of(name, "hunter2"), name, "");
    }

    @Test
    void namesWithHyphensAreForFiles() {
        InvalidConfigurationException refusal =
                refused(Map.of("MOTORPOOL_POOLS_MY_POOL_SIZE", "3"), "MOTORPOOL_POOLS_MY_POOL_SIZE", "");
        assertThat(refusal.action()).contains("letters and digits", "file");
    }

    @Test
    void whatOnlyBeginsWithTheSameLettersIsNotOurs() {
        assertThat(read(Map.of("MOTORPOOLS_GRASE", "1", "MOTORPOOL-GRASE", "1", "XMOTORPOOL_GRASE", "1")))
                .isEqualTo(read(Map.of()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"motorpool", "motorpool-headless", "motorpool-pools", "motorpool-security-keys"})
    void whatKubernetesSaysOfServicesIsLetPassAndSetsNothing(String name) {
        assertThat(read(service(name))).isEqualTo(read(Map.of()));

        Map<String, Object> beside = service(name);
        beside.put("MOTORPOOL_POOLS_CRUNCH_SIZE", "3");
        assertThat(read(beside).pools()).containsOnlyKeys("crunch");

        Map<String, Object> wrong = service(name);
        wrong.put("MOTORPOOL_SHUTDOWN_GRASE", "3");
        refused(wrong, "MOTORPOOL_SHUTDOWN_GRASE", "MOTORPOOL_SHUTDOWN_GRACE");
    }

    private static InvalidConfigurationException refused(Map<String, Object> variables, String name, String nearest) {
        InvalidConfigurationException[] refusal = new InvalidConfigurationException[1];
        assertThatExceptionOfType(InvalidConfigurationException.class)
                .isThrownBy(() -> read(variables))
                .withMessageContaining(name)
                .withMessageContaining(nearest)
                .satisfies(each -> {
                    assertThat(each.action()).contains("docs/configuration.md");
                    assertThat(each.getMessage() + each.action()).doesNotContain("hunter2");
                    refusal[0] = each;
                });
        return refusal[0];
    }

    private static MotorpoolSettings read(Map<String, Object> variables) {
        ConfigurableEnvironment environment = new StandardEnvironment();
        String source = StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME;
        environment.getPropertySources().replace(source, new SystemEnvironmentPropertySource(source, variables));
        return SettingsReader.read(environment);
    }
}
