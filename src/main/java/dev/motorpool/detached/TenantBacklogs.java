package dev.motorpool.detached;

import dev.motorpool.detached.model.RepeatKey;
import dev.motorpool.detached.model.StoredJob;
import dev.motorpool.detached.model.WaitingJob;
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

/** Enforces the limits of tenants: unfinished jobs, counted here, and bytes, counted by the store. Thread-safe. */
final class TenantBacklogs {

    private static final Duration PAUSE = Duration.ofSeconds(10);

    private final Map<String, TenantLimits> limits;

    /** By tenant; the keys do not change after the constructor. */
    private final Map<String, AtomicLong> jobs = new HashMap<>();

    TenantBacklogs(Map<String, TenantLimits> limits) {
        this.limits = limits;
        limits.forEach((tenant, limit) -> {
            if (limit.jobs() < TenantLimits.NONE.jobs()) {
                jobs.put(tenant, new AtomicLong());
            }
        });
    }

    /** Initializes the counts from the store; nothing is counted meanwhile. */
    void open(JobStore store) throws StoreException {
        for (Map.Entry<String, AtomicLong> each : jobs.entrySet()) {
            each.getValue().set(store.<Long>read(tables -> tables.unfinished(each.getKey())));
        }
    }

    /** Counts one more job of a tenant; false if the tenant is at its limit. */
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

    /** Counts a discounted job again, which exists already. */
    void recount(String tenant) {
        AtomicLong count = jobs.get(tenant);
        if (count != null) {
            count.incrementAndGet();
        }
    }

    /** A counted job of the tenant has ended, or was not stored. */
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

    /** Inserts the job, unless its tenant has no room for it. A repetition needs no room. */
    JobTables.Insertion insert(JobTables tables, WaitingJob submitted, @Nullable RepeatKey key) throws StoreException {
        StoredJob job = submitted.job();
        long most = limit(job.tenant()).bytes();
        if (most < TenantLimits.NONE.bytes()
                && tables.bytes(job.tenant()) + submitted.chosenBytes() > most
                && (key == null || tables.findRepeat(key) == null)
                && tables.find(job.id()) == null) {
            return new JobTables.Insertion.NoRoom();
        }
        return tables.insert(submitted, key);
    }

    /** The refusal of a job whose bytes exceed the limit. */
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
