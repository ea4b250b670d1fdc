package dev.motorpool.detached.attempt;

import dev.motorpool.detached.model.StoredJob;
import dev.motorpool.detached.time.RelativeTimes;
import dev.motorpool.json.RawJson;
import org.jspecify.annotations.Nullable;

/** Listens for ends of attempts that are on stable storage. Called by the store's thread; must not block. */
public interface AttemptListener {

    /** The attempt is no longer in memory, in whichever state its job is. */
    void over(AttemptRun run);

    /**
     * The job is in a final state.
     *
     * @param value null for a map, and where it did not succeed
     */
    void ended(StoredJob job, @Nullable RawJson value);

    /** The job is scheduled again, for this start. */
    void rescheduled(StoredJob job, RelativeTimes.Time next);
}
