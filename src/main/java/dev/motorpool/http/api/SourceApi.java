package dev.motorpool.http.api;

import dev.motorpool.http.problem.Problem;
import dev.motorpool.http.problem.ProblemException;
import dev.motorpool.http.route.ApiRequest;
import dev.motorpool.http.route.Paging;
import dev.motorpool.http.route.QueryParameter;
import dev.motorpool.http.route.Route;
import dev.motorpool.job.ProblemType;
import dev.motorpool.json.JsonWriter;
import dev.motorpool.source.Source;
import dev.motorpool.source.Sources;
import java.time.Duration;
import java.util.List;

/** The sources of functions: what was loaded from the functions directory, and what could not be. */
public final class SourceApi {

    /** How long a request waits for a reload. It goes on without it. */
    private static final Duration LONGEST_RELOAD = Duration.ofMinutes(5);

    private static final String ALL = "/v1/sources";

    private final Sources sources;

    public SourceApi(Sources sources) {
        this.sources = sources;
    }

    public List<Route> routes() {
        return List.of(
                Route.of("GET", ALL, "listSources", this::list).query(QueryParameter.LIMIT, QueryParameter.CURSOR),
                Route.of("GET", ALL + "/{name}", "getSource", this::get)
                        .query(QueryParameter.OF_RUNTIME)
                        .problems(ProblemType.UNKNOWN_SOURCE),
                Route.of("POST", ALL + "/reload", "reloadSources", this::reload)
                        .query(QueryParameter.LIMIT, QueryParameter.CURSOR));
    }

    private void list(ApiRequest apiRequest) throws Exception {
        JsonWriter json = new JsonWriter();
        Paging.write(json, apiRequest.query(), "sources", sources.all(), SourceApi::key, SourceApi::write);
        apiRequest.answer(200, json);
    }

    /** The order of the list: by runtime, then by name. */
    private static String key(Source source) {
        return source.runtime() + "/" + source.name();
    }

    private void get(ApiRequest apiRequest) throws Exception {
        String name = apiRequest.variable("name");
        String runtime = apiRequest.query().get("runtime");
        List<Source> known = sources.all();
        for (Source source : known) {
            if (source.name().equals(name) && (runtime == null || runtime.equals(source.runtime()))) {
                JsonWriter json = new JsonWriter();
                write(json, source);
                apiRequest.answer(200, json);
                return;
            }
        }
        throw Problem.unknown(
                ProblemType.UNKNOWN_SOURCE,
                name,
                known.stream().map(Source::name).distinct().toList());
    }

    private void reload(ApiRequest apiRequest) throws Exception {
        String fault = sources.reload(LONGEST_RELOAD);
        if (fault != null) {
            throw new ProblemException(Problem.unavailable(fault));
        }
        list(apiRequest);
    }

    private static void write(JsonWriter json, Source source) {
        json.beginObject();
        json.name("name").value(source.name());
        json.name("runtime").value(source.runtime());
        json.name("file").value(source.file());
        json.name("version").value(source.version());
        json.name("state").value(source.state().word());
        json.name("reason").value(source.reason());
        json.name("traceback").value(source.traceback());
        json.name("functions").beginArray();
        source.functions().forEach(json::value);
        json.endArray();
        json.name("loaded_at")
                .value(source.loadedAt() == null ? null : source.loadedAt().toString());
        json.endObject();
    }
}
