package dev.motorpool.metrics;

import dev.motorpool.job.stream.OpenStreams;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** The state of pools that their own events do not show. Thread-safe. */
@FunctionalInterface
public interface PoolLoads {

    /**
     * A pool's load beside its own queue.
     *
     * @param detached detached jobs that wait for a slot
     * @param oldest when the oldest of them was submitted or became due; null if none waits
     * @param streams its open streams
     */
    record Load(long detached, @Nullable Instant oldest, OpenStreams.Load streams) {}

    Load load(String pool);
}
