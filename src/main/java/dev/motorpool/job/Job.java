package dev.motorpool.job;

import dev.motorpool.json.RawJson;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A job that its client has waited for, in its final state.
 *
 * @param value the value that the function returned; null unless a single call has succeeded
 * @param failure why there is no value; null if succeeded
 * @param latest its run; null if it never started
 */
public record Job(
        UUID id,
        JobSpec spec,
        @Nullable RawJson value,
        @Nullable JobError failure,
        @Nullable Attempt latest,
        Instant createdAt,
        Instant finishedAt,
        long queueNanos,
        long runNanos)
        implements ShownJob {

    @Override
    public JobState state() {
        return failure == null
                ? JobState.SUCCEEDED
                : switch (failure.type()) {
                    case JOB_CANCELLED -> JobState.CANCELLED;
                    case JOB_EXPIRED -> JobState.EXPIRED;
                    default -> JobState.FAILED;
                };
    }

    @Override
    public @Nullable RawJson error() {
        return failure == null ? null : failure.toJson();
    }

    @Override
    public @Nullable RawJson progress() {
        JobSpec.MapShape map = spec.map();
        return map == null ? null : map.progress(map.count());
    }
}
