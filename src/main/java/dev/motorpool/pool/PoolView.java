package dev.motorpool.pool;

import dev.motorpool.pool.settings.PoolSettings;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A snapshot of a pool.
 *
 * @param reason why it is broken, else null
 * @param since when it was paused or broke; null unless it is paused or broken
 * @param queued waiting calls, without detached ones, whose queue is the store's
 * @param running calls that hold a slot
 * @param stuck threads that ignored their interrupt
 */
public record PoolView(
        String name,
        PoolState state,
        @Nullable String reason,
        @Nullable Instant since,
        int queued,
        int running,
        int stuck,
        PoolSettings settings,
        Counters counters) {

    /**
     * Calls since the creation of the pool, by outcome.
     *
     * @param workersStarted worker processes that were spawned, including those that never became ready
     * @param workersLost those of them that ended otherwise than by the pool's own plan, including those that ended at
     *     their start; a program that could not be started at all counts as neither
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
