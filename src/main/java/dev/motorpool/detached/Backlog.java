package dev.motorpool.detached;

import dev.motorpool.detached.attempt.PoolPort;
import dev.motorpool.detached.commit.JobListener;
import dev.motorpool.detached.delivery.Deliveries;
import dev.motorpool.detached.feed.PoolPrefetch;
import dev.motorpool.detached.feed.Prefetches;
import dev.motorpool.detached.model.DetachedSettings;
import dev.motorpool.detached.model.StoredJob;
import dev.motorpool.detached.store.JobStore;
import dev.motorpool.detached.store.StoreException;
import dev.motorpool.job.Callbacks;
import dev.motorpool.job.JobError;
import dev.motorpool.job.ProblemType;
import dev.motorpool.job.waited.Refusals;
import dev.motorpool.pool.RefusedException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Counts jobs that have not ended, for the service, for each tenant and for each pool, and enforces their limits.
 * Thread-safe.
 */
final class Backlog {

    private static final Duration PAUSE = Duration.ofSeconds(10);

    private final long limit;
    private final Prefetches prefetches;
    private final Deliveries deliveries;
    private final JobListener listener;
    private final TenantBacklogs tenants;
    private final AtomicLong jobs = new AtomicLong();

    Backlog(DetachedSettings settings, Prefetches prefetches, Deliveries deliveries, JobListener listener) {
        this.limit = settings.backlog();
        this.prefetches = prefetches;
        this.deliveries = deliveries;
        this.listener = listener;
        this.tenants = new TenantBacklogs(settings.tenants());
    }

    /**
     * Initializes the counts from the store; nothing is counted meanwhile.
     *
     * @param count the store's jobs that have not ended
     */
    void open(long count, JobStore store) throws StoreException {
        jobs.set(count);
        tenants.open(store);
    }

    TenantBacklogs tenants() {
        return tenants;
    }

    /** All jobs that have not ended. */
    long count() {
        return jobs.get();
    }

    /**
     * Counts one more job, to be discounted if it is not stored; returns null, or the reason why there is no room for
     * it.
     */
    @Nullable
    JobError admit(String tenant, PoolPort pool, Callbacks callbacks) {
        for (String url : callbacks.urls()) {
            if (!deliveries.hasRoomFor(url, limit - jobs.get() - deliveries.pending())) {
                return full(
                        pool,
                        "Of jobs that have not ended and webhooks that have not arrived, all or this receiver's,"
                                + " there are as many as may be; of all: ");
            }
        }
        if (jobs.incrementAndGet() > limit) {
            jobs.decrementAndGet();
            return full(pool, "As many jobs as may have not ended yet: ");
        }
        if (!tenants.count(tenant)) {
            jobs.decrementAndGet();
            refusedByTenant(pool, tenant, "jobs");
            return tenants.full(tenant);
        }
        try {
            pool.admit();
            return null;
        } catch (RefusedException refused) {
            discount(tenant, null);
            return Refusals.of(refused);
        }
    }

    private JobError full(PoolPort pool, String sentence) {
        listener.jobRefused(pool.name(), ProblemType.QUEUE_FULL.word());
        return JobError.of(ProblemType.QUEUE_FULL, sentence + limit + ".").retryAfter(PAUSE);
    }

    /** A new job of the pool was refused by this limit of its tenant. */
    void refusedByTenant(PoolPort pool, String tenant, String limit) {
        listener.jobRefused(pool.name(), ProblemType.LIMIT_REACHED.word());
        listener.tenantRefused(tenant, limit);
    }

    /** A counted job has ended, or was not stored. */
    void discount(String tenant, @Nullable PoolPort pool) {
        jobs.decrementAndGet();
        tenants.discount(tenant);
        if (pool != null) {
            pool.ended(1);
        }
    }

    /** Counts a discounted job again. */
    void recount(StoredJob job) {
        jobs.incrementAndGet();
        tenants.recount(job.tenant());
        PoolPrefetch prefetch = prefetches.find(job.spec().pool());
        if (prefetch != null) {
            prefetch.pool().restore(1);
        }
    }
}
