package dev.motorpool.detached;

import dev.motorpool.job.Awaited;
import java.util.List;
import java.util.UUID;

/** Stands in for the wait for several jobs. */
public class ManyWait implements Awaited<ManyWait.Result>, AutoCloseable {

    /** In the order asked, duplicates collapsed. */
    public record Result(List<UUID> done, List<UUID> notDone) {}

    @Override
    public Result await() throws InterruptedException {
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
