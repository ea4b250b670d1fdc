package dev.motorpool.detached;

import java.util.Collection;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The feeds of all pools, by name. */
final class Feeds {

    /** Written by {@link PoolFeeds} alone, with its lock. */
    private final ConcurrentHashMap<String, Feed> byPool = new ConcurrentHashMap<>();

    @Nullable
    Feed find(String pool) {
        return byPool.get(pool);
    }

    void put(String pool, Feed feed) {
        byPool.put(pool, feed);
    }

    void remove(Feed feed) {
        byPool.remove(feed.pool().name(), feed);
    }

    Collection<Feed> all() {
        return byPool.values();
    }

    /** These jobs are queued; those of pools that are not there wait in the store. */
    void arrived(List<WaitingJob> jobs) {
        if (jobs.size() == 1) {
            arrived(jobs.getFirst().job().pool(), jobs);
            return;
        }
        jobs.stream().collect(Collectors.groupingBy(job -> job.job().pool())).forEach(this::arrived);
    }

    private void arrived(String pool, List<WaitingJob> jobs) {
        Feed feed = byPool.get(pool);
        if (feed != null) {
            feed.arrived(jobs);
        }
    }

    void started(Run run) {
        Feed feed = byPool.get(run.job.pool());
        if (feed != null) {
            feed.started(run);
        }
    }

    void over(Run run) {
        Feed feed = byPool.get(run.job.pool());
        if (feed != null) {
            feed.over(run);
        } else {
            run.left();
        }
    }

    /** A job has ended otherwise: its run, if it has one, is given up. */
    void gone(StoredJob job) {
        Feed feed = byPool.get(job.pool());
        Run run = feed == null ? null : feed.gone(job.id());
        if (run != null) {
            run.abandon();
            run.left();
        }
    }

    /** The run of a job, if it is in memory. */
    @Nullable
    Run run(StoredJob job) {
        Feed feed = byPool.get(job.pool());
        return feed == null ? null : feed.find(job.id());
    }
}
