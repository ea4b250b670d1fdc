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

    Cancelling(DetachedEngine engine, Endings endings) {
        this.engine = engine;
        this.endings = endings;
    }

    /** Cancels the job, unless it has ended. */
    void cancel(UUID id) throws StoreException, InterruptedException {
        engine.ask(new Asked<List<StoredJob>>() {
            @Override
            List<StoredJob> make(JobTables tables) throws StoreException {
                StoredJob job = tables.find(id);
                StoredJob after = job == null ? null : cancel(tables, job);
                return after == null ? List.of() : List.of(after);
            }

            @Override
            void follow(List<StoredJob> cancelled) {
                cancelled.forEach(engine::endedOtherwise);
            }

            @Override
            void undo(List<StoredJob> cancelled) {
                follow(cancelled); // it cannot be undone: what runs has to end
            }

            @Override
            void doubt(List<StoredJob> cancelled) {
                engine.perhapsEnded(cancelled);
            }
        });
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
                    engine.perhapsEnded(jobs);
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
