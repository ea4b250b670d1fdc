package dev.motorpool.http.api;

import dev.motorpool.detached.DetachedJobs;
import dev.motorpool.detached.TenantJobs;
import dev.motorpool.detached.model.JobDocument;
import dev.motorpool.detached.model.JobFilter;
import dev.motorpool.detached.model.JobPage;
import dev.motorpool.http.problem.ProblemException;
import dev.motorpool.http.route.ApiRequest;
import dev.motorpool.http.route.JobFilters;
import dev.motorpool.http.route.Paging;
import dev.motorpool.http.route.Query;
import dev.motorpool.http.route.QueryParameter;
import dev.motorpool.http.route.Route;
import dev.motorpool.json.JsonWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Lists and bulk operations on detached jobs, selected by filters. */
public final class JobListApi {

    private final DetachedJobs jobs;

    public JobListApi(DetachedJobs jobs) {
        this.jobs = jobs;
    }

    public List<Route> routes() {
        List<QueryParameter> paged = new ArrayList<>(JobFilters.PARAMETERS);
        paged.add(QueryParameter.LIMIT);
        paged.add(QueryParameter.CURSOR);
        return List.of(
                Route.of("GET", "/v1/jobs", "listJobs", this::list).query(paged),
                Route.of("POST", "/v1/jobs/cancel", "cancelJobs", this::cancel).query(JobFilters.PARAMETERS));
    }

    private void list(ApiRequest apiRequest) throws Exception {
        Query query = apiRequest.query();
        JobFilter filter = JobFilters.of(query);
        int limit = Paging.limit(query);
        // Sorted tags: a cursor is valid however the request orders its filters.
        String list = "jobs "
                + (filter == null
                        ? apiRequest.caller().tenant()
                        : jobs(apiRequest).filter(filter));
        UUID before = before(Paging.after(query, list));
        JobPage found = filter == null ? JobPage.EMPTY : jobs(apiRequest).list(filter, before, limit);
        JsonWriter json = new JsonWriter();
        Paging.write(
                json,
                limit,
                list,
                found.jobs(),
                found.more(),
                view -> view.job().id().toString(),
                JobDocument::listed);
        apiRequest.answer(200, json);
    }

    private static @Nullable UUID before(@Nullable String key) throws ProblemException {
        try {
            return key == null ? null : UUID.fromString(key);
        } catch (IllegalArgumentException notMadeHere) {
            throw Paging.refused();
        }
    }

    private void cancel(ApiRequest apiRequest) throws Exception {
        JobFilter filter = JobFilters.of(apiRequest.query());
        if (filter != null && filter.isEmpty()) {
            throw Query.refuse(
                    QueryParameter.STATE.word(),
                    "Say which jobs are to be cancelled: at least one of state, function, pool and tag is needed.");
        }
        long cancelled = filter == null ? 0 : jobs(apiRequest).cancelAll(filter);
        apiRequest.answer(
                200,
                new JsonWriter()
                        .beginObject()
                        .name("cancelled")
                        .value(cancelled)
                        .endObject());
    }

    private TenantJobs jobs(ApiRequest apiRequest) {
        return jobs.of(apiRequest.caller().tenant());
    }
}
