package dev.motorpool.app.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The permitted names of tenants of API keys. */
class KeyEntriesTest {

    private static final String LONGEST = "a23456789-b23456789-c23456789-d23456789-e23456789-f23456789-g23";

    private static MotorpoolSettings withTenant(String tenant) {
        return SettingsReaderTest.read(Map.of(
                "motorpool.security.keys.ci.sha256",
                "ab".repeat(32),
                "motorpool.security.keys.ci.rights",
                "read",
                "motorpool.security.keys.ci.tenant",
                tenant));
    }

    @ParameterizedTest
    @ValueSource(strings = {"default", "*", "Shop_2-b", "7", LONGEST})
    void aTenantIsNamedByLettersDigitsHyphensAndUnderscores(String tenant) {
        assertThat(KeyEntries.all(withTenant(tenant))).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a b", "a*", "**", "ä", "a/b", LONGEST + "4"})
    void anotherNameIsRefused(String tenant) {
        assertThatExceptionOfType(InvalidConfigurationException.class)
                .isThrownBy(() -> KeyEntries.all(withTenant(tenant)))
                .withMessageContaining("motorpool.security.keys.ci.tenant");
    }
}
