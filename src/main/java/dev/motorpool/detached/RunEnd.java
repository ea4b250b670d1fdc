package dev.motorpool.detached;

import dev.motorpool.job.JobState;

/** The end of an attempt: what it does to the job, unless that has ended otherwise. */
abstract class RunEnd extends Change {

    final Run run;
    final Aftermath aftermath;
    private boolean done;

    /** Whether a transaction with it has failed, and may have been done all the same. */
    private boolean doubtful;

    RunEnd(Run run, Aftermath aftermath) {
        this.run = run;
        this.aftermath = aftermath;
    }

    @Override
    final void apply(JobTables tables) throws StoreException {
        done = !run.abandoned() && (make(tables) || (doubtful && made(tables)));
    }

    @Override
    final boolean failed(StoreException why) {
        doubtful = true;
        return true;
    }

    private boolean made(JobTables tables) throws StoreException {
        StoredJob now = tables.find(run.job.id());
        return now != null && isMade(now);
    }

    @Override
    final void committed() {
        aftermath.over(run);
        if (done) {
            follow();
        }
    }

    /** The job stays as the store has it, until the service starts again. */
    @Override
    final void refused(StoreException why) {
        aftermath.over(run);
    }

    /** Makes the change; false if the job is not in a state for it any more. */
    abstract boolean make(JobTables tables) throws StoreException;

    /** Whether the job is as this change, and no other, makes it. */
    abstract boolean isMade(StoredJob now);

    static boolean isMade(StoredJob now, JobState state, AttemptEnd end) {
        Attempt latest = now.latest();
        return now.state() == state
                && latest != null
                && latest.number() == end.attempt().number();
    }

    /** It was made, and is on stable storage. */
    abstract void follow();
}
