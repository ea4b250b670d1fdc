package dev.motorpool.detached.attempt;

import dev.motorpool.detached.commit.StoreChange;
import dev.motorpool.detached.model.AttemptEnd;
import dev.motorpool.detached.model.StoredJob;
import dev.motorpool.detached.store.JobTables;
import dev.motorpool.detached.store.StoreException;
import dev.motorpool.job.Attempt;
import dev.motorpool.job.JobState;

/** Records the end of an attempt, unless the job has ended otherwise. */
abstract class AttemptCompletion extends StoreChange {

    final AttemptRun run;
    final AttemptListener attemptListener;
    private boolean done;

    /** Whether a transaction with this change has failed, and may have been committed nevertheless. */
    private boolean doubtful;

    AttemptCompletion(AttemptRun run, AttemptListener attemptListener) {
        this.run = run;
        this.attemptListener = attemptListener;
    }

    @Override
    public final void apply(JobTables tables) throws StoreException {
        done = !run.abandoned() && (make(tables) || (doubtful && made(tables)));
    }

    @Override
    public final boolean failed(StoreException why) {
        doubtful = true;
        return true;
    }

    private boolean made(JobTables tables) throws StoreException {
        StoredJob now = tables.find(run.job.id());
        return now != null && isMade(now);
    }

    @Override
    public final void committed() {
        attemptListener.over(run);
        if (done) {
            follow();
        }
    }

    /** The job stays as the store has it, until the service restarts. */
    @Override
    public final void refused(StoreException why) {
        attemptListener.over(run);
    }

    /** Makes the change; false if the job's state no longer permits it. */
    abstract boolean make(JobTables tables) throws StoreException;

    /** Whether the job is in the state that only this change can have made. */
    abstract boolean isMade(StoredJob now);

    static boolean isMade(StoredJob now, JobState state, AttemptEnd end) {
        Attempt latest = now.latest();
        return now.state() == state
                && latest != null
                && latest.number() == end.attempt().number();
    }

    /** Called when the change is on stable storage. */
    abstract void follow();
}
