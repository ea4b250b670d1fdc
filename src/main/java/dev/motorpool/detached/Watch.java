package dev.motorpool.detached;

/** Somebody who wants to know what happens to a job. Told by the store's thread and the pools'; must not wait. */
interface Watch {

    /** The job is in a final state, which is on stable storage; a single call's value is there. */
    void ended(JobView job);

    /** Something else has happened to it. */
    default void happened(JobEvent event) {}

    /** The job has been forgotten. */
    default void forgotten() {}

    /** The service stops: nothing more will be told. */
    default void stopping() {}

    /** Results of its items are on stable storage. */
    default void results() {}
}
