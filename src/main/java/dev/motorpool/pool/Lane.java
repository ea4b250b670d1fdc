package dev.motorpool.pool;

import dev.motorpool.json.JsonSlices;

/**
 * The way of a map's or stream's items into a pool. The pool starts them in the order of their indexes, at most as fast
 * as its slots take them, and queues no more than one chunk of them for each slot, so that a lane never stands in the way of
 * others however long it is. All methods may be called by any thread, and none waits.
 */
public interface Lane {

    /**
     * Adds items, whose arguments have been checked. Their indexes go on from those of the items before. Not refused
     * for their number: who adds is to stop where it would hold too many. After the lane's end they are dropped.
     */
    void add(JsonSlices items);

    /** No more items will be added; the lane ends with the last result. */
    void finish();

    /**
     * Starts no items of this index and above, and takes back those of them that have been handed out and not started,
     * until another limit is set; {@link Long#MAX_VALUE} is none.
     */
    void limit(long index);

    /**
     * Gives up every item that has no result yet: what has not started is dropped, what runs is cancelled. Results that
     * are already on their way may still come; the lane does not tell its end.
     */
    void cancel();
}
