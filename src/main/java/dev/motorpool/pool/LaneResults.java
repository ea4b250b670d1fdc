package dev.motorpool.pool;

import dev.motorpool.json.JsonSlices;
import java.time.Instant;

/**
 * Listens to the results of a lane. Each item gets one result, in no order, or none if the lane is ended. The methods
 * are called without locks by several threads, sometimes concurrently, and must not block.
 */
public interface LaneResults {

    /** The first item has started. Called once, perhaps after the first results. */
    void started(Instant at);

    /**
     * Every item has been taken by a slot, and no more will come. Called once, although an item may come back if its
     * worker dies.
     */
    default void emptied() {}

    /** Consecutive items from this index on have succeeded, with one value for each. */
    void succeeded(long index, JsonSlices values);

    void failed(long index, Failure failure);

    /** An item of a detached lane has printed this. */
    default void output(String text) {}

    /** The pool is terminated or the service stops. Items without a result will not get one. Called at most once. */
    void ended(Failure failure);
}
