package dev.motorpool.detached;

import dev.motorpool.job.CallRefusedException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Stands in for the rows of results of a map. */
public class MapItems implements AutoCloseable {

    public @Nullable MapResults next(Duration atMost) throws CallRefusedException, InterruptedException {
        throw new UnsupportedOperationException();
    }

    public boolean ended() {
        throw new UnsupportedOperationException();
    }

    public @Nullable StoredJob end() {
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
