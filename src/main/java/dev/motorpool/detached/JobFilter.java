package dev.motorpool.detached;

import dev.motorpool.job.JobState;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which jobs are meant: those that fit all of it.
 *
 * @param states any of them; empty: all
 * @param tags all of them: those a job has beside do not matter
 */
public record JobFilter(
        Set<JobState> states,
        @Nullable String function,
        @Nullable String pool,
        Map<String, String> tags) {

    public boolean isEmpty() {
        return states.isEmpty() && function == null && pool == null && tags.isEmpty();
    }
}
