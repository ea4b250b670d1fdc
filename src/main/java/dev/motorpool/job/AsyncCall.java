package dev.motorpool.job;

import dev.motorpool.function.FunctionDefinition;
import dev.motorpool.json.RawJson;
import dev.motorpool.pool.Pool;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The parsed request of a detached job, checked as far as possible before anything is stored.
 *
 * @param verb {@code apply_async}, {@code map_async} or {@code starmap_async}
 * @param args JSON array that fits the function, together with {@code kwargs}; of a map: the array of its items
 * @param timeout how long each call may run; null: the pool's default
 * @param expires how long after submission it must have started; null: no limit
 * @param priority -100..100, higher first
 * @param retries 0..100 further attempts after a failed one
 * @param retryDelay time before the second attempt; doubles with each
 * @param delay time before its earliest start; null if it has none, or a time for it
 * @param startAt its earliest start; null if it has none, or a delay
 * @param retain how long the finished job stays readable
 * @param readAt when the request was read; a delay begins then
 * @param map additional values of a map; null for a single call
 * @param callbacks where its end is notified
 */
public record AsyncCall(
        String verb,
        FunctionDefinition function,
        Pool pool,
        RawJson args,
        RawJson kwargs,
        @Nullable Duration timeout,
        @Nullable Duration expires,
        int priority,
        Map<String, String> tags,
        int retries,
        Duration retryDelay,
        @Nullable Duration delay,
        @Nullable Instant startAt,
        Duration retain,
        Instant readAt,
        @Nullable MapPart map,
        Callbacks callbacks) {

    /**
     * Additional values of a map.
     *
     * @param count how many items there are
     * @param chunksize maximum items that go to a slot together, at least 1
     * @param collect whether the map goes on after an item has failed
     */
    public record MapPart(int count, int chunksize, boolean collect) {}
}
