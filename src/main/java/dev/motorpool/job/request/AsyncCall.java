package dev.motorpool.job.request;

import dev.motorpool.job.JobSpec;
import dev.motorpool.json.RawJson;
import dev.motorpool.pool.Pool;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The parsed request of a detached job, checked as far as possible before anything is stored.
 *
 * @param args JSON array that fits the function, together with {@code kwargs}; of a map: the array of its items
 * @param delay time before its earliest start; null if it has none, or a time for it
 * @param startAt its earliest start; null if it has none, or a delay
 * @param readAt when the request was read; a delay begins then
 */
public record AsyncCall(
        JobSpec spec,
        Pool pool,
        RawJson args,
        RawJson kwargs,
        @Nullable Duration delay,
        @Nullable Instant startAt,
        Instant readAt) {}
