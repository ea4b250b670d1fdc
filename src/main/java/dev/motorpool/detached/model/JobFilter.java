package dev.motorpool.detached.model;

import dev.motorpool.job.JobState;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A filter for jobs; all conditions must match.
 *
 * @param tenant owner of the jobs; null: any tenant
 * @param states any of these; empty: all
 * @param tags all of these; other tags of a job do not matter
 * @param joinedTags all of these too: each a name, a colon and a value; it is unknown which colon separates them
 */
public record JobFilter(
        @Nullable String tenant,
        Set<JobState> states,
        @Nullable String function,
        @Nullable String pool,
        Map<String, String> tags,
        Set<String> joinedTags) {

    /** Jobs of all tenants. */
    public JobFilter(Set<JobState> states, @Nullable String function, @Nullable String pool, Map<String, String> tags) {
        this(null, states, function, pool, tags, Set.of());
    }

    /** Each tag with its possible names and values, at least one; a job must have one of them. */
    public List<List<Map.Entry<String, String>>> tagChoices() {
        List<List<Map.Entry<String, String>>> choices = new ArrayList<>();
        tags.forEach((name, value) -> choices.add(List.of(Map.entry(name, value))));
        joinedTags.forEach(joined -> choices.add(splits(joined)));
        return choices;
    }

    private static List<Map.Entry<String, String>> splits(String joined) {
        List<Map.Entry<String, String>> splits = new ArrayList<>();
        for (int colon = joined.indexOf(':'); colon >= 0; colon = joined.indexOf(':', colon + 1)) {
            splits.add(Map.entry(joined.substring(0, colon), joined.substring(colon + 1)));
        }
        return splits;
    }

    /** Whether all jobs of the tenant match. */
    public boolean isEmpty() {
        return states.isEmpty() && function == null && pool == null && tags.isEmpty() && joinedTags.isEmpty();
    }
}
