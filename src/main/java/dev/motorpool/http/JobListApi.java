package dev.motorpool.http;

import dev.motorpool.detached.DetachedJobs;
import dev.motorpool.detached.JobDocument;
import dev.motorpool.detached.JobFilter;
import dev.motorpool.detached.JobPage;
import dev.motorpool.detached.TenantJobs;
import dev.motorpool.json.JsonWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Many detached jobs at once, by what they have in common. */
final class JobListApi {

    private final DetachedJobs jobs;

    JobListApi(DetachedJobs jobs) {
        this.jobs = jobs;
    }

    List<Route> routes() {
        List<QueryParameter> paged = new ArrayList<>(List.of(JobFilters.PARAMETERS));
        paged.add(QueryParameter.LIMIT);
        paged.add(QueryParameter.CURSOR);
        return List.of(
                Route.of("GET", "/v1/jobs", "listJobs", this::list).query(paged.toArray(QueryParameter[]::new)),
                Route.of("POST", "/v1/jobs/cancel", "cancelJobs", this::cancel).query(JobFilters.PARAMETERS));
    }

    private void list(Exchange exchange) throws Exception {
        Query query = exchange.query();
        JobFilter filter = JobFilters.of(query);
        int limit = Paging.limit(query);
        // The tags come in order, so that a cursor fits all ways to write its filters.
        String list = "jobs "
                + (filter == null ? exchange.caller().tenant() : jobs(exchange).filter(filter));
        UUID before = before(Paging.after(query, list));
        JobPage found = filter == null ? JobPage.EMPTY : jobs(exchange).list(filter, before, limit);
        JsonWriter json = new JsonWriter();
        Paging.write(
                json,
                limit,
                list,
                found.jobs(),
                found.more(),
                view -> view.job().id().toString(),
                JobDocument::listed);
        exchange.answer(200, json);
    }

    private static @Nullable UUID before(@Nullable String key) throws ProblemException {
        try {
            return key == null ? null : UUID.fromString(key);
        } catch (IllegalArgumentException notMadeHere) {
            throw Paging.refused();
        }
    }

    private void cancel(Exchange exchange) throws Exception {
        JobFilter filter = JobFilters.of(exchange.query());
        if (filter != null && filter.isEmpty()) {
            throw Query.refuse(
                    QueryParameter.STATE.word(),
                    "Say which jobs are to be cancelled: at least one of state, function, pool and tag is needed.");
        }
        long cancelled = filter == null ? 0 : jobs(exchange).cancelAll(filter);
        exchange.answer(
                200,
                new JsonWriter()
                        .beginObject()
                        .name("cancelled")
                        .value(cancelled)
                        .endObject());
    }

    private TenantJobs jobs(Exchange exchange) {
        return jobs.of(exchange.caller().tenant());
    }
}
