package dev.motorpool.pool;

import dev.motorpool.json.JsonSlices;
import java.time.Instant;

/**
 * Hears of the results of a lane. Each item gets one result, in no order, or none if the lane is ended. Called without
 * locks and by several threads, at times at once; must not block.
 */
public interface LaneResults {

    /** The first item has started; told once, though perhaps after the first results. */
    void started(Instant at);

    /** Every item has been taken by a slot, and no more will come; told once, though one may come back if its worker dies. */
    default void emptied() {}

    /** These items have succeeded: the one of this index and those that follow it, a value for each. */
    void succeeded(long index, JsonSlices values);

    void failed(long index, Failure failure);

    /** An item of a detached lane has printed this. */
    default void output(String text) {}

    /** The pool is terminated or the service stops: items that have no result will not get one. At most once. */
    void ended(Failure failure);
}
