package dev.motorpool.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.motorpool.app.settings.InvalidConfigurationException;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;

class LoopbackTest {

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "127.1.2.3", "::1", "[::1]", "localhost"})
    void loopbackMayBeListenedOn(String address) {
        assertThatCode(() -> require(Map.of("server.address", address))).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(strings = {"", " ", "0.0.0.0", "::", "10.0.0.1", "192.0.2.1", "::ffff:10.0.0.1", "no such host"})
    void anythingElseIsRefused(@Nullable String address) {
        Map<String, Object> properties = new HashMap<>();
        if (address != null) {
            properties.put("server.address", address);
        }
        assertThatExceptionOfType(InvalidConfigurationException.class)
                .isThrownBy(() -> require(properties))
                .withMessageContaining("server.address")
                .satisfies(refusal -> assertThat(refusal.action()).contains("127.0.0.1", "API keys"));
    }

    @Test
    void theManagementPortTooIsForThisMachineOnly() {
        Map<String, Object> own = Map.of("server.address", "127.0.0.1", "management.server.port", "9090");

        assertThatExceptionOfType(InvalidConfigurationException.class)
                .isThrownBy(() -> require(own))
                .withMessageContaining("management.server.address");
        assertThatExceptionOfType(InvalidConfigurationException.class)
                .isThrownBy(
                        () -> require(Map.of("server.address", "127.0.0.1", "management.server.address", "0.0.0.0")))
                .withMessageContaining("management.server.address");

        Map<String, Object> loopback = new HashMap<>(own);
        loopback.put("management.server.address", "127.0.0.1");
        assertThatCode(() -> require(loopback)).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", " 0 ", "00"})
    void aManagementPortThatTheSystemChoosesIsOneOfItsOwn(String port) {
        Map<String, Object> both =
                Map.of("server.address", "127.0.0.1", "server.port", port, "management.server.port", port);
        assertThatExceptionOfType(InvalidConfigurationException.class)
                .isThrownBy(() -> require(both))
                .withMessageContaining("management.server.address");
    }

    @ParameterizedTest
    @ValueSource(strings = {"-1", " -1 ", "-9090"})
    void aManagementPortThatIsOffNeedsNoAddress(String port) {
        assertThatCode(() -> require(Map.of("server.address", "127.0.0.1", "management.server.port", port)))
                .doesNotThrowAnyException();
        assertThatExceptionOfType(InvalidConfigurationException.class)
                .isThrownBy(() -> require(Map.of("server.address", "0.0.0.0", "management.server.port", port)))
                .withMessageContaining("server.address");
    }

    private static void require(Map<String, Object> properties) {
        StandardEnvironment environment = new StandardEnvironment();
        environment.getPropertySources().addFirst(new MapPropertySource("test", properties));
        Loopback.require(environment);
    }
}
