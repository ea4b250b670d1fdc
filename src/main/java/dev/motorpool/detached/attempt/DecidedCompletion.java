package dev.motorpool.detached.attempt;

import dev.motorpool.detached.model.StoredJob;
import dev.motorpool.detached.store.JobTables;
import dev.motorpool.detached.store.StoreException;
import dev.motorpool.job.JobState;
import org.jspecify.annotations.Nullable;

/** Records an attempt and job that the pool ended: it was terminated, or the time to start was over. */
public final class DecidedCompletion extends AttemptCompletion {

    /** Moves the job into its final state; null if that is no longer possible. */
    @FunctionalInterface
    public interface Decision {
        @Nullable
        StoredJob make(JobTables tables) throws StoreException;
    }

    private final JobState state;
    private final Decision decision;

    /** The resulting job. Owned by the store's thread. */
    private @Nullable StoredJob after;

    /** @param state the state that results from the decision */
    public DecidedCompletion(AttemptRun run, AttemptListener attemptListener, JobState state, Decision decision) {
        super(run, attemptListener);
        this.state = state;
        this.decision = decision;
    }

    @Override
    boolean make(JobTables tables) throws StoreException {
        after = decision.make(tables);
        return after != null;
    }

    @Override
    boolean isMade(StoredJob now) {
        after = now.state() == state ? now : null;
        return after != null;
    }

    @Override
    void follow() {
        StoredJob job = after;
        if (job != null) {
            attemptListener.ended(job, null);
        }
    }
}
