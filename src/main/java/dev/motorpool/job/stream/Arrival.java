package dev.motorpool.job.stream;

import dev.motorpool.job.JobError;
import dev.motorpool.pool.Failure;
import org.jspecify.annotations.Nullable;

/** An event for the writer of a stream, from its feeder or its pool. */
abstract sealed class Arrival {

    /** The previous arrival. Owned by {@link Arrivals}. */
    @Nullable
    Arrival next;

    /** Items have been accepted, and go to the lane after this. */
    static final class Accepted extends Arrival {
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
    static final class Misfit extends Arrival {
        final long index;
        final JobError error;

        Misfit(long index, JobError error) {
            this.index = index;
            this.error = error;
        }
    }

    /** Values of the lane. */
    static final class Values extends Arrival {
        final long laneIndex;
        final StreamValues values;

        Values(long laneIndex, StreamValues values) {
            this.laneIndex = laneIndex;
            this.values = values;
        }
    }

    /** An item of the lane has failed. */
    static final class Failed extends Arrival {
        final long laneIndex;
        final Failure failure;

        Failed(long laneIndex, Failure failure) {
            this.laneIndex = laneIndex;
            this.failure = failure;
        }
    }

    /** No more items will be accepted. */
    static final class InputEnd extends Arrival {
        final long count;
        final @Nullable JobError error;

        InputEnd(long count, @Nullable JobError error) {
            this.count = count;
            this.error = error;
        }
    }

    /** The client no longer reads the lines. */
    static final class ClientGone extends Arrival {}

    /** The stream ends early, for the reason in its {@link StreamBytes}. */
    static final class EarlyEnd extends Arrival {}

    /** Items without a result will not get one. */
    static final class LaneEnd extends Arrival {
        final Failure failure;

        LaneEnd(Failure failure) {
            this.failure = failure;
        }
    }
}
