package dev.motorpool.detached;

import dev.motorpool.job.JobState;

/** The attempt has failed, and the job is tried again later. */
final class RetryOfRun extends RunEnd {

    private final AttemptEnd end;
    private final RelativeTimes.Time next;

    RetryOfRun(Run run, Aftermath aftermath, AttemptEnd end, RelativeTimes.Time next) {
        super(run, aftermath);
        this.end = end;
        this.next = next;
    }

    @Override
    boolean make(JobTables tables) throws StoreException {
        return tables.reschedule(run.job.id(), end, next.at());
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
        aftermath.rescheduled(run.job.rescheduled(end, next.at()), next);
    }
}
