package dev.motorpool.job;

import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The webhooks of a job's end.
 *
 * @param callback URL of the webhook that is sent once the job has succeeded; null: none
 * @param errorCallback URL of the webhook that is sent once the job has failed, been cancelled or expired; null: none
 */
public record Callbacks(@Nullable String callback, @Nullable String errorCallback) {

    public static final Callbacks NONE = new Callbacks(null, null);

    /** The URL for this state; null if there is none. */
    public @Nullable String forState(JobState state) {
        return switch (state) {
            case SUCCEEDED -> callback;
            case FAILED, CANCELLED, EXPIRED -> errorCallback;
            case SCHEDULED, QUEUED, RUNNING -> null;
        };
    }

    /** The URLs that are set. */
    public List<String> urls() {
        return Stream.of(callback, errorCallback).filter(Objects::nonNull).toList();
    }
}
