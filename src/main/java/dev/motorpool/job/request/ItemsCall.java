package dev.motorpool.job.request;

import dev.motorpool.function.signature.FunctionDefinition;
import dev.motorpool.job.JobSpec;
import dev.motorpool.json.RawJson;
import dev.motorpool.pool.LaneRequest;
import dev.motorpool.pool.Pool;
import java.util.UUID;

/**
 * The parsed request of a map or stream.
 *
 * @param items JSON array; empty if items come one by one
 * @param shape its chunks are at most the window of a stream
 * @param window maximum unanswered items of a stream; 0 for a map
 */
public record ItemsCall(
        JobSpec spec, FunctionDefinition function, Pool pool, RawJson items, JobSpec.MapShape shape, int window) {

    /** A copy without the items. */
    public ItemsCall withoutItems() {
        return new ItemsCall(spec, function, pool, RawJson.EMPTY_ARRAY, shape, window);
    }

    public LaneRequest request(UUID id) {
        return new LaneRequest(
                id,
                1,
                spec.function(),
                spec.star(),
                shape.chunksize(),
                spec.timeout(),
                spec.expires(),
                window == 0,
                spec.priority(),
                false);
    }
}
