package dev.motorpool.detached.model;

import dev.motorpool.json.RawJson;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A detached job as a client sees it.
 *
 * @param job what the store says, and over it what is known of a run whose start has not been recorded yet
 * @param attempts all attempts, in order; empty where they were not asked for
 * @param value what the function returned; null unless succeeded, and if it was not asked for, and for maps, whose values
 *     {@code DetachedJobs#results} has
 * @param place where it waits; null unless it is queued or scheduled, and in lists
 */
public record JobView(
        StoredJob job,
        List<Attempt> attempts,
        @Nullable RawJson value,
        @Nullable Place place) {

    /**
     * Where a job waits.
     *
     * @param position how many jobs of its pool start before it, from 0; exact up to 1,000, then an estimate; null of a
     *     scheduled job
     * @param estimatedStart by the rate of late; the due time of a scheduled job; null if nothing is known
     */
    public record Place(@Nullable Long position, @Nullable Instant estimatedStart) {}
}
