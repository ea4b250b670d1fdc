package dev.motorpool.pool;

import org.jspecify.annotations.Nullable;

/**
 * A pool at one moment.
 *
 * @param reason why it is broken, else null
 * @param queued calls that wait
 * @param running calls that hold a slot
 * @param stuck threads that ignored their interrupt
 */
public record PoolView(
        String name,
        PoolState state,
        @Nullable String reason,
        int queued,
        int running,
        int stuck,
        PoolSettings settings,
        Counters counters) {

    /** Calls since the pool was made, by what became of them. */
    public record Counters(
            long submitted,
            long succeeded,
            long failed,
            long timedOut,
            long cancelled,
            long expired,
            long workerLost,
            long rejected,
            long workersStarted,
            long workersLost) {}
}
