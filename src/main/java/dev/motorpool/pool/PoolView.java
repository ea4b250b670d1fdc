package dev.motorpool.pool;

import dev.motorpool.pool.settings.PoolSettings;
import org.jspecify.annotations.Nullable;

/**
 * A pool at one moment.
 *
 * @param reason why it is broken, else null
 * @param queued calls that wait; detached ones not counted, whose queue is the store's
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

    /**
     * Calls since the pool was made, by what became of them.
     *
     * @param workersStarted worker processes that were spawned, also those that never became ready
     * @param workersLost those of them that ended otherwise than by the pool's own plan, at their start too; a program
     *     that could not be started at all counts as neither
     */
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
