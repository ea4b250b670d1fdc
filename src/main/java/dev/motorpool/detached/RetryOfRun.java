package dev.motorpool.detached;

import dev.motorpool.job.JobState;
import java.time.Instant;

/** The attempt has failed, and the job is tried again later. */
final class RetryOfRun extends RunEnd {

    private final AttemptEnd end;
    private final Instant dueAt;

    RetryOfRun(Run run, Aftermath aftermath, AttemptEnd end, Instant dueAt) {
        super(run, aftermath);
        this.end = end;
        this.dueAt = dueAt;
    }

    @Override
    boolean make(JobTables tables) throws StoreException {
        return tables.reschedule(run.job.id(), end, dueAt);
    }

    @Override
    boolean isMade(StoredJob now) {
        return isMade(now, JobState.SCHEDULED, end);
    }

    @Override
    long bytes() {
        return end.bytes();
    }

    @Override
    void follow() {
        aftermath.rescheduled(run.job.rescheduled(end, dueAt));
    }
}
