package dev.motorpool.detached.watch;

import dev.motorpool.detached.model.JobView;
import dev.motorpool.json.RawJson;

/** A listener for the events of a job. Called by the store's thread and the pools'; must not block. */
public interface Watch {

    /** The job is in a final state, which is on stable storage; a single call's value is there. */
    void ended(JobView job);

    /** The job is in another state, which is not final. */
    default void happened(JobView job) {}

    /** An attempt has reported this progress. */
    default void progressed(int attempt, RawJson progress) {}

    /** An attempt has printed this. */
    default void printed(int attempt, String text) {}

    /** The job was deleted. */
    default void forgotten() {}

    /** The service stops: no more calls follow. */
    default void stopping() {}

    /** More results of its items are on stable storage. */
    default void results() {}
}
