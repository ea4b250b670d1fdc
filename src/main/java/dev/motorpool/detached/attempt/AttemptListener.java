package dev.motorpool.detached.attempt;

import dev.motorpool.detached.model.StoredJob;
import dev.motorpool.detached.time.RelativeTimes;
import dev.motorpool.json.RawJson;
import org.jspecify.annotations.Nullable;

/** What follows the end of an attempt, once that is on stable storage. Called by the store's thread; must not wait. */
public interface AttemptListener {

    /** The attempt is not in memory any more, whatever has become of its job. */
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
