package dev.motorpool.detached.model;

import dev.motorpool.pool.TenantLimits;
import java.time.Duration;
import java.util.Collections;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Limits of detached jobs.
 *
 * @param backlog limit of jobs in the store that have not ended; more are refused
 * @param storeTimeout how long a client waits for the store before it is answered that the store is unreachable
 * @param deaths number of deaths of the service during a job, recorded as started, after which the job fails
 * @param memory bytes of jobs in memory: prefetched and running ones
 * @param diskReserve bytes of the disk that are kept for the ends of jobs; at most an eighth of it
 * @param tenants limits by tenant name, for tenants with limits
 */
public record DetachedSettings(
        long backlog,
        Duration storeTimeout,
        int deaths,
        long memory,
        long diskReserve,
        Map<String, TenantLimits> tenants) {

    /** The tenants whose running calls are limited. */
    public SortedSet<String> withRunning() {
        SortedSet<String> limited = new TreeSet<>();
        tenants.forEach((tenant, limit) -> {
            if (limit.running() < TenantLimits.NONE.running()) {
                limited.add(tenant);
            }
        });
        return Collections.unmodifiableSortedSet(limited);
    }

    /** The default limits. */
    public static final DetachedSettings DEFAULT = new DetachedSettings(
            10_000_000, Duration.ofSeconds(10), 5, Runtime.getRuntime().maxMemory() / 8, 128L << 20, Map.of());
}
