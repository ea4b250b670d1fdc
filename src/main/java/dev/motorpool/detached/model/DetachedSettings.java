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
 * @param backlog jobs that may be in the store without having ended; what would be more is refused
 * @param storeTimeout how long a client waits for the store before it is told that it is out of reach
 * @param deaths as many deaths of the service under a job, which was recorded as started, make the job fail
 * @param memory bytes of jobs in memory: those that are read ahead and those that run
 * @param diskReserve bytes of the disk that are kept for the ends of jobs; at most an eighth of it
 * @param tenants limits by names of tenants; of those that have any
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

    /** The limits where nothing is configured. */
    public static final DetachedSettings DEFAULT = new DetachedSettings(
            10_000_000, Duration.ofSeconds(10), 5, Runtime.getRuntime().maxMemory() / 8, 128L << 20, Map.of());
}
