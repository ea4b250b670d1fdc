package dev.motorpool.detached;

import dev.motorpool.detached.attempt.PoolPort;
import dev.motorpool.detached.commit.BlockingChange;
import dev.motorpool.detached.commit.StoreCalls;
import dev.motorpool.detached.feed.Prefetches;
import dev.motorpool.detached.model.JobView;
import dev.motorpool.detached.model.StoredJob;
import dev.motorpool.detached.model.WaitingJob;
import dev.motorpool.detached.store.JobTables;
import dev.motorpool.detached.store.StoreException;
import dev.motorpool.detached.time.RelativeTimes;
import dev.motorpool.detached.wait.JobViews;
import dev.motorpool.job.CallRefusedException;
import dev.motorpool.job.JobError;
import dev.motorpool.job.JobIds;
import dev.motorpool.job.JobState;
import dev.motorpool.job.ProblemType;
import dev.motorpool.pool.CallAge;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Starts new rounds of jobs that have failed, been cancelled or expired, on request. Thread-safe. */
final class ManualRetries {

    private final StoreCalls store;
    private final Backlog backlog;
    private final JobTimes times;
    private final Function<String, @Nullable PoolPort> pools;
    private final Prefetches prefetches;
    private final JobViews views;
    private final InDoubtChanges inDoubt;
    private final Predicate<String> functions;
    private final JobIds ids;
    private final Clock clock;

    ManualRetries(
            StoreCalls store,
            Backlog backlog,
            JobTimes times,
            Function<String, @Nullable PoolPort> pools,
            Prefetches prefetches,
            JobViews views,
            InDoubtChanges inDoubt,
            Predicate<String> functions,
            JobIds ids,
            Clock clock) {
        this.store = store;
        this.backlog = backlog;
        this.times = times;
        this.pools = pools;
        this.prefetches = prefetches;
        this.views = views;
        this.inDoubt = inDoubt;
        this.functions = functions;
        this.ids = ids;
        this.clock = clock;
    }

    /** The job in its new round; null if there is no such job. Blocks on the store. */
    @Nullable
    JobView retry(UUID id) throws CallRefusedException, InterruptedException {
        StoredJob known = store.read(tables -> tables.find(id));
        if (known == null) {
            return null;
        }
        if (!isRetriable(known.state())) {
            throw notFailed(known);
        }
        PoolPort pool = pools.apply(known.spec().pool());
        if (pool == null) {
            throw gone(ProblemType.UNKNOWN_POOL, known.spec().pool());
        }
        if (!functions.test(known.spec().function())) {
            throw gone(ProblemType.UNKNOWN_FUNCTION, known.spec().function());
        }
        JobError refusal = backlog.admit(known.tenant(), pool, known.spec().callbacks());
        if (refusal != null) {
            throw new CallRefusedException(refusal);
        }
        AtomicReference<@Nullable WaitingJob> queued = new AtomicReference<>();
        AtomicReference<@Nullable JobView> view = new AtomicReference<>();
        boolean retried = false;
        try {
            retried = store.ask(new BlockingChange<Boolean>() {
                private RelativeTimes.@Nullable Time expiry;

                @Override
                public Boolean make(JobTables tables) throws StoreException {
                    Instant now = clock.instant();
                    boolean done = tables.retry(id, now, CallAge.of(ids.next()));
                    Duration expires = known.spec().expires();
                    expiry = expires == null ? null : times.expiries().in(id, expires, now);
                    WaitingJob again = done ? tables.withArguments(id) : null;
                    queued.set(again);
                    view.set(again == null ? null : views.of(tables, again.job(), false));
                    return done;
                }

                @Override
                public void follow(Boolean done) {
                    WaitingJob job = queued.get();
                    if (job != null) {
                        if (expiry != null) {
                            times.expiries().add(expiry);
                        }
                        times.wakeFor(job.job());
                        prefetches.arrived(List.of(job));
                    }
                }

                @Override
                public void undo(Boolean done) {
                    doubt(done);
                }

                @Override
                public void doubt(Boolean done) {
                    WaitingJob job = queued.get();
                    if (job != null) {
                        inDoubt.queued(job);
                    }
                }
            });
        } finally {
            if (!retried) {
                backlog.discount(known.tenant(), pool);
            }
        }
        if (!retried) {
            throw notFailed(known);
        }
        return view.get();
    }

    private static boolean isRetriable(JobState state) {
        return state.isFinal() && state != JobState.SUCCEEDED;
    }

    private static CallRefusedException notFailed(StoredJob job) {
        return new CallRefusedException(JobError.of(
                ProblemType.JOB_NOT_FAILED,
                "The job is " + job.state().word() + "; only a failed, cancelled or expired job can be retried."));
    }

    private static CallRefusedException gone(ProblemType type, String name) {
        String what = type.word().replace("unknown-", "");
        return new CallRefusedException(
                JobError.gone(type, name, "The " + what + " '" + name + "' of the job is not there any more."));
    }
}
