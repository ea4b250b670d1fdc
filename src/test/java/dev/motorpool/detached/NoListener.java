package dev.motorpool.detached;

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
