package dev.motorpool.detached;

import dev.motorpool.job.Awaited;
import org.jspecify.annotations.Nullable;

/** Stands in for the wait for one job. */
public class JobWait implements Awaited<@Nullable JobView>, AutoCloseable {

    @Override
    @SuppressWarnings("NullAway")
    public @Nullable JobView await() throws InterruptedException {
        throw new UnsupportedOperationException();
    }

    @Override
    public void cancel() {
        // stub
    }

    @Override
    public void close() {
        // stub
    }
}
