package dev.motorpool.detached;

import dev.motorpool.detached.model.Delivery;
import dev.motorpool.detached.model.DeliveryKey;
import dev.motorpool.detached.model.JobFilter;
import dev.motorpool.detached.model.JobPage;
import dev.motorpool.detached.model.JobView;
import dev.motorpool.detached.model.RepeatKey;
import dev.motorpool.detached.model.ReturnWhen;
import dev.motorpool.detached.wait.Completions;
import dev.motorpool.detached.wait.JobEvents;
import dev.motorpool.detached.wait.JobLookup;
import dev.motorpool.detached.wait.JobWait;
import dev.motorpool.detached.wait.ManyWait;
import dev.motorpool.detached.wait.MapItems;
import dev.motorpool.function.TraceContext;
import dev.motorpool.job.request.AsyncCall;
import dev.motorpool.job.request.CallRefusedException;
import dev.motorpool.pool.Tenant;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The detached jobs that one tenant can see, used by the HTTP layer. Jobs of other tenants count as nonexistent. The
 * owner of a job never changes and ids are never reused, so the owner is checked once, before any operation on the job.
 */
public final class TenantJobs {

    private final DetachedJobs jobs;
    private final Tenant tenant;

    TenantJobs(DetachedJobs jobs, Tenant tenant) {
        this.jobs = jobs;
        this.tenant = tenant;
    }

    private boolean sees(UUID id) throws CallRefusedException {
        if (tenant.seesAll()) {
            return true;
        }
        String owner = jobs.tenant(id);
        return owner != null && tenant.sees(owner);
    }

    private void checkAll(List<UUID> ids) throws CallRefusedException {
        for (UUID id : ids) {
            if (!sees(id)) {
                throw JobLookup.unknown(id.toString());
            }
        }
    }

    /** The tenant whose jobs lists and bulk operations select; null: all tenants. */
    private @Nullable String listed() {
        return tenant.seesAll() ? null : tenant.name();
    }

    /** The same filter, restricted to the jobs that the tenant can see. */
    public JobFilter filter(JobFilter filter) {
        return new JobFilter(
                listed(), filter.states(), filter.function(), filter.pool(), filter.tags(), filter.joinedTags());
    }

    /** See {@link DetachedJobs#submit}; the job belongs to the tenant. */
    public DetachedJobs.Submission submit(AsyncCall call, @Nullable RepeatKey key, @Nullable TraceContext trace)
            throws CallRefusedException, InterruptedException {
        return jobs.submit(tenant, call, key, trace);
    }

    /** The current state of the job; null if there is none. */
    public @Nullable JobView find(UUID id, boolean withValue) throws CallRefusedException {
        return sees(id) ? jobs.find(id, withValue) : null;
    }

    /** Waits for the end of a job; returns at once, without a job, if there is none. */
    public JobWait await(UUID id, Duration wait, boolean withValue) throws CallRefusedException {
        checkAll(List.of(id));
        return jobs.await(id, wait, withValue);
    }

    /** See {@link DetachedJobs#list}. */
    public JobPage list(JobFilter filter, @Nullable UUID before, int most) throws CallRefusedException {
        return jobs.list(filter(filter), before, most);
    }

    /** See {@link DetachedJobs#cancel}. */
    public @Nullable JobView cancel(UUID id) throws CallRefusedException, InterruptedException {
        return sees(id) ? jobs.cancel(id) : null;
    }

    /** See {@link DetachedJobs#cancelAll}. */
    public long cancelAll(JobFilter filter) throws CallRefusedException, InterruptedException {
        return jobs.cancelAll(filter(filter));
    }

    /** See {@link DetachedJobs#retry(UUID)}. */
    public @Nullable JobView retry(UUID id) throws CallRefusedException, InterruptedException {
        return sees(id) ? jobs.retry(id) : null;
    }

    /** See {@link DetachedJobs#delete}. */
    public boolean delete(UUID id) throws CallRefusedException, InterruptedException {
        return sees(id) && jobs.delete(id);
    }

    /** See {@link DetachedJobs#output}. */
    public byte @Nullable [] output(UUID id) throws CallRefusedException {
        return sees(id) ? jobs.output(id) : null;
    }

    /** See {@link DetachedJobs#awaitAll}. */
    public ManyWait awaitAll(List<UUID> asked, ReturnWhen when, Duration timeout) throws CallRefusedException {
        checkAll(asked);
        return jobs.awaitAll(asked, when, timeout);
    }

    /** See {@link DetachedJobs#asCompleted}. */
    public Completions asCompleted(List<UUID> asked) throws CallRefusedException {
        checkAll(asked);
        return jobs.asCompleted(asked);
    }

    /** See {@link DetachedJobs#events}. */
    public @Nullable JobEvents events(UUID id) throws CallRefusedException {
        return sees(id) ? jobs.events(id) : null;
    }

    /** See {@link DetachedJobs#items}. */
    public @Nullable MapItems items(UUID id, boolean byCompletion, long after) throws CallRefusedException {
        return sees(id) ? jobs.items(id, byCompletion, after) : null;
    }

    /** See {@link DetachedJobs#deliveries}. */
    public @Nullable List<Delivery> deliveries(UUID id) throws CallRefusedException, InterruptedException {
        return sees(id) ? jobs.deliveries(id) : null;
    }

    /** See {@link DetachedJobs#retry(DeliveryKey)}. */
    public @Nullable Delivery retry(DeliveryKey key) throws CallRefusedException, InterruptedException {
        return sees(key.job()) ? jobs.retry(key) : null;
    }
}
