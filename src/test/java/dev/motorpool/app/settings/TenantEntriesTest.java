package dev.motorpool.app.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.motorpool.pool.TenantLimits;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The limits of tenants as they are configured. */
class TenantEntriesTest {

    private static final int NO_LIMIT = Integer.MAX_VALUE;

    private static Map<String, TenantLimits> limits(String tenantOfTheKey, String setting, String value) {
        Map<String, Object> settings = new HashMap<>(Map.of(setting, value));
        if (!tenantOfTheKey.isEmpty()) {
            settings.put("motorpool.security.keys.ci.sha256", "ab".repeat(32));
            settings.put("motorpool.security.keys.ci.rights", "read");
            settings.put("motorpool.security.keys.ci.tenant", tenantOfTheKey);
        }
        return TenantEntries.all(SettingsReaderTest.read(settings));
    }

    @Test
    void whatIsLeftOutIsNotLimited() {
        assertThat(limits("shop", "motorpool.tenants.shop.streams", "7"))
                .containsExactly(
                        Map.entry("shop", new TenantLimits(NO_LIMIT, 7, NO_LIMIT, NO_LIMIT, Long.MAX_VALUE, NO_LIMIT)));
        assertThat(limits("", "motorpool.demo-functions", "true")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"default,default", "shop-2,shop-2", "Big_Co,Big_Co", "*,[*]"})
    void eachTenantCanHaveLimits(String tenant, String written) {
        String key = written.startsWith("[") ? "motorpool.tenants" + written : "motorpool.tenants." + written;
        assertThat(limits(tenant, key + ".bytes", "1KB")).containsOnlyKeys(tenant);
    }

    @Test
    void withoutKeysThereIsTheDefaultTenant() {
        assertThat(limits("", "motorpool.tenants.default.jobs", "1")).containsOnlyKeys("default");
        assertThatExceptionOfType(InvalidConfigurationException.class)
                .isThrownBy(() -> limits("", "motorpool.tenants.shop.jobs", "1"))
                .withMessageContainingAll("motorpool.tenants.shop", "default");
    }

    @Test
    void aTenantThatNoKeyHasIsRefusedWithThoseThatThereAre() {
        assertThatExceptionOfType(InvalidConfigurationException.class)
                .isThrownBy(() -> limits("shop", "motorpool.tenants.shpo.jobs", "1"))
                .withMessageContainingAll("motorpool.tenants.shpo", "shop");
    }

    @ParameterizedTest
    @ValueSource(strings = {"requests", "streams", "waits", "jobs", "running", "bytes"})
    void noLimitIsBelowOne(String limit) {
        assertThatExceptionOfType(InvalidConfigurationException.class)
                .isThrownBy(() -> limits("shop", "motorpool.tenants.shop." + limit, "0"))
                .withMessageContaining("motorpool.tenants.shop." + limit);
    }
}
