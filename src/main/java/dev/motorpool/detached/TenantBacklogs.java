package dev.motorpool.detached;

import dev.motorpool.job.JobError;
import dev.motorpool.pool.TenantLimits;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How many jobs that have not ended the tenants have that may have only so many. Other tenants are not counted.
 * Thread-safe.
 */
final class TenantBacklogs {

    private static final Duration PAUSE = Duration.ofSeconds(10);

    private final Map<String, TenantLimits> limits;

    /** By tenant; never changed after the constructor. */
    private final Map<String, AtomicLong> jobs = new HashMap<>();

    TenantBacklogs(Map<String, TenantLimits> limits) {
        this.limits = limits;
        limits.forEach((tenant, limit) -> {
            if (limit.jobs() < TenantLimits.NONE.jobs()) {
                jobs.put(tenant, new AtomicLong());
            }
        });
    }

    /** Counts what the store has; nothing is counted meanwhile. */
    void open(JobStore store) throws StoreException {
        for (Map.Entry<String, AtomicLong> each : jobs.entrySet()) {
            each.getValue().set(store.<Long>read(tables -> tables.unfinished(each.getKey())));
        }
    }

    /** Counts one more job of a tenant; false if it has as many as it may have. */
    boolean count(String tenant) {
        AtomicLong count = jobs.get(tenant);
        if (count == null) {
            return true;
        }
        if (count.incrementAndGet() <= limit(tenant).jobs()) {
            return true;
        }
        count.decrementAndGet();
        return false;
    }

    /** Counts a job again that was discounted, and that there is already. */
    void recount(String tenant) {
        AtomicLong count = jobs.get(tenant);
        if (count != null) {
            count.incrementAndGet();
        }
    }

    /** A job of the tenant that was counted has ended, or has not come about. */
    void discount(String tenant) {
        AtomicLong count = jobs.get(tenant);
        if (count != null) {
            count.decrementAndGet();
        }
    }

    /** The refusal of a job beyond the limit. */
    JobError full(String tenant) {
        return JobError.limitReached(
                        "jobs",
                        "The tenant '" + tenant + "' has " + limit(tenant).jobs()
                                + " jobs that have not ended, its limit (motorpool.tenants." + tenant + ".jobs).")
                .retryAfter(PAUSE);
    }

    private TenantLimits limit(String tenant) {
        return limits.getOrDefault(tenant, TenantLimits.NONE);
    }
}
