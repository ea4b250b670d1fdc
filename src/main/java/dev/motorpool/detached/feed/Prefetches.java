package dev.motorpool.detached.feed;

import dev.motorpool.detached.attempt.AttemptRun;
import dev.motorpool.detached.model.JobLine;
import dev.motorpool.detached.model.StoredJob;
import dev.motorpool.detached.model.WaitingJob;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The prefetches of all lines of jobs. Written only by {@link PrefetchLifecycle}, under its lock. */
public final class Prefetches {

    /** For jobs of tenants without a limit, by pool. */
    private final Map<String, PoolPrefetch> byPool = new ConcurrentHashMap<>();

    /** For the other tenants, by tenant and pool. The outer map does not change. */
    private final Map<String, Map<String, PoolPrefetch>> ofTenants;

    private final SortedSet<String> limited;

    /** @param limited the tenants with a limit of running calls */
    public Prefetches(SortedSet<String> limited) {
        this.limited = limited;
        this.ofTenants = limited.stream().collect(Collectors.toMap(tenant -> tenant, _ -> new ConcurrentHashMap<>()));
    }

    private Map<String, PoolPrefetch> of(String tenant) {
        return ofTenants.isEmpty() ? byPool : ofTenants.getOrDefault(tenant, byPool);
    }

    /** The lines of a pool. */
    List<JobLine> lines(String pool) {
        List<JobLine> lines = new ArrayList<>();
        lines.add(new JobLine(pool, null, limited));
        limited.forEach(tenant -> lines.add(new JobLine(pool, tenant, limited)));
        return lines;
    }

    /** The line in which the job waits. */
    public JobLine line(StoredJob job) {
        return new JobLine(job.spec().pool(), limited.contains(job.tenant()) ? job.tenant() : null, limited);
    }

    /** The prefetch for the pool's jobs of tenants without a limit. */
    public @Nullable PoolPrefetch find(String pool) {
        return byPool.get(pool);
    }

    /** The prefetch of the job's line. */
    public @Nullable PoolPrefetch find(StoredJob job) {
        return of(job.tenant()).get(job.spec().pool());
    }

    void put(PoolPrefetch prefetch) {
        JobLine line = prefetch.line();
        (line.tenant() == null ? byPool : of(line.tenant())).put(line.pool(), prefetch);
    }

    void remove(PoolPrefetch prefetch) {
        JobLine line = prefetch.line();
        (line.tenant() == null ? byPool : of(line.tenant())).remove(line.pool(), prefetch);
    }

    public Collection<PoolPrefetch> all() {
        if (ofTenants.isEmpty()) {
            return byPool.values();
        }
        List<PoolPrefetch> all = new ArrayList<>(byPool.values());
        ofTenants.values().forEach(feeds -> all.addAll(feeds.values()));
        return all;
    }

    /** These jobs are queued; jobs of missing pools wait in the store. */
    public void arrived(List<WaitingJob> jobs) {
        if (jobs.size() == 1) {
            arrived(find(jobs.getFirst().job()), jobs);
            return;
        }
        Map<JobLine, List<WaitingJob>> byLine = jobs.stream().collect(Collectors.groupingBy(job -> line(job.job())));
        byLine.values().forEach(those -> arrived(find(those.getFirst().job()), those));
    }

    private static void arrived(@Nullable PoolPrefetch prefetch, List<WaitingJob> jobs) {
        if (prefetch != null) {
            prefetch.arrived(jobs);
        }
    }

    void started(AttemptRun run) {
        PoolPrefetch prefetch = find(run.job);
        if (prefetch != null) {
            prefetch.started(run);
        }
    }

    public void over(AttemptRun run) {
        PoolPrefetch prefetch = find(run.job);
        if (prefetch != null) {
            prefetch.over(run);
        } else {
            run.left();
        }
    }

    /** A worker did not have the function of the attempt. */
    void lacks(AttemptRun run, Instant now) {
        PoolPrefetch prefetch = find(run.job);
        if (prefetch != null) {
            prefetch.lacks(run.job.spec().function(), now);
        }
    }

    /** The job of the attempt is queued again, as before the attempt. */
    void back(AttemptRun run) {
        PoolPrefetch prefetch = find(run.job);
        if (prefetch != null) {
            prefetch.back(run);
        } else {
            run.left();
        }
    }

    /** A job has ended otherwise: its attempt, if it has one, is abandoned. */
    public void gone(StoredJob job) {
        PoolPrefetch prefetch = find(job);
        AttemptRun run = prefetch == null ? null : prefetch.gone(job.id());
        if (run != null) {
            run.abandon();
            run.left();
        }
    }

    /** The attempt of a job, if it is in memory. */
    public @Nullable AttemptRun run(StoredJob job) {
        PoolPrefetch prefetch = find(job);
        return prefetch == null ? null : prefetch.find(job.id());
    }
}
