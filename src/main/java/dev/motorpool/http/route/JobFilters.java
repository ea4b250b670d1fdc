package dev.motorpool.http.route;

import dev.motorpool.detached.model.JobFilter;
import dev.motorpool.http.problem.ProblemException;
import dev.motorpool.job.JobState;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Parses the job filters in the query parameters of a request. */
public final class JobFilters {

    public static final List<QueryParameter> PARAMETERS =
            List.of(QueryParameter.STATE, QueryParameter.OF_FUNCTION, QueryParameter.OF_POOL, QueryParameter.WITH_TAG);

    private JobFilters() {}

    /**
     * The filter for the jobs of all tenants; null if no job can match, because one tag is required to have two values.
     */
    public static @Nullable JobFilter of(Query query) throws ProblemException {
        Set<JobState> states = EnumSet.noneOf(JobState.class);
        for (String word : query.all(QueryParameter.STATE.word())) {
            states.add(state(word));
        }
        Map<String, String> tags = new TreeMap<>();
        Set<String> joinedTags = new TreeSet<>();
        boolean possible = true;
        for (String tag : query.all(QueryParameter.WITH_TAG.word())) {
            int colon = tag.indexOf(':');
            if (colon < 0) {
                throw Query.refuse("tag", "A tag is given as name:value.");
            }
            if (tag.indexOf(':', colon + 1) >= 0) {
                // Names and values may contain colons.
                joinedTags.add(tag);
                continue;
            }
            String value = tag.substring(colon + 1);
            String other = tags.put(tag.substring(0, colon), value);
            possible &= other == null || other.equals(value);
        }
        return possible
                ? new JobFilter(
                        null,
                        states,
                        query.get(QueryParameter.OF_FUNCTION.word()),
                        query.get(QueryParameter.OF_POOL.word()),
                        tags,
                        joinedTags)
                : null;
    }

    private static JobState state(String word) throws ProblemException {
        for (JobState state : JobState.values()) {
            if (state.word().equals(word)) {
                return state;
            }
        }
        throw Query.refuse(
                "state", "state must be scheduled, queued, running, succeeded, failed, cancelled or expired.");
    }
}
