package dev.motorpool.detached.attempt;

import dev.motorpool.detached.model.AttemptEnd;
import dev.motorpool.detached.model.MapResults;
import dev.motorpool.detached.model.StoredJob;
import dev.motorpool.detached.store.JobTables;
import dev.motorpool.detached.store.StoreException;
import dev.motorpool.job.JobState;
import dev.motorpool.json.RawJson;
import java.util.List;

/** Records a failed attempt that makes the job fail. */
public final class AttemptFailure extends AttemptCompletion {

    private final JobCompletion completion;
    private final AttemptEnd end;
    private final RawJson error;
    private final List<MapResults> rows;

    /** @param rows the result of the item that made the map fail */
    public AttemptFailure(
            AttemptRun run,
            AttemptListener attemptListener,
            JobCompletion completion,
            AttemptEnd end,
            RawJson error,
            List<MapResults> rows) {
        super(run, attemptListener);
        this.completion = completion;
        this.end = end;
        this.error = error;
        this.rows = rows;
    }

    @Override
    boolean make(JobTables tables) throws StoreException {
        return completion.fail(tables, run, end, error, rows);
    }

    @Override
    boolean isMade(StoredJob now) {
        return isMade(now, JobState.FAILED, end);
    }

    @Override
    public long bytes() {
        return end.bytes() + error.length() + MapResults.bytes(rows);
    }

    @Override
    void follow() {
        attemptListener.ended(run.job.ended(JobState.FAILED, end, error), null);
    }
}
