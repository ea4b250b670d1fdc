package dev.motorpool.store.sqlite;

import dev.motorpool.detached.model.JobFilter;
import dev.motorpool.detached.model.StoredJob;
import dev.motorpool.detached.store.JobReader;
import dev.motorpool.detached.store.StoreException;
import dev.motorpool.job.JobState;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Lists the jobs that match a filter, in the order of their ids. One condition leads: its index returns the jobs in
 * order, and each is checked for the other conditions. The condition with the fewest jobs leads, as far as counting a
 * few thousand shows. So a list is slow only if each condition matches very many jobs and all together very few.
 */
final class Listing {

    /** How far the jobs of a condition are counted. */
    private static final int COUNTED = 2000;

    /** A tag with more choices than this does not lead: it would need as many lists. */
    private static final int MOST_CHOICES = 8;

    private static final UUID LAST = new UUID(-1, -1);

    private final Database database;
    private final JobFilter filter;

    Listing(Database database, JobFilter filter) {
        this.database = database;
        this.filter = filter;
    }

    /** The newest ones with a lower id than this; null: than any. */
    List<StoredJob> newest(@Nullable UUID before, int most) throws StoreException {
        return list(filter.states(), before, most);
    }

    /** As {@link #newest}, of those that are not final. */
    List<StoredJob> newestUnfinished(@Nullable UUID before, int most) throws StoreException {
        Set<JobState> states = EnumSet.of(JobState.SCHEDULED, JobState.QUEUED, JobState.RUNNING);
        if (!filter.states().isEmpty()) {
            states.retainAll(filter.states());
        }
        return states.isEmpty() ? List.of() : list(states, before, most);
    }

    /**
     * A condition that can lead.
     *
     * @param from the rows of its index, where {@code %s} compares with the id from which the list goes on
     * @param id the column of the id, as the index has it
     * @param values of the parameters in {@code from}: text, or the number of a state
     */
    private record Leader(String from, String id, List<Object> values) {}

    /** A job that fits, by its number and its id. */
    private record Hit(long job, UUID id) {}

    /** Finds the jobs first, and then reads their rows, as many as memory is meant for. */
    private List<StoredJob> list(Set<JobState> states, @Nullable UUID before, int most) throws StoreException {
        List<Hit> hits = new ArrayList<>();
        List<Leader> leaders = best(states);
        for (Leader leader : leaders) {
            collect(leader, states, before == null ? LAST : before, most, hits);
        }
        if (leaders.size() > 1) {
            // A job that has several of the tags that one may be comes with each.
            Set<UUID> known = new HashSet<>();
            hits.removeIf(hit -> !known.add(hit.id));
            hits.sort(Comparator.comparing(Hit::id, Listing::compare).reversed());
        }
        return read(hits.size() > most ? hits.subList(0, most) : hits);
    }

    /** One query for all of them, in their order: the driver reads the names of all columns for each query. */
    private List<StoredJob> read(List<Hit> hits) throws StoreException {
        List<StoredJob> jobs = new ArrayList<>(hits.size());
        String wanted = hits.stream().map(hit -> Long.toString(hit.job)).collect(Collectors.joining(",", "[", "]"));
        long bytes = 0;
        try (Rows rows = database.sql("SELECT " + JobRows.COLUMNS + " FROM (SELECT value AS wanted FROM json_each(?))"
                        + " CROSS JOIN jobs ON jobs.job = wanted")
                .with(wanted)
                .rows()) {
            while (bytes < JobReader.MOST_LISTED_BYTES && rows.next()) {
                StoredJob job = JobRows.read(rows);
                jobs.add(job);
                bytes += job.bytes();
            }
        }
        return jobs;
    }

    private static int compare(UUID one, UUID other) {
        int byHigh = Long.compareUnsigned(one.getMostSignificantBits(), other.getMostSignificantBits());
        return byHigh != 0
                ? byHigh
                : Long.compareUnsigned(one.getLeastSignificantBits(), other.getLeastSignificantBits());
    }

    /** The condition that fits the fewest jobs; the one of several states is a leader for each. */
    private List<Leader> best(Set<JobState> states) throws StoreException {
        List<List<Leader>> candidates = candidates(states);
        if (candidates.size() == 1) {
            return candidates.getFirst();
        }
        List<Leader> best = candidates.getFirst();
        long fewest = Long.MAX_VALUE;
        for (List<Leader> candidate : candidates) {
            long count = 0;
            for (Leader leader : candidate) {
                count += count(leader);
            }
            if (Math.min(count, COUNTED) < fewest) {
                fewest = Math.min(count, COUNTED);
                best = candidate;
            }
        }
        return best;
    }

    /** Conditions that can lead, the likely one first in case counting does not decide. */
    private List<List<Leader>> candidates(Set<JobState> states) throws StoreException {
        List<List<Leader>> candidates = new ArrayList<>();
        List<String> tenants = filter.tenant() == null ? tenants() : List.of(filter.tenant());
        if (!states.isEmpty() && !states.contains(JobState.SUCCEEDED)) {
            candidates.add(byState(tenants, states));
        }
        for (List<Map.Entry<String, String>> choices : filter.tagChoices()) {
            if (choices.size() <= MOST_CHOICES) {
                candidates.add(tenants.stream()
                        .flatMap(tenant -> choices.stream().map(tag -> byTag(tenant, tag)))
                        .toList());
            }
        }
        if (filter.function() != null || filter.pool() != null) {
            candidates.add(byFunctionAndPool(tenants));
        }
        if (candidates.isEmpty()) {
            candidates.add(List.of(
                    filter.tenant() == null
                            ? new Leader("jobs WHERE TRUE", "jobs.id", List.of())
                            : new Leader(
                                    "jobs INDEXED BY jobs_tenant WHERE tenant = ?",
                                    "jobs.id",
                                    List.of(filter.tenant()))));
        }
        return candidates;
    }

    /** The tenants that have jobs: one step in the index for each. */
    private List<String> tenants() throws StoreException {
        List<String> tenants = new ArrayList<>();
        String next = nextTenant("");
        while (next != null) {
            tenants.add(next);
            next = nextTenant(next);
        }
        return tenants;
    }

    private @Nullable String nextTenant(String after) throws StoreException {
        return word(database.sql("SELECT min(tenant) FROM jobs INDEXED BY jobs_tenant WHERE tenant > ?")
                .with(after));
    }

    private static Leader byTag(String tenant, Map.Entry<String, String> tag) {
        return new Leader(
                "tags CROSS JOIN jobs ON jobs.id = tags.job_id"
                        + " WHERE tags.tenant = ? AND tags.name = ? AND tags.value = ?",
                "tags.job_id",
                List.of(tenant, tag.getKey(), tag.getValue()));
    }

    private static List<Leader> byState(List<String> tenants, Set<JobState> states) {
        return tenants.stream()
                .flatMap(tenant -> states.stream()
                        .map(state -> new Leader(
                                "jobs INDEXED BY jobs_state WHERE state <> 3 AND state = ? AND tenant = ?",
                                "jobs.id",
                                List.of(States.number(state), tenant))))
                .toList();
    }

    /** A leader for each function in each pool that fits: the index has their jobs in order. */
    private List<Leader> byFunctionAndPool(List<String> tenants) throws StoreException {
        List<Leader> leaders = new ArrayList<>();
        for (String tenant : tenants) {
            String only = filter.function();
            String function = only != null ? only : nextFunction(tenant, "");
            while (function != null) {
                addPools(tenant, function, leaders);
                function = only != null ? null : nextFunction(tenant, function);
            }
        }
        return leaders;
    }

    private void addPools(String tenant, String function, List<Leader> leaders) throws StoreException {
        String pool = nextPool(tenant, function, "");
        while (pool != null) {
            if (filter.pool() == null || filter.pool().equals(pool)) {
                leaders.add(new Leader(
                        "jobs INDEXED BY jobs_function WHERE tenant = ? AND function = ? AND pool = ?",
                        "jobs.id",
                        List.of(tenant, function, pool)));
            }
            pool = nextPool(tenant, function, pool);
        }
    }

    /** The next function by name that has jobs: one step in the index, however many jobs the one before has. */
    private @Nullable String nextFunction(String tenant, String after) throws StoreException {
        return word(database.sql("SELECT min(function) FROM jobs INDEXED BY jobs_function"
                        + " WHERE tenant = ? AND function > ?")
                .with(tenant)
                .with(after));
    }

    private @Nullable String nextPool(String tenant, String function, String after) throws StoreException {
        return word(database.sql("SELECT min(pool) FROM jobs INDEXED BY jobs_function"
                        + " WHERE tenant = ? AND function = ? AND pool > ?")
                .with(tenant)
                .with(function)
                .with(after));
    }

    private static @Nullable String word(Sql sql) throws StoreException {
        try (Rows rows = sql.rows()) {
            return rows.next() ? rows.text() : null;
        }
    }

    private long count(Leader leader) throws StoreException {
        String from = leader.from.replace("tags CROSS JOIN jobs ON jobs.id = tags.job_id", "tags");
        Sql sql = database.sql("SELECT count(*) FROM (SELECT 1 FROM " + from + " LIMIT ?)");
        return values(sql, leader).with(COUNTED).number(0);
    }

    private static Sql values(Sql sql, Leader leader) throws StoreException {
        Sql bound = sql;
        for (Object value : leader.values) {
            bound = value instanceof Integer number ? bound.with(number) : bound.with(value.toString());
        }
        return bound;
    }

    private void collect(Leader leader, Set<JobState> states, UUID before, int most, List<Hit> hits)
            throws StoreException {
        List<List<Map.Entry<String, String>>> choices = filter.tagChoices();
        StringBuilder text = new StringBuilder("SELECT jobs.job, jobs.id FROM ")
                .append(leader.from)
                .append(" AND ")
                .append(leader.id)
                .append(" < ?");
        if (!states.isEmpty()) {
            text.append(" AND (? >> state) & 1");
        }
        if (filter.function() != null) {
            text.append(" AND function = ?");
        }
        if (filter.pool() != null) {
            text.append(" AND pool = ?");
        }
        if (!choices.isEmpty()) {
            text.append(" AND NOT EXISTS (SELECT 1 FROM json_each(?) wanted WHERE NOT EXISTS (SELECT 1 FROM"
                    + " json_each(wanted.value) choice CROSS JOIN tags own ON own.tenant = jobs.tenant"
                    + " AND own.name = choice.value ->> 0"
                    + " AND own.value = choice.value ->> 1 AND own.job_id = jobs.id))");
        }
        text.append(" ORDER BY ").append(leader.id).append(" DESC LIMIT ?");
        Sql sql = values(database.sql(text.toString()), leader).with(before);
        if (!states.isEmpty()) {
            sql.with(mask(states));
        }
        if (filter.function() != null) {
            sql.with(filter.function());
        }
        if (filter.pool() != null) {
            sql.with(filter.pool());
        }
        if (!choices.isEmpty()) {
            sql.with(TagText.choices(choices));
        }
        try (Rows rows = sql.with(most).rows()) {
            while (rows.next()) {
                hits.add(new Hit(rows.number(), rows.id()));
            }
        }
    }

    private static int mask(Set<JobState> states) {
        return states.stream().mapToInt(state -> 1 << States.number(state)).sum();
    }
}
