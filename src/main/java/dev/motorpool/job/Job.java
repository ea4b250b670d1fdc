package dev.motorpool.job;

import dev.motorpool.json.RawJson;
import dev.motorpool.pool.Outcome;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A job in its final state.
 *
 * @param verb the verb that made it, such as {@code apply}
 * @param pool name of the pool that ran it
 * @param value the value that the function returned; null unless succeeded
 * @param error why there is no value; null if succeeded
 * @param attempt 0 if it never started
 * @param finishedAt when its state was decided
 * @param queueNanos how long it waited for its slot, or for its end if it never got one
 * @param run its run in a worker; null if it never started
 */
public record Job(
        UUID id,
        String verb,
        String function,
        String pool,
        JobState state,
        @Nullable RawJson value,
        @Nullable JobError error,
        int attempt,
        int priority,
        Map<String, String> tags,
        Instant createdAt,
        Instant finishedAt,
        long queueNanos,
        Outcome.@Nullable Run run) {}
