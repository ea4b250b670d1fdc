package dev.motorpool.detached;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Stands in for what happens to a job. */
public class JobEvents implements AutoCloseable {

    public @Nullable JobEvent next(Duration atMost) throws InterruptedException {
        throw new UnsupportedOperationException();
    }

    public boolean ended() {
        throw new UnsupportedOperationException();
    }

    public void wake() {
        // stub
    }

    @Override
    public void close() {
        // stub
    }
}
