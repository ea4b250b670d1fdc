package dev.motorpool.detached;

import dev.motorpool.job.JobState;
import dev.motorpool.json.RawJson;
import org.jspecify.annotations.Nullable;

/** The attempt has succeeded, and with it the job. */
final class SuccessOfRun extends RunEnd {

    private final Endings endings;
    private final AttemptEnd end;
    private final @Nullable RawJson value;

    /** @param value null for a map, whose results are in rows of their own */
    SuccessOfRun(Run run, Aftermath aftermath, Endings endings, AttemptEnd end, @Nullable RawJson value) {
        super(run, aftermath);
        this.endings = endings;
        this.end = end;
        this.value = value;
    }

    @Override
    boolean make(JobTables tables) throws StoreException {
        return endings.succeed(tables, run, end, value);
    }

    @Override
    boolean isMade(StoredJob now) {
        return isMade(now, JobState.SUCCEEDED, end);
    }

    @Override
    void follow() {
        aftermath.ended(run.job.ended(JobState.SUCCEEDED, end, null), value);
    }

    @Override
    long bytes() {
        // The webhook carries the value, too.
        long copies = run.job.callbacks().forState(JobState.SUCCEEDED) == null ? 1 : 2;
        return end.bytes() + (value == null ? 0 : copies * value.length());
    }
}
