package dev.motorpool.detached;

import dev.motorpool.detached.attempt.AttemptRun;
import dev.motorpool.detached.attempt.JobCompletion;
import dev.motorpool.detached.commit.BlockingChange;
import dev.motorpool.detached.commit.StoreCalls;
import dev.motorpool.detached.delivery.Deliveries;
import dev.motorpool.detached.feed.PoolPrefetch;
import dev.motorpool.detached.feed.Prefetches;
import dev.motorpool.detached.model.JobView;
import dev.motorpool.detached.model.StoredJob;
import dev.motorpool.detached.model.WaitingJob;
import dev.motorpool.detached.store.JobReader;
import dev.motorpool.detached.store.JobStore;
import dev.motorpool.detached.store.JobTables;
import dev.motorpool.detached.store.StoreException;
import dev.motorpool.detached.time.RelativeTimes;
import dev.motorpool.detached.time.SetClock;
import dev.motorpool.detached.watch.Watchers;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Performs the timed transitions of jobs: queues, expires and deletes them. Used by the schedule's thread. */
final class DueJobs {

    private static final int STEP = 500;

    /** Pause before expired jobs are checked again if their pools expire them. */
    private static final Duration STILL_IN_POOLS = Duration.ofSeconds(1);

    private final StoreCalls calls;
    private final JobStore store;
    private final Prefetches prefetches;
    private final Watchers watchers;
    private final JobCompletion completion;
    private final JobTimes times;
    private final SetClock setClock;
    private final Deliveries deliveries;
    private final JobEnds ends;
    private final InDoubtChanges inDoubt;

    DueJobs(
            StoreCalls calls,
            JobStore store,
            Prefetches prefetches,
            Watchers watchers,
            JobCompletion completion,
            JobTimes times,
            SetClock setClock,
            Deliveries deliveries,
            JobEnds ends,
            InDoubtChanges inDoubt) {
        this.calls = calls;
        this.store = store;
        this.prefetches = prefetches;
        this.watchers = watchers;
        this.completion = completion;
        this.times = times;
        this.setClock = setClock;
        this.deliveries = deliveries;
        this.ends = ends;
        this.inDoubt = inDoubt;
    }

    /** Performs what is due; returns the time of the next run, at most {@code latest}. Blocks on the store. */
    Instant perform(Instant now, Instant latest) throws StoreException, InterruptedException {
        correct(times.starts(), now, JobTables::postpone);
        correct(times.expiries(), now, JobTables::postponeExpiry);
        redate(now);
        Instant next = earliest(latest, due(now));
        next = earliest(next, expire(now));
        forget(now);
        return next;
    }

    private static Instant earliest(Instant one, @Nullable Instant other) {
        return other == null || one.isBefore(other) ? one : other;
    }

    /** Stores a corrected time of a job. */
    @FunctionalInterface
    private interface Correction {
        void make(JobTables tables, UUID job, Instant at) throws StoreException;
    }

    /** Stores relative times again after the clock was set. */
    private void correct(RelativeTimes relative, Instant now, Correction correction)
            throws StoreException, InterruptedException {
        List<RelativeTimes.Time> corrections = relative.corrections(now);
        for (int from = 0; from < corrections.size(); from += STEP) {
            List<RelativeTimes.Time> some = corrections.subList(from, Math.min(from + STEP, corrections.size()));
            calls.await(new BlockingChange<Integer>() {
                @Override
                public Integer make(JobTables tables) throws StoreException {
                    for (RelativeTimes.Time time : some) {
                        correction.make(tables, time.job(), time.at());
                    }
                    return some.size();
                }

                @Override
                public void follow(Integer done) {
                    some.forEach(relative::corrected);
                }
            });
        }
    }

    /** Corrects the dates in the store after the clock was set. */
    private void redate(Instant now) throws StoreException, InterruptedException {
        SetClock.Change change = setClock.look(now);
        if (change == null) {
            return;
        }
        calls.await(new BlockingChange<Boolean>() {
            @Override
            public Boolean make(JobTables tables) throws StoreException {
                if (!setClock.take(change)) {
                    return false;
                }
                tables.deliveries()
                        .postpone(change.until(), change.until().plus(Deliveries.LONGEST_PAUSE), change.by());
                if (change.from() != null) {
                    tables.postponeForgetting(change.from(), change.until(), change.by());
                }
                return true;
            }

            @Override
            public void follow(Boolean done) {
                deliveries.clockSet();
            }
        });
    }

    /** Queues scheduled jobs that are due; returns the time of the next one. */
    private @Nullable Instant due(Instant now) throws StoreException, InterruptedException {
        Instant next = store.read(JobReader::nextDue);
        while (next != null && !next.isAfter(now)) {
            calls.await(new BlockingChange<List<WaitingJob>>() {
                @Override
                public List<WaitingJob> make(JobTables tables) throws StoreException {
                    return tables.makeDue(now, STEP);
                }

                @Override
                public void follow(List<WaitingJob> jobs) {
                    for (WaitingJob job : jobs) {
                        times.starts().remove(job.job().id());
                        watchers.happened(new JobView(job.job(), List.of(), null));
                    }
                    prefetches.arrived(jobs);
                }

                @Override
                public void undo(List<WaitingJob> jobs) {
                    follow(jobs);
                }

                @Override
                public void doubt(List<WaitingJob> jobs) {
                    // They may be queued in the store and unknown here: read it again.
                    prefetches.all().forEach(PoolPrefetch::reread);
                }
            });
            next = store.read(JobReader::nextDue);
        }
        return next;
    }

    /**
     * Expires jobs whose time to start is over, except those in pools, which expire their own. Returns the time of the
     * next one.
     */
    private @Nullable Instant expire(Instant now) throws StoreException, InterruptedException {
        Instant next = store.read(JobReader::nextExpiry);
        if (next == null || next.isAfter(now)) {
            return next;
        }
        List<StoredJob> over = store.read(tables -> tables.expired(now, STEP));
        boolean expired = false;
        for (StoredJob job : over) {
            if (expiresHere(job)) {
                expire(job);
                expired = true;
            }
        }
        // More may follow these.
        return expired ? now : now.plus(STILL_IN_POOLS);
    }

    private boolean expiresHere(StoredJob job) {
        AttemptRun run = prefetches.run(job);
        return run == null || run.unknownToPool();
    }

    private void expire(StoredJob job) throws StoreException, InterruptedException {
        calls.await(new BlockingChange<Boolean>() {
            private @Nullable StoredJob after;

            @Override
            public Boolean make(JobTables tables) throws StoreException {
                after = expiresHere(job) ? completion.expire(tables, job) : null;
                return after != null;
            }

            @Override
            public void follow(Boolean done) {
                StoredJob expired = after;
                if (expired != null) {
                    ends.endedByDecision(expired);
                }
            }

            @Override
            public void undo(Boolean done) {
                follow(done);
            }

            @Override
            public void doubt(Boolean done) {
                StoredJob expired = after;
                if (expired != null) {
                    inDoubt.ended(List.of(expired));
                }
            }
        });
    }

    /** Deletes jobs and repeat keys whose retention is over, in small steps. */
    private void forget(Instant latest) throws StoreException, InterruptedException {
        Instant now = setClock.believed(latest);
        Instant next = store.read(JobReader::nextForgotten);
        while (next != null && !next.isAfter(now)) {
            calls.await(new BlockingChange<Integer>() {
                @Override
                public Integer make(JobTables tables) throws StoreException {
                    return tables.forget(now, STEP);
                }
            });
            next = store.read(JobReader::nextForgotten);
        }
    }
}
