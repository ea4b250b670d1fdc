package dev.motorpool.detached.model;

import dev.motorpool.json.RawJson;
import org.jspecify.annotations.Nullable;

/**
 * What the end of an attempt leaves in the store, whatever the job becomes.
 *
 * @param attempt the attempt that ended, its end and error included
 * @param queueNanos how long the job waited for its start
 * @param runNanos how long it ran
 * @param progress as the API tells it; null if it never told any
 * @param output the last of what the job printed, all attempts together; null to keep what is there
 */
@SuppressWarnings("ArrayRecordComponent") // shared as it is, and never compared
public record AttemptEnd(
        Attempt attempt,
        long queueNanos,
        long runNanos,
        @Nullable RawJson progress,
        byte @Nullable [] output) {

    /** About how many bytes it has that the function chose. */
    public long bytes() {
        RawJson error = attempt.error();
        long bytes = error == null ? 0 : error.length();
        bytes += progress == null ? 0 : progress.length();
        return bytes + (output == null ? 0 : output.length);
    }
}
