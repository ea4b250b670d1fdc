package dev.motorpool.job;

import dev.motorpool.json.RawJson;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A job as its JSON shows it, whether it is stored or its client waits for it. */
public interface ShownJob {

    UUID id();

    JobSpec spec();

    JobState state();

    /** The latest attempt, its error included; null before the first one. */
    @Nullable
    Attempt latest();

    Instant createdAt();

    /** When the final state was decided; null before. */
    @Nullable
    Instant finishedAt();

    /** How long it waited for its latest start, or for its end if it never started. */
    long queueNanos();

    long runNanos();

    /** Why the job has no value, in the format of the API; null unless its state is final and not succeeded. */
    @Nullable
    RawJson error();

    /** In the format of the API; null if none was reported; a map always has one. */
    @Nullable
    RawJson progress();

    /** The number of the latest attempt, 0 before the first; it is the attempt's fencing token. */
    default int attempt() {
        Attempt latest = latest();
        return latest == null ? 0 : latest.number();
    }
}
