package dev.motorpool.detached.attempt;

import dev.motorpool.detached.model.AttemptEnd;
import dev.motorpool.detached.model.StoredJob;
import dev.motorpool.detached.store.JobTables;
import dev.motorpool.detached.store.StoreException;
import dev.motorpool.job.JobState;
import dev.motorpool.json.RawJson;
import org.jspecify.annotations.Nullable;

/** Records a successful attempt that makes the job succeed. */
public final class AttemptSuccess extends AttemptCompletion {

    private final JobCompletion completion;
    private final AttemptEnd end;
    private final @Nullable RawJson value;

    /** @param value null for a map, whose results are in rows of their own */
    public AttemptSuccess(
            AttemptRun run,
            AttemptListener attemptListener,
            JobCompletion completion,
            AttemptEnd end,
            @Nullable RawJson value) {
        super(run, attemptListener);
        this.completion = completion;
        this.end = end;
        this.value = value;
    }

    @Override
    boolean make(JobTables tables) throws StoreException {
        return completion.succeed(tables, run, end, value);
    }

    @Override
    boolean isMade(StoredJob now) {
        return isMade(now, JobState.SUCCEEDED, end);
    }

    @Override
    void follow() {
        attemptListener.ended(run.job.ended(JobState.SUCCEEDED, end, null), value);
    }

    @Override
    public long bytes() {
        // The webhook holds a copy of the value.
        long copies = run.job.spec().callbacks().forState(JobState.SUCCEEDED) == null ? 1 : 2;
        return end.bytes() + (value == null ? 0 : copies * value.length());
    }
}
