package dev.motorpool.detached;

import dev.motorpool.detached.attempt.JobCompletion;
import dev.motorpool.detached.commit.BlockingChange;
import dev.motorpool.detached.commit.StoreCalls;
import dev.motorpool.detached.commit.StoreChange;
import dev.motorpool.detached.feed.Prefetches;
import dev.motorpool.detached.model.JobFilter;
import dev.motorpool.detached.model.JobView;
import dev.motorpool.detached.model.StoredJob;
import dev.motorpool.detached.store.JobTables;
import dev.motorpool.detached.store.StoreException;
import dev.motorpool.detached.wait.JobViews;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Cancels and expires jobs: first in the store, then their running attempts. Blocks on the store. */
public final class Cancelling {

    /** Jobs of the first transaction, and of each transaction after one that exceeded its time. */
    private static final int FEWEST = 200;

    private static final int MOST = 5_000;

    /** A transaction with more jobs than the minimum ends after this time, so that other changes do not wait long. */
    private static final long STEP_NANOS = Duration.ofMillis(100).toNanos();

    private final StoreCalls store;
    private final Prefetches prefetches;
    private final JobCompletion completion;
    private final JobViews views;
    private final JobEnds ends;
    private final InDoubtChanges inDoubt;

    Cancelling(
            StoreCalls store,
            Prefetches prefetches,
            JobCompletion completion,
            JobViews views,
            JobEnds ends,
            InDoubtChanges inDoubt) {
        this.store = store;
        this.prefetches = prefetches;
        this.completion = completion;
        this.views = views;
        this.ends = ends;
        this.inDoubt = inDoubt;
    }

    /**
     * The result for one job.
     *
     * @param cancelled the job, if this call cancelled it
     * @param view the job in its final state, however it ended; null if there is none
     */
    private record Outcome(
            List<StoredJob> cancelled, @Nullable JobView view) {}

    /** Cancels the job unless it has ended; returns the job in its final state, null if there is none. */
    @Nullable
    JobView cancel(UUID id) throws StoreException, InterruptedException {
        return store.await(new BlockingChange<Outcome>() {
                    @Override
                    public Outcome make(JobTables tables) throws StoreException {
                        StoredJob job = tables.find(id);
                        StoredJob after = job == null ? null : cancel(tables, job);
                        StoredJob end = after == null ? job : after;
                        return new Outcome(
                                after == null ? List.of() : List.of(after),
                                end == null ? null : views.of(tables, end, false));
                    }

                    @Override
                    public void follow(Outcome outcome) {
                        outcome.cancelled.forEach(ends::endedByDecision);
                    }

                    @Override
                    public void undo(Outcome outcome) {
                        follow(outcome); // it is committed: the running attempt has to end
                    }

                    @Override
                    public void doubt(Outcome outcome) {
                        inDoubt.ended(outcome.cancelled);
                    }
                })
                .view;
    }

    /** The same as a change without a waiting caller. */
    StoreChange change(StoredJob job) {
        return new StoreChange() {
            private @Nullable StoredJob after;

            @Override
            public void apply(JobTables tables) throws StoreException {
                StoredJob now = tables.find(job.id());
                after = now == null ? null : cancel(tables, now);
            }

            @Override
            public void committed() {
                StoredJob cancelled = after;
                if (cancelled != null) {
                    ends.endedByDecision(cancelled);
                }
            }
        };
    }

    /**
     * Cancels all matching jobs that have not ended; returns how many. Each transaction is as large as its time limit
     * permits, so other changes can run in between. It passes once over the existing jobs, from the newest to the
     * oldest. Later jobs are not cancelled. Waiting jobs are cancelled before running ones, so that no freed slot takes
     * a job that is cancelled next.
     */
    long cancelAll(JobFilter filter) throws StoreException, InterruptedException {
        long cancelled = 0;
        Step step = store.await(new StepChange(filter, null, FEWEST));
        while (step.last != null) {
            cancelled += step.cancelled.size();
            step = store.await(new StepChange(filter, step.last, step.next));
        }
        return cancelled;
    }

    /**
     * One transaction of a bulk cancellation.
     *
     * @param cancelled the jobs that were cancelled
     * @param last the id of the last job seen; null: there was none
     * @param next the most jobs of the next transaction
     */
    private record Step(List<StoredJob> cancelled, @Nullable UUID last, int next) {}

    private final class StepChange extends BlockingChange<Step> {
        private final JobFilter filter;
        private final @Nullable UUID before;
        private final int most;

        StepChange(JobFilter filter, @Nullable UUID before, int most) {
            this.filter = filter;
            this.before = before;
            this.most = most;
        }

        @Override
        public Step make(JobTables tables) throws StoreException {
            long begin = System.nanoTime();
            List<StoredJob> jobs = new ArrayList<>();
            UUID last = null;
            int seen = 0;
            long nanos = 0;
            for (StoredJob job : tables.cancellable(filter, before, most)) {
                StoredJob ended = cancel(tables, job);
                if (ended != null) {
                    jobs.add(ended);
                }
                last = job.id();
                seen++;
                nanos = System.nanoTime() - begin;
                if (seen >= FEWEST && nanos >= STEP_NANOS) {
                    break;
                }
            }
            return new Step(jobs, last, next(seen, nanos));
        }

        /** As many as fit into the time at the rate of these, and at most twice as many. */
        private int next(int seen, long nanos) {
            long fit = seen * STEP_NANOS / Math.max(1, nanos);
            return (int) Math.clamp(fit, FEWEST, Math.min(2L * most, MOST));
        }

        @Override
        public void follow(Step step) {
            step.cancelled.forEach(ends::endedByDecision);
        }

        @Override
        public void undo(Step step) {
            follow(step); // it is committed: the running attempts have to end
        }

        @Override
        public void doubt(Step step) {
            inDoubt.ended(step.cancelled);
        }
    }

    private @Nullable StoredJob cancel(JobTables tables, StoredJob job) throws StoreException {
        return completion.cancel(tables, job, prefetches.run(job));
    }
}
