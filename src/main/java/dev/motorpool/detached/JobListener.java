package dev.motorpool.detached;

import dev.motorpool.job.JobState;

/** What detached jobs tell the metrics. Called by the store's thread; must not wait and must not throw. */
public interface JobListener {

    /** A job is in this final state, and that is on stable storage. */
    void jobEnded(String function, JobState state);

    /** A job has failed and is to be tried again. */
    void jobRetried(String function);

    /** So many changes were written in one transaction, which took so long, the way to stable storage included. */
    void committed(int changes, long nanos);

    /** A transaction failed. */
    void commitFailed();
}
