package dev.motorpool.detached;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Ends jobs by decision: in the store first, and then what of them runs. Waits for the store. */
final class Cancelling {

    /** Jobs of the first transaction, and of each that takes longer than its time. */
    private static final int FEWEST = 200;

    private static final int MOST = 5_000;

    /** A transaction with more jobs than the fewest ends after this time, so that others need not wait long. */
    private static final long STEP_NANOS = Duration.ofMillis(100).toNanos();

    private final StoreCalls store;
    private final Feeds feeds;
    private final Endings endings;
    private final JobViews views;
    private final JobEnds ends;
    private final Doubts doubts;

    Cancelling(StoreCalls store, Feeds feeds, Endings endings, JobViews views, JobEnds ends, Doubts doubts) {
        this.store = store;
        this.feeds = feeds;
        this.endings = endings;
        this.views = views;
        this.ends = ends;
        this.doubts = doubts;
    }

    /**
     * What became of one job.
     *
     * @param cancelled the job, if it was cancelled by this
     * @param view the job in its final state, however it came to it; null if there is none
     */
    private record Outcome(
            List<StoredJob> cancelled, @Nullable JobView view) {}

    /** Cancels the job, unless it has ended; the job in its final state, null if there is none. */
    @Nullable
    JobView cancel(UUID id) throws StoreException, InterruptedException {
        return store.await(new Asked<Outcome>() {
                    @Override
                    Outcome make(JobTables tables) throws StoreException {
                        StoredJob job = tables.find(id);
                        StoredJob after = job == null ? null : cancel(tables, job);
                        StoredJob end = after == null ? job : after;
                        return new Outcome(
                                after == null ? List.of() : List.of(after),
                                end == null ? null : views.of(tables, end, false));
                    }

                    @Override
                    void follow(Outcome outcome) {
                        outcome.cancelled.forEach(ends::endedByDecision);
                    }

                    @Override
                    void undo(Outcome outcome) {
                        follow(outcome); // it cannot be undone: what runs has to end
                    }

                    @Override
                    void doubt(Outcome outcome) {
                        doubts.ended(outcome.cancelled);
                    }
                })
                .view;
    }

    /** The same as a change that nobody waits for. */
    Change change(StoredJob job) {
        return new Change() {
            private @Nullable StoredJob after;

            @Override
            void apply(JobTables tables) throws StoreException {
                StoredJob now = tables.find(job.id());
                after = now == null ? null : cancel(tables, now);
            }

            @Override
            void committed() {
                StoredJob cancelled = after;
                if (cancelled != null) {
                    ends.endedByDecision(cancelled);
                }
            }
        };
    }

    /**
     * Cancels all jobs that fit and have not ended, in transactions that are as large as a limit of time permits, so that
     * other changes are made between them; how many have been cancelled. It goes once through the jobs that there are, from
     * the newest to the oldest: later ones stay, and what waits is cancelled before what runs, so that no slot that becomes
     * free is taken by a job that is cancelled next.
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
     * Part of the way through the jobs.
     *
     * @param cancelled the jobs that were cancelled
     * @param last the id of the last job that was looked at; null: there was none
     * @param next how many jobs the next part has at the most
     */
    private record Step(List<StoredJob> cancelled, @Nullable UUID last, int next) {}

    private final class StepChange extends Asked<Step> {
        private final JobFilter filter;
        private final @Nullable UUID before;
        private final int most;

        StepChange(JobFilter filter, @Nullable UUID before, int most) {
            this.filter = filter;
            this.before = before;
            this.most = most;
        }

        @Override
        Step make(JobTables tables) throws StoreException {
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

        /** As many as fit into the time by what these took, and at most twice as many. */
        private int next(int seen, long nanos) {
            long fit = seen * STEP_NANOS / Math.max(1, nanos);
            return (int) Math.clamp(fit, FEWEST, Math.min(2L * most, MOST));
        }

        @Override
        void follow(Step step) {
            step.cancelled.forEach(ends::endedByDecision);
        }

        @Override
        void undo(Step step) {
            follow(step); // it cannot be undone: what runs has to end
        }

        @Override
        void doubt(Step step) {
            doubts.ended(step.cancelled);
        }
    }

    private @Nullable StoredJob cancel(JobTables tables, StoredJob job) throws StoreException {
        return endings.cancel(tables, job, feeds.run(job));
    }
}
