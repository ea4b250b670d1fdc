package dev.motorpool.detached;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Stands in for jobs as they finish. */
public class Completions implements AutoCloseable {

    public @Nullable JobView next(Duration atMost) throws InterruptedException {
        throw new UnsupportedOperationException();
    }

    public boolean done() {
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
