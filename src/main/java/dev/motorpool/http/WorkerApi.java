package dev.motorpool.http;

import dev.motorpool.json.JsonWriter;
import dev.motorpool.pool.Pool;
import dev.motorpool.pool.Pools;
import dev.motorpool.pool.WorkerView;
import java.util.Comparator;
import java.util.List;

/** The worker processes of a pool. */
final class WorkerApi {

    private final Pools pools;

    WorkerApi(Pools pools) {
        this.pools = pools;
    }

    List<Route> routes() {
        String all = "/v1/pools/{name}/workers";
        return List.of(
                Route.of("GET", all, "listWorkers", this::list)
                        .query(QueryParameter.LIMIT, QueryParameter.CURSOR)
                        .problems(ProblemType.UNKNOWN_POOL),
                Route.of("POST", all + "/{id}/terminate", "terminateWorker", this::terminate)
                        .problems(ProblemType.UNKNOWN_POOL, ProblemType.UNKNOWN_WORKER));
    }

    private void list(Exchange exchange) throws Exception {
        Pool pool = PoolApi.named(pools, exchange.variable("name"));
        List<WorkerView> workers = pool.workers().stream()
                .sorted(Comparator.comparing(WorkerApi::key))
                .toList();
        JsonWriter json = new JsonWriter();
        Paging.write(
                json,
                exchange.query(),
                "workers of " + pool.name(),
                workers,
                WorkerApi::key,
                (out, worker) -> JsonParts.worker(out, worker, exchange.caller().tenant()));
        exchange.answer(200, json);
    }

    /** Ids end with a number that counts up; so the shorter comes before the longer. */
    private static String key(WorkerView worker) {
        return "%04d%s".formatted(worker.id().length(), worker.id());
    }

    private void terminate(Exchange exchange) throws Exception {
        Pool pool = PoolApi.named(pools, exchange.variable("name"));
        String id = exchange.variable("id");
        WorkerView worker = pool.terminateWorker(id).orElse(null);
        if (worker == null) {
            throw Problem.unknown(
                    ProblemType.UNKNOWN_WORKER,
                    "worker",
                    id,
                    pool.workers().stream().map(WorkerView::id).toList());
        }
        JsonWriter json = new JsonWriter();
        JsonParts.worker(json, worker, exchange.caller().tenant());
        exchange.answer(200, json);
    }
}
