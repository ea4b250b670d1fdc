package dev.motorpool.detached.model;

import dev.motorpool.job.JobState;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which jobs are meant: those that fit all of it.
 *
 * @param tenant whose jobs; null: those of all tenants
 * @param states any of them; empty: all
 * @param tags all of them: those a job has beside do not matter
 * @param joinedTags all of these, too: each a name, a colon and a value, of which it is not known where the name ends
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

    /** Each tag as what it may be: names and values, at least one; a job has to have one of them. */
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

    /** Whether all jobs of the tenant are meant. */
    public boolean isEmpty() {
        return states.isEmpty() && function == null && pool == null && tags.isEmpty() && joinedTags.isEmpty();
    }
}
