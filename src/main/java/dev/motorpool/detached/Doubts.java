package dev.motorpool.detached;

import dev.motorpool.job.JobState;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Finds out what became of changes whose transaction failed and may have been done all the same, before anything else
 * happens to their jobs. Called by the store's thread.
 */
final class Doubts {

    private final Commits commits;
    private final Feeds feeds;
    private final JobEnds ends;
    private final Backlog backlog;
    private final JobTimes times;

    Doubts(Commits commits, Feeds feeds, JobEnds ends, Backlog backlog, JobTimes times) {
        this.commits = commits;
        this.feeds = feeds;
        this.ends = ends;
        this.backlog = backlog;
        this.times = times;
    }

    /** These were ended by decision, perhaps. */
    void ended(List<StoredJob> jobs) {
        commits.addFirst(new Change() {
            private final List<StoredJob> ended = new ArrayList<>();

            @Override
            void apply(JobTables tables) throws StoreException {
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
            void committed() {
                ended.forEach(ends::endedByDecision);
            }
        });
    }

    /** This one was queued for a new round, perhaps, and is not counted. */
    void queued(WaitingJob job) {
        commits.addFirst(new Change() {
            private boolean queued;

            @Override
            void apply(JobTables tables) throws StoreException {
                StoredJob now = tables.find(job.job().id());
                queued = now != null
                        && now.state() == JobState.QUEUED
                        && now.age() == job.job().age();
            }

            @Override
            void committed() {
                if (queued) {
                    backlog.recount(job.job());
                    times.wakeFor(job.job());
                    feeds.arrived(List.of(job));
                }
            }
        });
    }

    /**
     * This one is stored, perhaps, and its client was told that it is not accepted: it is removed, so that no repetition of
     * it is answered with a job that goes.
     */
    void accepted(StoredJob job) {
        commits.addFirst(new Change() {
            @Override
            void apply(JobTables tables) throws StoreException {
                tables.withdraw(job.id());
            }

            @Override
            void committed() {
                feeds.gone(job); // it may have been read meanwhile
            }
        });
    }
}
