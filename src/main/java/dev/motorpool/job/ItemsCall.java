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
 * The parsed request of a map or stream.
 *
 * @param star whether an item is the array of the positional arguments; otherwise it is the one argument
 * @param items JSON array; empty if items come one by one
 * @param chunksize maximum items that go to a slot together; at most the window of a stream
 * @param window maximum unanswered items of a stream; 0 for a map
 * @param collect whether a map goes on after an item has failed
 * @param timeout how long each item may run; null: the pool's default
 * @param expires how long after submission an item must have started; null: no limit
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

    /** A copy without the items. */
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
