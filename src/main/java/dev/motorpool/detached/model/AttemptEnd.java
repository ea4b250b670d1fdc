package dev.motorpool.detached.model;

import dev.motorpool.job.Attempt;
import dev.motorpool.json.RawJson;
import org.jspecify.annotations.Nullable;

/**
 * The result of an attempt for the store, independent of the job's next state.
 *
 * @param attempt the attempt that ended, with its end and error
 * @param queueNanos how long the job waited for its start
 * @param runNanos how long it ran
 * @param progress in the format of the API; null if none was reported
 * @param output the last of what the job printed, all attempts together; null to keep the stored output
 */
@SuppressWarnings("ArrayRecordComponent") // shared, and never compared
public record AttemptEnd(
        Attempt attempt,
        long queueNanos,
        long runNanos,
        @Nullable RawJson progress,
        byte @Nullable [] output) {

    /** Approximate bytes chosen by the function. */
    public long bytes() {
        RawJson error = attempt.error();
        long bytes = error == null ? 0 : error.length();
        bytes += progress == null ? 0 : progress.length();
        return bytes + (output == null ? 0 : output.length);
    }
}
