package dev.motorpool.detached.commit;

import dev.motorpool.detached.model.StoredJob;

/**
 * Listens for events of detached jobs, for metrics and the log. Called by the store's thread, except for refusals; must
 * not block or throw.
 */
public interface JobListener {

    /** A job is in this final state, and that is on stable storage. */
    void jobEnded(StoredJob job);

    /** A new job was accepted, and that is on stable storage. */
    default void jobSubmitted(StoredJob job) {}

    /** A new job, or a retry, was refused because of this limit of its tenant; called by the thread of its client. */
    default void tenantRefused(String tenant, String limit) {}

    /** A job has failed and will be retried. */
    void jobRetried(StoredJob job);

    /**
     * A job for the pool was refused though the pool would have accepted it; called by the thread of its client.
     *
     * @param reason {@code queue-full}: the limit of jobs that have not ended is reached
     */
    default void jobRefused(String pool, String reason) {}

    /**
     * A transaction was committed.
     *
     * @param changes how many it had
     * @param nanos its duration, until it was on stable storage
     */
    void committed(int changes, long nanos);

    /** A transaction failed. */
    void commitFailed();
}
