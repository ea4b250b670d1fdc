package dev.motorpool.detached;

import dev.motorpool.detached.model.NewJob;
import dev.motorpool.detached.model.RepeatKey;
import dev.motorpool.detached.store.JobStore;
import dev.motorpool.detached.store.JobTables;
import dev.motorpool.detached.store.StoreException;
import dev.motorpool.job.JobError;
import dev.motorpool.pool.TenantLimits;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What tenants have of that which they may have only so much of: jobs that have not ended, counted here, and bytes, which
 * the store counts. Thread-safe.
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

    /** The tenants whose stored bytes are limited. */
    Set<String> withBytes() {
        return limits.entrySet().stream()
                .filter(each -> each.getValue().bytes() < TenantLimits.NONE.bytes())
                .map(Map.Entry::getKey)
                .collect(Collectors.toUnmodifiableSet());
    }

    /** Inserts the job, unless its tenant has no room for it. A repetition needs none. */
    JobTables.Insertion insert(JobTables tables, NewJob job, @Nullable RepeatKey key) throws StoreException {
        long most = limit(job.tenant()).bytes();
        if (most < TenantLimits.NONE.bytes()
                && tables.bytes(job.tenant()) + job.bytes() > most
                && (key == null || tables.findRepeat(key) == null)
                && tables.find(job.id()) == null) {
            return new JobTables.Insertion.NoRoom();
        }
        return tables.insert(job, key);
    }

    /** The refusal of a job for whose bytes there is no room. */
    JobError noRoom(String tenant) {
        return JobError.limitReached(
                        "bytes",
                        "The tenant '" + tenant + "' has no room for the job in its "
                                + limit(tenant).bytes()
                                + " stored bytes (motorpool.tenants." + tenant
                                + ".bytes). Delete jobs that have ended, or wait until they are forgotten.")
                .retryAfter(PAUSE);
    }

    private TenantLimits limit(String tenant) {
        return limits.getOrDefault(tenant, TenantLimits.NONE);
    }
}
