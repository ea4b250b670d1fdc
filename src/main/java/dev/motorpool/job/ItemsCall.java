package dev.motorpool.job;

import dev.motorpool.function.FunctionDefinition;
import dev.motorpool.json.RawJson;
import dev.motorpool.pool.LaneRequest;
import dev.motorpool.pool.Pool;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What a map or stream is asked to run on each of its items.
 *
 * @param star whether an item is the array of the positional arguments; else it is the one argument
 * @param items JSON array; empty where items come one by one
 * @param chunksize items that go to a slot together; at most the window of a stream
 * @param window items of a stream that may be unanswered; 0 for a map
 * @param collect whether a map goes on after an item has failed
 * @param timeout how long each item may run; null: the pool's default
 * @param expires how long after submission an item must have started; null: for ever
 */
public record ItemsCall(
        FunctionDefinition function,
        Pool pool,
        boolean star,
        RawJson items,
        int chunksize,
        int window,
        boolean collect,
        @Nullable Duration timeout,
        @Nullable Duration expires,
        int priority,
        Map<String, String> tags) {

    /** The same without the items themselves. */
    public ItemsCall withoutItems() {
        return new ItemsCall(
                function,
                pool,
                star,
                RawJson.EMPTY_ARRAY,
                chunksize,
                window,
                collect,
                timeout,
                expires,
                priority,
                tags);
    }

    public LaneRequest request(UUID id) {
        boolean map = window == 0;
        return new LaneRequest(id, 1, function.name(), star, chunksize, timeout, expires, map, priority, false);
    }
}
