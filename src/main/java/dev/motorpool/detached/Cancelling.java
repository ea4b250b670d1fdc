package dev.motorpool.detached;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Ends jobs by decision: in the store first, and then what of them runs. Waits for the store. */
final class Cancelling {

    private static final int STEP = 500;

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

    /** Cancels all jobs that fit and have not ended, in steps; how many. */
    long cancelAll(JobFilter filter) throws StoreException, InterruptedException {
        long cancelled = 0;
        while (true) {
            List<StoredJob> some = engine.ask(new Asked<List<StoredJob>>() {
                @Override
                List<StoredJob> make(JobTables tables) throws StoreException {
                    List<StoredJob> jobs = new ArrayList<>();
                    for (StoredJob job : tables.cancellable(filter, STEP)) {
                        StoredJob after = cancel(tables, job);
                        if (after != null) {
                            jobs.add(after);
                        }
                    }
                    return jobs;
                }

                @Override
                void follow(List<StoredJob> jobs) {
                    jobs.forEach(engine::endedOtherwise);
                }

                @Override
                void undo(List<StoredJob> jobs) {
                    follow(jobs); // as above
                }

                @Override
                void doubt(List<StoredJob> jobs) {
                    engine.doubts().ended(jobs);
                }
            });
            cancelled += some.size();
            if (some.size() < STEP) {
                return cancelled;
            }
        }
    }

    private @Nullable StoredJob cancel(JobTables tables, StoredJob job) throws StoreException {
        return endings.cancel(tables, job, engine.run(job));
    }
}
