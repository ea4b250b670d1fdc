package dev.motorpool.detached;

import dev.motorpool.json.RawJson;
import org.jspecify.annotations.Nullable;

/** What follows the end of an attempt, once that is on stable storage. Called by the store's thread; must not wait. */
interface Aftermath {

    /** The attempt is not in memory any more, whatever has become of its job. */
    void over(Run run);

    /**
     * The job is in a final state.
     *
     * @param value null for a map, and where it did not succeed
     */
    void ended(StoredJob job, @Nullable RawJson value);

    /** The job is scheduled again, for this start. */
    void rescheduled(StoredJob job, RelativeTimes.Time next);
}
