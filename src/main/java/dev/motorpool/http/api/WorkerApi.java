package dev.motorpool.http.api;

import dev.motorpool.http.problem.JsonParts;
import dev.motorpool.http.problem.Problem;
import dev.motorpool.http.route.ApiRequest;
import dev.motorpool.http.route.Paging;
import dev.motorpool.http.route.QueryParameter;
import dev.motorpool.http.route.Route;
import dev.motorpool.job.ProblemType;
import dev.motorpool.json.JsonWriter;
import dev.motorpool.pool.Pool;
import dev.motorpool.pool.Pools;
import dev.motorpool.pool.WorkerView;
import java.util.Comparator;
import java.util.List;

/** The worker processes of a pool. */
public final class WorkerApi {

    private final Pools pools;

    public WorkerApi(Pools pools) {
        this.pools = pools;
    }

    public List<Route> routes() {
        String all = "/v1/pools/{name}/workers";
        return List.of(
                Route.of("GET", all, "listWorkers", this::list)
                        .query(QueryParameter.LIMIT, QueryParameter.CURSOR)
                        .problems(ProblemType.UNKNOWN_POOL),
                Route.of("POST", all + "/{id}/terminate", "terminateWorker", this::terminate)
                        .problems(ProblemType.UNKNOWN_POOL, ProblemType.UNKNOWN_WORKER));
    }

    private void list(ApiRequest apiRequest) throws Exception {
        Pool pool = PoolApi.named(pools, apiRequest.variable("name"));
        List<WorkerView> workers = pool.workers().stream()
                .sorted(Comparator.comparing(WorkerApi::key))
                .toList();
        JsonWriter json = new JsonWriter();
        Paging.write(
                json,
                apiRequest.query(),
                "workers of " + pool.name(),
                workers,
                WorkerApi::key,
                (out, worker) ->
                        JsonParts.worker(out, worker, apiRequest.caller().tenant()));
        apiRequest.answer(200, json);
    }

    /** Ids end with an increasing number, so the shorter id sorts first. */
    private static String key(WorkerView worker) {
        return "%04d%s".formatted(worker.id().length(), worker.id());
    }

    private void terminate(ApiRequest apiRequest) throws Exception {
        Pool pool = PoolApi.named(pools, apiRequest.variable("name"));
        String id = apiRequest.variable("id");
        WorkerView worker = pool.terminateWorker(id).orElse(null);
        if (worker == null) {
            throw Problem.unknown(
                    ProblemType.UNKNOWN_WORKER,
                    id,
                    pool.workers().stream().map(WorkerView::id).toList());
        }
        JsonWriter json = new JsonWriter();
        JsonParts.worker(json, worker, apiRequest.caller().tenant());
        apiRequest.answer(200, json);
    }
}
