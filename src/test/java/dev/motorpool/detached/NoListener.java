package dev.motorpool.detached;

import dev.motorpool.detached.commit.JobListener;
import dev.motorpool.detached.model.StoredJob;

/** A listener of jobs that ignores everything. */
public final class NoListener implements JobListener {
    @Override
    public void jobEnded(StoredJob job) {}

    @Override
    public void jobRetried(StoredJob job) {}

    @Override
    public void committed(int changes, long nanos) {}

    @Override
    public void commitFailed() {}
}
