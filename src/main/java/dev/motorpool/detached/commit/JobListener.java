package dev.motorpool.detached.commit;

import dev.motorpool.detached.model.StoredJob;

/**
 * What detached jobs tell the metrics and the log. Called by the store's thread but for refusals; must not wait and must
 * not throw.
 */
public interface JobListener {

    /** A job is in this final state, and that is on stable storage. */
    void jobEnded(StoredJob job);

    /** A new job was accepted, and that is on stable storage. */
    default void jobSubmitted(StoredJob job) {}

    /** A new job, or a retry, was refused by this limit of its tenant; told by the thread of its client. */
    default void tenantRefused(String tenant, String limit) {}

    /** A job has failed and is to be tried again. */
    void jobRetried(StoredJob job);

    /**
     * A job for the pool was refused though the pool would have taken it; told by the thread of its client.
     *
     * @param reason {@code queue-full}: as many jobs have not ended as may
     */
    default void jobRefused(String pool, String reason) {}

    /** So many changes were written in one transaction, which took so long, the way to stable storage included. */
    void committed(int changes, long nanos);

    /** A transaction failed. */
    void commitFailed();
}
