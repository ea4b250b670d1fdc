package dev.motorpool.detached.model;

import dev.motorpool.job.Attempt;
import dev.motorpool.json.RawJson;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A detached job as a client sees it.
 *
 * @param job the stored job, updated with a running attempt whose start has not been recorded yet
 * @param attempts all attempts, in order; empty if they were not requested
 * @param value the function's result; null unless the job has succeeded, if it was not requested, and for maps, whose
 *     values {@code DetachedJobs#results} returns
 * @param place its place in the queue; null unless it is queued or scheduled, and in lists
 * @param waiting why it has not started; null unless it is queued or scheduled
 */
public record JobView(
        StoredJob job,
        List<Attempt> attempts,
        @Nullable RawJson value,
        @Nullable Place place,
        @Nullable Waiting waiting) {

    /** A job without a place in the queue, such as one that has ended. */
    public JobView(StoredJob job, List<Attempt> attempts, @Nullable RawJson value) {
        this(job, attempts, value, null, null);
    }

    /**
     * A job's place in the queue.
     *
     * @param position how many jobs of its pool start before it, from 0; exact up to 1,000, then an estimate; null for
     *     a scheduled job, and if its function is missing
     * @param estimatedStart by the recent rate; the due time of a scheduled job; null if unknown
     */
    public record Place(@Nullable Long position, @Nullable Instant estimatedStart) {}
}
