package dev.motorpool.detached;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The feeds of all lines of jobs. Written by {@link PoolFeeds} alone, with its lock. */
final class Feeds {

    /** Of the jobs of tenants without a limit, by pool. */
    private final Map<String, Feed> byPool = new ConcurrentHashMap<>();

    /** Those of the other tenants, by tenant and pool. The outer map never changes. */
    private final Map<String, Map<String, Feed>> ofTenants;

    private final SortedSet<String> limited;

    /** @param limited the tenants with a limit of running calls */
    Feeds(SortedSet<String> limited) {
        this.limited = limited;
        this.ofTenants = limited.stream().collect(Collectors.toMap(tenant -> tenant, _ -> new ConcurrentHashMap<>()));
    }

    private Map<String, Feed> of(String tenant) {
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
    JobLine line(StoredJob job) {
        return new JobLine(job.pool(), limited.contains(job.tenant()) ? job.tenant() : null, limited);
    }

    /** The feed of the jobs of the pool whose tenants have no limit. */
    @Nullable
    Feed find(String pool) {
        return byPool.get(pool);
    }

    /** The feed of the job's line. */
    @Nullable
    Feed find(StoredJob job) {
        return of(job.tenant()).get(job.pool());
    }

    void put(Feed feed) {
        JobLine line = feed.line();
        (line.tenant() == null ? byPool : of(line.tenant())).put(line.pool(), feed);
    }

    void remove(Feed feed) {
        JobLine line = feed.line();
        (line.tenant() == null ? byPool : of(line.tenant())).remove(line.pool(), feed);
    }

    Collection<Feed> all() {
        if (ofTenants.isEmpty()) {
            return byPool.values();
        }
        List<Feed> all = new ArrayList<>(byPool.values());
        ofTenants.values().forEach(feeds -> all.addAll(feeds.values()));
        return all;
    }

    /** These jobs are queued; those of pools that are not there wait in the store. */
    void arrived(List<WaitingJob> jobs) {
        if (jobs.size() == 1) {
            arrived(find(jobs.getFirst().job()), jobs);
            return;
        }
        Map<JobLine, List<WaitingJob>> byLine = jobs.stream().collect(Collectors.groupingBy(job -> line(job.job())));
        byLine.values().forEach(those -> arrived(find(those.getFirst().job()), those));
    }

    private static void arrived(@Nullable Feed feed, List<WaitingJob> jobs) {
        if (feed != null) {
            feed.arrived(jobs);
        }
    }

    void started(Run run) {
        Feed feed = find(run.job);
        if (feed != null) {
            feed.started(run);
        }
    }

    void over(Run run) {
        Feed feed = find(run.job);
        if (feed != null) {
            feed.over(run);
        } else {
            run.left();
        }
    }

    /** A job has ended otherwise: its run, if it has one, is given up. */
    void gone(StoredJob job) {
        Feed feed = find(job);
        Run run = feed == null ? null : feed.gone(job.id());
        if (run != null) {
            run.abandon();
            run.left();
        }
    }

    /** The run of a job, if it is in memory. */
    @Nullable
    Run run(StoredJob job) {
        Feed feed = find(job);
        return feed == null ? null : feed.find(job.id());
    }
}
