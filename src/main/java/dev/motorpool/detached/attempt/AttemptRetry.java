package dev.motorpool.detached.attempt;

import dev.motorpool.detached.model.AttemptEnd;
import dev.motorpool.detached.model.StoredJob;
import dev.motorpool.detached.store.JobTables;
import dev.motorpool.detached.store.StoreException;
import dev.motorpool.detached.time.RelativeTimes;
import dev.motorpool.job.JobState;

/** Records a failed attempt whose job is retried later. */
public final class AttemptRetry extends AttemptCompletion {

    private final AttemptEnd end;
    private final RelativeTimes.Time next;

    public AttemptRetry(AttemptRun run, AttemptListener attemptListener, AttemptEnd end, RelativeTimes.Time next) {
        super(run, attemptListener);
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
    public long bytes() {
        return end.bytes();
    }

    @Override
    void follow() {
        attemptListener.rescheduled(run.job.rescheduled(end, next.at()), next);
    }
}
