package dev.motorpool.detached;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Ends jobs by decision: in the store first, and then what of them runs. Waits for the store. */
final class Cancelling {

    /** Jobs of one transaction. */
    private static final int STEP = 200;

    /** A transaction ends after this time, so that others need not wait long. */
    private static final long STEP_NANOS = Duration.ofMillis(50).toNanos();

    private final DetachedEngine engine;
    private final Endings endings;
    private final JobViews views;

    Cancelling(DetachedEngine engine, Endings endings, JobViews views) {
        this.engine = engine;
        this.endings = endings;
        this.views = views;
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
        return engine.ask(new Asked<Outcome>() {
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
                        outcome.cancelled.forEach(engine::endedOtherwise);
                    }

                    @Override
                    void undo(Outcome outcome) {
                        follow(outcome); // it cannot be undone: what runs has to end
                    }

                    @Override
                    void doubt(Outcome outcome) {
                        engine.doubts().ended(outcome.cancelled);
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
                after = cancel(tables, job);
            }

            @Override
            void committed() {
                StoredJob cancelled = after;
                if (cancelled != null) {
                    engine.endedOtherwise(cancelled);
                }
            }
        };
    }

    /**
     * Cancels all jobs that fit and have not ended, a few in each transaction, so that other changes are made between
     * them; how many have been cancelled. It goes once through the jobs that there are, from the oldest to the newest.
     */
    long cancelAll(JobFilter filter) throws StoreException, InterruptedException {
        UUID newest = engine.newestJob();
        long cancelled = 0;
        Step step = engine.ask(new StepChange(filter, null));
        while (step.last != null && newest != null) {
            cancelled += step.cancelled.size();
            boolean over = step.last.toString().compareTo(newest.toString()) >= 0;
            step = over ? new Step(List.of(), null) : engine.ask(new StepChange(filter, step.last));
        }
        return cancelled;
    }

    /**
     * Part of the way through the jobs.
     *
     * @param cancelled the jobs that were cancelled
     * @param last the id of the last job that was looked at; null: there was none
     */
    private record Step(List<StoredJob> cancelled, @Nullable UUID last) {}

    private final class StepChange extends Asked<Step> {
        private final JobFilter filter;
        private final @Nullable UUID after;

        StepChange(JobFilter filter, @Nullable UUID after) {
            this.filter = filter;
            this.after = after;
        }

        @Override
        Step make(JobTables tables) throws StoreException {
            long begin = System.nanoTime();
            List<StoredJob> jobs = new ArrayList<>();
            UUID last = null;
            for (StoredJob job : tables.cancellable(filter, after, STEP)) {
                StoredJob ended = cancel(tables, job);
                if (ended != null) {
                    jobs.add(ended);
                }
                last = job.id();
                if (System.nanoTime() - begin >= STEP_NANOS) {
                    break;
                }
            }
            return new Step(jobs, last);
        }

        @Override
        void follow(Step step) {
            step.cancelled.forEach(engine::endedOtherwise);
        }

        @Override
        void undo(Step step) {
            follow(step); // it cannot be undone: what runs has to end
        }

        @Override
        void doubt(Step step) {
            engine.doubts().ended(step.cancelled);
        }
    }

    private @Nullable StoredJob cancel(JobTables tables, StoredJob job) throws StoreException {
        return endings.cancel(tables, job, engine.run(job));
    }
}
