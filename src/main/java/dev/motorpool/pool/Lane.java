package dev.motorpool.pool;

import dev.motorpool.json.JsonSlices;

/**
 * Feeds the items of a map or stream to a pool. The pool starts them in the order of their indexes, at most as fast as
 * its slots take them. It queues at most one chunk for each slot, so that even a long lane does not block others.
 * Thread-safe; no method waits.
 */
public interface Lane {

    /**
     * Adds items, whose arguments have been checked. Their indexes continue those of the items before. Their number is
     * not limited: the caller must stop before too many are held. After the lane's end they are dropped.
     */
    void add(JsonSlices items);

    /** No more items will be added; the lane ends with the last result. */
    void finish();

    /**
     * Starts no items from this index on, and recalls those that were sent to workers and have not started, until
     * another limit is set. {@link Long#MAX_VALUE} means no limit.
     */
    void limit(long index);

    /**
     * Gives up every item without a result: items that have not started are dropped, running ones are cancelled.
     * Results that are already on their way may still come. The end of the lane is not reported.
     */
    void cancel();
}
