package dev.motorpool.job.stream;

import dev.motorpool.job.JobError;
import dev.motorpool.pool.Failure;
import org.jspecify.annotations.Nullable;

/** An event for the writer of a stream, from its feeder or its pool. */
sealed interface Arrival {

    /** Items have been accepted, and go to the lane after this. */
    final class Accepted implements Arrival {
        final long laneIndex;
        final long index;
        final int count;
        final long bytes;

        /** How many have no result yet. Owned by the writer. */
        int left;

        /**
         * @param laneIndex index of the first one in the lane, which does not get items that do not fit
         * @param index index of the first one in the stream
         */
        Accepted(long laneIndex, long index, int count, long bytes) {
            this.laneIndex = laneIndex;
            this.index = index;
            this.count = count;
            this.bytes = bytes;
            this.left = count;
        }
    }

    /** An item does not fit, and does not go to the lane. */
    record Misfit(long index, JobError error) implements Arrival {}

    /** Values of the lane. */
    record Values(long laneIndex, StreamValues values) implements Arrival {}

    /** An item of the lane has failed. */
    record Failed(long laneIndex, Failure failure) implements Arrival {}

    /** No more items will be accepted. */
    record InputEnd(long count, @Nullable JobError error) implements Arrival {}

    /** The client no longer reads the lines. */
    record ClientGone() implements Arrival {}

    /** The stream ends early, for the reason in its {@link StreamBytes}. */
    record EarlyEnd() implements Arrival {}

    /** Items without a result will not get one. */
    record LaneEnd(Failure failure) implements Arrival {}
}
