package dev.motorpool.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.motorpool.app.settings.BootSettings;
import dev.motorpool.app.settings.InvalidConfigurationException;
import dev.motorpool.testing.LeavesNothingBehind;
import dev.motorpool.testing.ServiceProcess;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.mock.env.MockEnvironment;

/** Settings with which the service does not start, and the messages. */
@ExtendWith(LeavesNothingBehind.class)
@Tag("slow")
class RefusedStartTest {

    @Test
    void itIsTheLastLineOfTheLogAndSaysWhatToDo(@TempDir Path data) throws Exception {
        try (ServiceProcess service = ServiceProcess.start(data, "--motorpool.shutdown.grase=1")) {
            assertThat(service.awaitEnd()).isNotZero();
            List<String> lines = service.output().lines().toList();
            assertThat(lines.getLast())
                    .contains(
                            "ERROR",
                            "RefusedStart: The service does not start: motorpool.shutdown.grase",
                            "Mend its name, or take it out.")
                    .doesNotContain("?");
            assertThat(lines).filteredOn(line -> line.contains("ERROR")).hasSize(1);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "server.http2.enabled, true",
        "spring.main.lazy-initialization, true",
        "management.prometheus.metrics.export.enabled, false"
    })
    void settingsOfSpringBootThatDoNotGoWithItAreRefused(String key, boolean value) {
        MockEnvironment environment = new MockEnvironment();
        BootSettings.require(environment);
        environment.setProperty(key, Boolean.toString(!value));
        BootSettings.require(environment);
        environment.setProperty(key, Boolean.toString(value));
        assertThatExceptionOfType(InvalidConfigurationException.class)
                .isThrownBy(() -> BootSettings.require(environment))
                .withMessageContaining(key)
                .satisfies(refusal -> assertThat(refusal.action()).startsWith("Leave it out."));
    }
}
