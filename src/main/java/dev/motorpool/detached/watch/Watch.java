package dev.motorpool.detached.watch;

import dev.motorpool.detached.model.JobView;
import dev.motorpool.json.RawJson;

/** Somebody who wants to know what happens to a job. Told by the store's thread and the pools'; must not wait. */
public interface Watch {

    /** The job is in a final state, which is on stable storage; a single call's value is there. */
    void ended(JobView job);

    /** The job is in another state, which is none of its final ones. */
    default void happened(JobView job) {}

    /** An attempt at it is this far. */
    default void progressed(int attempt, RawJson progress) {}

    /** An attempt at it has printed this. */
    default void printed(int attempt, String text) {}

    /** The job has been forgotten. */
    default void forgotten() {}

    /** The service stops: nothing more will be told. */
    default void stopping() {}

    /** Results of its items are on stable storage. */
    default void results() {}
}
