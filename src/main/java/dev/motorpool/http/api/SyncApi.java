package dev.motorpool.http.api;

import dev.motorpool.detached.model.JobDocument;
import dev.motorpool.http.problem.Problem;
import dev.motorpool.http.problem.ProblemException;
import dev.motorpool.http.render.MapAnswer;
import dev.motorpool.http.route.ApiRequest;
import dev.motorpool.http.route.Route;
import dev.motorpool.http.server.ClientWatch;
import dev.motorpool.job.Job;
import dev.motorpool.job.JobError;
import dev.motorpool.job.ProblemType;
import dev.motorpool.job.request.CallReader;
import dev.motorpool.job.request.ItemsCall;
import dev.motorpool.job.request.ItemsReader;
import dev.motorpool.job.waited.Apply;
import dev.motorpool.job.waited.MapJob;
import dev.motorpool.job.waited.MapResult;
import dev.motorpool.job.waited.Maps;
import dev.motorpool.job.waited.WaitedJob;
import dev.motorpool.json.JsonSlices;
import dev.motorpool.json.RawJson;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The verbs whose requests wait for the values: {@code apply}, {@code map} and {@code starmap}. */
public final class SyncApi {

    private static final ProblemType[] PROBLEMS = {
        ProblemType.INVALID_ARGUMENTS,
        ProblemType.WRONG_RUNTIME,
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
        ProblemType.JOB_TIMEOUT
    };

    private final CallReader reader;
    private final ItemsReader items;
    private final Apply apply;
    private final Maps maps;
    private final ClientWatch watch;

    public SyncApi(CallReader reader, ItemsReader items, Apply apply, Maps maps, ClientWatch watch) {
        this.reader = reader;
        this.items = items;
        this.apply = apply;
        this.maps = maps;
        this.watch = watch;
    }

    public List<Route> routes() {
        return List.of(
                route("apply", "Call", this::apply).problems(ProblemType.QUEUE_FULL),
                route("map", "MapCall", apiRequest -> map(apiRequest, "map")),
                route("starmap", "MapCall", apiRequest -> map(apiRequest, "starmap")));
    }

    private static Route route(String verb, String schema, Route.Handler handler) {
        return Route.of("POST", "/v1/" + verb, verb, handler).takes(schema).problems(PROBLEMS);
    }

    private void apply(ApiRequest apiRequest) throws Exception {
        Job job = ended(apiRequest);
        if (job == null) {
            return;
        }
        RawJson value = job.value();
        if (value == null) {
            throw new ProblemException(Problem.of(Objects.requireNonNull(job.failure()), job.id()));
        }
        apiRequest.answer(
                200,
                JobDocument.head(job).buffer(),
                value.buffer(),
                JobDocument.tail(job, null, false).buffer());
    }

    /** A separate method, so that the arguments are unreachable while the value is written. */
    private @Nullable Job ended(ApiRequest apiRequest) throws Exception {
        WaitedJob waited =
                apply.submit(apiRequest.caller().tenant(), reader.apply(apiRequest.body()), apiRequest.trace());
        return watch.await(waited, apiRequest.connection());
    }

    private void map(ApiRequest apiRequest, String verb) throws Exception {
        ItemsCall call = items.map(apiRequest.body(), verb);
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
