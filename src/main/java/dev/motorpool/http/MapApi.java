package dev.motorpool.http;

import dev.motorpool.job.ItemsReader;
import dev.motorpool.job.JobError;
import dev.motorpool.job.MapJob;
import dev.motorpool.job.MapResult;
import dev.motorpool.job.Maps;
import dev.motorpool.json.JsonSlices;
import java.util.List;

/** The verbs {@code map} and {@code starmap}: the request waits for the values of all items. */
final class MapApi {

    private final ItemsReader reader;
    private final Maps maps;
    private final ClientWatch watch;

    MapApi(ItemsReader reader, Maps maps, ClientWatch watch) {
        this.reader = reader;
        this.maps = maps;
        this.watch = watch;
    }

    List<Route> routes() {
        return List.of(route("map"), route("starmap"));
    }

    private Route route(String verb) {
        return Route.of("POST", "/v1/" + verb, verb, exchange -> map(exchange, verb))
                .takes("MapCall")
                .problems(
                        ProblemType.INVALID_ARGUMENTS,
                        ProblemType.FORBIDDEN_ADDRESS,
                        ProblemType.UNKNOWN_FUNCTION,
                        ProblemType.UNKNOWN_POOL,
                        ProblemType.POOL_CLOSED,
                        ProblemType.JOB_CANCELLED,
                        ProblemType.JOB_EXPIRED,
                        ProblemType.FUNCTION_RAISED,
                        ProblemType.VALUE_NOT_JSON,
                        ProblemType.VALUE_TOO_LARGE,
                        ProblemType.WORKER_LOST,
                        ProblemType.POOL_BROKEN,
                        ProblemType.JOB_TIMEOUT);
    }

    private void map(Exchange exchange, String verb) throws Exception {
        ItemsReader.CountedCall call = reader.map(exchange.body(), verb.equals("starmap"));
        exchange.hold(JsonSlices.BYTES_OF_BOUNDS * call.count());
        try (MapJob job =
                maps.submit(exchange.caller().tenant(), verb, call, exchange.trace(), exchange.heldForAnswer())) {
            MapResult result = watch.await(job, exchange.connection());
            if (result == null) {
                return;
            }
            JobError error = result.error();
            if (error != null) {
                throw new ProblemException(Problem.of(error, result.id()));
            }
            MapAnswer answer = new MapAnswer(result);
            exchange.answer(200, answer.length(), answer);
        }
    }
}
