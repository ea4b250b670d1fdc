package dev.motorpool.job;

import dev.motorpool.json.RawJson;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One attempt at a detached job.
 *
 * @param number from 1; grows with each start, so that late reports of an earlier attempt change nothing
 * @param finishedAt null while it runs
 * @param workerId null for the attempt of a map, which runs in many
 * @param pid 0 where there is no single worker
 * @param error how it failed, in the format of the API; null while it runs and if it succeeded
 */
public record Attempt(
        int number,
        Instant startedAt,
        @Nullable Instant finishedAt,
        @Nullable String workerId,
        long pid,
        @Nullable RawJson error) {}
