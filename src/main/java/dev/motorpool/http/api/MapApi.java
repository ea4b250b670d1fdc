package dev.motorpool.http.api;

import dev.motorpool.http.problem.Problem;
import dev.motorpool.http.problem.ProblemException;
import dev.motorpool.http.render.MapAnswer;
import dev.motorpool.http.route.ApiRequest;
import dev.motorpool.http.route.Route;
import dev.motorpool.http.server.ClientWatch;
import dev.motorpool.job.ItemsCall;
import dev.motorpool.job.ItemsReader;
import dev.motorpool.job.JobError;
import dev.motorpool.job.MapJob;
import dev.motorpool.job.MapResult;
import dev.motorpool.job.Maps;
import dev.motorpool.job.ProblemType;
import dev.motorpool.json.JsonSlices;
import java.util.List;

/** The verbs {@code map} and {@code starmap}: the request waits for the values of all items. */
public final class MapApi {

    private final ItemsReader reader;
    private final Maps maps;
    private final ClientWatch watch;

    public MapApi(ItemsReader reader, Maps maps, ClientWatch watch) {
        this.reader = reader;
        this.maps = maps;
        this.watch = watch;
    }

    public List<Route> routes() {
        return List.of(route("map"), route("starmap"));
    }

    private Route route(String verb) {
        return Route.of("POST", "/v1/" + verb, verb, apiRequest -> map(apiRequest, verb))
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

    private void map(ApiRequest apiRequest, String verb) throws Exception {
        ItemsCall call = reader.map(apiRequest.body(), verb);
        apiRequest.hold(JsonSlices.BYTES_OF_BOUNDS * call.shape().count());
        try (MapJob job =
                maps.submit(apiRequest.caller().tenant(), call, apiRequest.trace(), apiRequest.heldForAnswer())) {
            MapResult result = watch.await(job, apiRequest.connection());
            if (result == null) {
                return;
            }
            JobError failure = result.job().failure();
            if (failure != null) {
                throw new ProblemException(Problem.of(failure, result.job().id()));
            }
            MapAnswer answer = new MapAnswer(result);
            apiRequest.answer(200, answer.length(), answer);
        }
    }
}
