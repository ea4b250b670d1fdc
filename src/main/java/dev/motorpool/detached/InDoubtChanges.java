package dev.motorpool.detached;

import dev.motorpool.detached.commit.GroupCommitWriter;
import dev.motorpool.detached.commit.StoreChange;
import dev.motorpool.detached.feed.Prefetches;
import dev.motorpool.detached.model.StoredJob;
import dev.motorpool.detached.model.WaitingJob;
import dev.motorpool.detached.store.JobTables;
import dev.motorpool.detached.store.StoreException;
import dev.motorpool.job.JobState;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Resolves changes whose transaction failed and may have been committed nevertheless, before any other change of their
 * jobs. Called by the store's thread.
 */
final class InDoubtChanges {

    private final GroupCommitWriter writer;
    private final Prefetches prefetches;
    private final JobEnds ends;
    private final Backlog backlog;
    private final JobTimes times;

    InDoubtChanges(GroupCommitWriter writer, Prefetches prefetches, JobEnds ends, Backlog backlog, JobTimes times) {
        this.writer = writer;
        this.prefetches = prefetches;
        this.ends = ends;
        this.backlog = backlog;
        this.times = times;
    }

    /** These jobs may have been ended by decision. */
    void ended(List<StoredJob> jobs) {
        writer.addFirst(new StoreChange() {
            private final List<StoredJob> ended = new ArrayList<>();

            @Override
            public void apply(JobTables tables) throws StoreException {
                ended.clear();
                for (StoredJob job : jobs) {
                    StoredJob now = tables.find(job.id());
                    if (now != null
                            && now.state() == job.state()
                            && Objects.equals(now.finishedAt(), job.finishedAt())) {
                        ended.add(now);
                    }
                }
            }

            @Override
            public void committed() {
                ended.forEach(ends::endedByDecision);
            }
        });
    }

    /** This job may have been queued for a new round, and is not counted. */
    void queued(WaitingJob job) {
        writer.addFirst(new StoreChange() {
            private boolean queued;

            @Override
            public void apply(JobTables tables) throws StoreException {
                StoredJob now = tables.find(job.job().id());
                queued = now != null
                        && now.state() == JobState.QUEUED
                        && now.age() == job.job().age();
            }

            @Override
            public void committed() {
                if (queued) {
                    backlog.recount(job.job());
                    times.wakeFor(job.job());
                    prefetches.arrived(List.of(job));
                }
            }
        });
    }

    /**
     * This job may have been stored although its client was refused. It is removed, so that a repetition does not
     * return a job that is then deleted.
     */
    void accepted(StoredJob job) {
        writer.addFirst(new StoreChange() {
            @Override
            public void apply(JobTables tables) throws StoreException {
                tables.withdraw(job.id());
            }

            @Override
            public void committed() {
                prefetches.gone(job); // it may have been read meanwhile
            }
        });
    }
}
