package dev.motorpool.detached;

import dev.motorpool.job.JobState;
import dev.motorpool.json.RawJson;
import java.util.List;

/** The attempt has failed, and with it the job. */
final class FailureOfRun extends RunEnd {

    private final Endings endings;
    private final AttemptEnd end;
    private final RawJson error;
    private final List<MapResults> rows;

    /** @param rows the result of the item with which a map has failed */
    FailureOfRun(Run run, Aftermath aftermath, Endings endings, AttemptEnd end, RawJson error, List<MapResults> rows) {
        super(run, aftermath);
        this.endings = endings;
        this.end = end;
        this.error = error;
        this.rows = rows;
    }

    @Override
    boolean make(JobTables tables) throws StoreException {
        return endings.fail(tables, run, end, error, rows);
    }

    @Override
    boolean isMade(StoredJob now) {
        return isMade(now, JobState.FAILED, end);
    }

    @Override
    long bytes() {
        return end.bytes() + error.length() + MapResults.bytes(rows);
    }

    @Override
    void follow() {
        aftermath.ended(run.job.ended(JobState.FAILED, end, error), null);
    }
}
