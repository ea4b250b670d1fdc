package dev.motorpool.detached;

import dev.motorpool.detached.attempt.AttemptListener;
import dev.motorpool.detached.attempt.AttemptRun;
import dev.motorpool.detached.commit.JobListener;
import dev.motorpool.detached.feed.PoolPrefetch;
import dev.motorpool.detached.feed.Prefetches;
import dev.motorpool.detached.model.JobView;
import dev.motorpool.detached.model.StoredJob;
import dev.motorpool.detached.time.RelativeTimes;
import dev.motorpool.detached.watch.Watchers;
import dev.motorpool.job.Attempt;
import dev.motorpool.json.RawJson;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Removes ended jobs and attempts from memory, updates counts and notifies watchers. */
final class JobEnds implements AttemptListener {

    private final Prefetches prefetches;
    private final Watchers watchers;
    private final Backlog backlog;
    private final JobTimes times;
    private final JobListener listener;

    JobEnds(Prefetches prefetches, Watchers watchers, Backlog backlog, JobTimes times, JobListener listener) {
        this.prefetches = prefetches;
        this.watchers = watchers;
        this.backlog = backlog;
        this.times = times;
        this.listener = listener;
    }

    @Override
    public void over(AttemptRun run) {
        prefetches.over(run);
    }

    @Override
    public void ended(StoredJob job, @Nullable RawJson value) {
        if (job.spec().expires() != null) {
            times.expiries().remove(job.id());
        }
        PoolPrefetch prefetch = prefetches.find(job.spec().pool());
        backlog.discount(job.tenant(), prefetch == null ? null : prefetch.pool());
        listener.jobEnded(job);
        if (watchers.isWatched(job.id())) {
            List<Attempt> attempts = job.latest() == null ? List.of() : List.of(job.latest());
            watchers.ended(new JobView(job, attempts, value));
        }
    }

    /** As {@link #ended}, for a job that was ended by decision: its attempt is abandoned. */
    void endedByDecision(StoredJob job) {
        times.starts().remove(job.id());
        prefetches.gone(job);
        ended(job, null);
    }

    @Override
    public void rescheduled(StoredJob job, RelativeTimes.Time next) {
        times.starts().add(next);
        listener.jobRetried(job);
        times.wakeFor(job);
        watchers.happened(new JobView(job, List.of(), null));
    }
}
