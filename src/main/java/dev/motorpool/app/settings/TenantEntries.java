package dev.motorpool.app.settings;

import dev.motorpool.app.settings.MotorpoolSettings.KeyEntry;
import dev.motorpool.app.settings.MotorpoolSettings.TenantEntry;
import dev.motorpool.pool.Tenant;
import dev.motorpool.pool.TenantLimits;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.util.unit.DataSize;

/** The configured limits of tenants. */
public final class TenantEntries {

    private static final String ROOT = "motorpool.tenants.";

    private TenantEntries() {}

    /**
     * The limits by tenant name. Other tenants have none.
     *
     * @throws InvalidConfigurationException if an entry has no limit, or no key has the tenant: a misspelled name must
     *     not leave a tenant without its limits
     */
    public static Map<String, TenantLimits> all(MotorpoolSettings settings) {
        Map<String, TenantLimits> limits = new TreeMap<>();
        settings.tenants().forEach((name, entry) -> limits.put(name, limits(ROOT + name, entry)));
        Set<String> tenants = tenants(settings);
        for (String name : limits.keySet()) {
            if (!tenants.contains(name)) {
                throw new InvalidConfigurationException(
                        ROOT + name + " has limits of a tenant that no API key has. The tenants are: "
                                + tenants.stream().sorted().collect(Collectors.joining(", ")) + ".",
                        "Mend its name (* is written in brackets: motorpool.tenants[*].jobs), give a key this tenant,"
                                + " or leave the limits out.");
            }
        }
        return Map.copyOf(limits);
    }

    /** The limit of running calls in each pool, for tenants that have one. */
    public static Map<String, Integer> running(Map<String, TenantLimits> limits) {
        Map<String, Integer> running = new HashMap<>();
        limits.forEach((name, its) -> {
            if (its.running() != Integer.MAX_VALUE) {
                running.put(name, its.running());
            }
        });
        return running;
    }

    /** The tenants whose stored bytes are limited. */
    public static Set<String> withBytes(Map<String, TenantLimits> limits) {
        return limits.entrySet().stream()
                .filter(each -> each.getValue().bytes() < TenantLimits.NONE.bytes())
                .map(Map.Entry::getKey)
                .collect(Collectors.toUnmodifiableSet());
    }

    /** The tenants that the configuration names, by limits or by keys; empty if there is only the default one. */
    public static Set<String> named(MotorpoolSettings settings) {
        Set<String> named = new TreeSet<>(settings.tenants().keySet());
        named.addAll(tenants(settings));
        return named.size() == 1 && settings.tenants().isEmpty() && named.contains(Tenant.DEFAULT.name())
                ? Set.of()
                : named;
    }

    private static Set<String> tenants(MotorpoolSettings settings) {
        Map<String, KeyEntry> keys = settings.security().keys();
        return keys.isEmpty()
                ? Set.of(Tenant.DEFAULT.name())
                : keys.values().stream().map(KeyEntry::tenant).collect(Collectors.toUnmodifiableSet());
    }

    private static TenantLimits limits(String key, TenantEntry entry) {
        Range.atLeast(key + ".bytes", entry.bytes(), DataSize.ofBytes(1), "which is no room for a single one");
        return new TenantLimits(
                count(key + ".requests", entry.requests()),
                count(key + ".streams", entry.streams()),
                count(key + ".waits", entry.waits()),
                count(key + ".jobs", entry.jobs()),
                entry.bytes() == null
                        ? TenantLimits.NONE.bytes()
                        : entry.bytes().toBytes(),
                count(key + ".running", entry.running()));
    }

    private static int count(String key, @Nullable Integer count) {
        Range.atLeastOne(key, count);
        return count == null ? Integer.MAX_VALUE : count;
    }
}
