package dev.motorpool.detached.wait;

import dev.motorpool.detached.attempt.AttemptRun;
import dev.motorpool.detached.feed.PoolPrefetch;
import dev.motorpool.detached.feed.Prefetches;
import dev.motorpool.detached.model.JobKey;
import dev.motorpool.detached.model.JobView;
import dev.motorpool.detached.model.StoredJob;
import dev.motorpool.detached.model.Waiting;
import dev.motorpool.detached.store.JobCensus;
import dev.motorpool.detached.store.JobReader;
import dev.motorpool.detached.store.JobStore;
import dev.motorpool.detached.store.StoreException;
import dev.motorpool.job.Attempt;
import dev.motorpool.job.JobState;
import dev.motorpool.json.RawJson;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Creates views of jobs for clients: the stored job, updated with what memory has of running and waiting jobs. */
public final class JobViews {

    private static final int EXACT = 1_000;
    private static final int COUNTED = 100_000;

    private final JobStore store;
    private final Prefetches prefetches;
    private final JobCensus census;
    private final WaitingReasons reasons;
    private final Clock clock;

    public JobViews(JobStore store, Prefetches prefetches, JobCensus census, WaitingReasons reasons, Clock clock) {
        this.store = store;
        this.prefetches = prefetches;
        this.census = census;
        this.reasons = reasons;
        this.clock = clock;
    }

    /** The jobs without value, attempts and place. */
    public List<JobView> brief(List<StoredJob> jobs) {
        WaitingReasons.Moment now = reasons.now();
        return jobs.stream()
                .map(this::live)
                .map(job -> new JobView(job, List.of(), null, null, now.of(job)))
                .toList();
    }

    private StoredJob live(StoredJob stored) {
        AttemptRun run = prefetches.run(stored);
        return run == null ? stored : run.live(stored);
    }

    /** Why the job waits; null unless it is scheduled or queued. */
    @Nullable
    Waiting waiting(StoredJob job) {
        return reasons.of(job);
    }

    /** The job with everything. */
    public JobView of(JobReader tables, StoredJob stored, boolean withValue) throws StoreException {
        StoredJob job = live(stored);
        boolean single = job.spec().map() == null;
        RawJson value = withValue && single && job.state() == JobState.SUCCEEDED ? tables.value(job.id()) : null;
        Waiting waiting = reasons.of(job);
        return new JobView(job, attempts(tables, job), value, place(tables, job, waiting), waiting);
    }

    /** A job that was just submitted. */
    public JobView ofNew(StoredJob stored) {
        StoredJob job = live(stored);
        Waiting waiting = reasons.of(job);
        JobView.Place place = nearPlace(job, waiting);
        if (place == null && job.state() == JobState.QUEUED) {
            place = placeOfNew(job);
        }
        List<Attempt> attempts = job.latest() == null ? List.of() : List.of(job.latest());
        return new JobView(job, attempts, null, place, waiting);
    }

    /** The place of a new job behind very many others: all jobs are before it, except less urgent ones. */
    private JobView.@Nullable Place placeOfNew(StoredJob job) {
        long position = waitingInMemory(job);
        try {
            if (position < EXACT) {
                position = store.read(tables -> tables.queuedBefore(prefetches.line(job), JobKey.of(job), EXACT));
            }
        } catch (StoreException unknown) {
            return null;
        }
        return place(
                job,
                position < EXACT
                        ? position
                        : Math.max(
                                position,
                                census.ofLate().pool(job.spec().pool()).queued()));
    }

    private static List<Attempt> attempts(JobReader tables, StoredJob job) throws StoreException {
        Attempt latest = job.latest();
        if (latest == null) {
            return List.of();
        }
        if (latest.number() == 1) {
            return List.of(latest);
        }
        List<Attempt> attempts = new ArrayList<>(tables.attempts(job.id()));
        attempts.removeIf(attempt -> attempt.number() >= latest.number());
        attempts.add(latest);
        return attempts;
    }

    private JobView.@Nullable Place place(JobReader tables, StoredJob job, @Nullable Waiting waiting)
            throws StoreException {
        JobView.Place near = nearPlace(job, waiting);
        if (near != null || job.state() != JobState.QUEUED) {
            return near;
        }
        long position = tables.queuedBefore(prefetches.line(job), JobKey.of(job), EXACT);
        if (position >= EXACT) {
            position = tables.queuedBefore(prefetches.line(job), JobKey.of(job), COUNTED);
        }
        return place(job, position);
    }

    /** The place of a job if memory shows it; null if the store has to be read, or the job has none. */
    private JobView.@Nullable Place nearPlace(StoredJob job, @Nullable Waiting waiting) {
        if (waiting != null && waiting.reason() == Waiting.Reason.FUNCTION_MISSING) {
            return new JobView.Place(null, null);
        }
        return switch (job.state()) {
            case SCHEDULED -> new JobView.Place(null, job.dueAt());
            case QUEUED -> {
                int position = before(job);
                yield position < 0 ? null : place(job, position);
            }
            default -> null;
        };
    }

    /** How many jobs of its line wait before this one; negative if memory does not show it. */
    private int before(StoredJob job) {
        PoolPrefetch prefetch = prefetches.find(job);
        return prefetch == null ? -1 : prefetch.before(JobKey.of(job));
    }

    /** How many jobs of the job's line wait in memory. */
    private int waitingInMemory(StoredJob job) {
        PoolPrefetch prefetch = prefetches.find(job);
        return prefetch == null ? 0 : prefetch.waiting();
    }

    /** Estimated start of a job at a position in its line; null if unknown. */
    private @Nullable Instant estimatedStart(StoredJob job, long position) {
        PoolPrefetch prefetch = prefetches.find(job);
        Duration time = prefetch == null ? null : prefetch.timeFor(position + 1);
        return time == null ? null : clock.instant().plus(time);
    }

    private JobView.Place place(StoredJob job, long position) {
        return new JobView.Place(position, estimatedStart(job, position));
    }
}
