package dev.motorpool.http.api;

import dev.motorpool.function.signature.FunctionDefinition;
import dev.motorpool.function.signature.FunctionRegistry;
import dev.motorpool.http.problem.Problem;
import dev.motorpool.http.route.ApiRequest;
import dev.motorpool.http.route.Paging;
import dev.motorpool.http.route.QueryParameter;
import dev.motorpool.http.route.Route;
import dev.motorpool.job.ProblemType;
import dev.motorpool.job.request.DefaultPools;
import dev.motorpool.json.JsonWriter;
import java.util.List;
import java.util.function.Supplier;

/** The functions that can be called. */
public final class FunctionApi {

    private final Supplier<FunctionRegistry> functions;
    private final DefaultPools defaultPools;

    public FunctionApi(Supplier<FunctionRegistry> functions, DefaultPools defaultPools) {
        this.functions = functions;
        this.defaultPools = defaultPools;
    }

    public List<Route> routes() {
        return List.of(
                Route.of("GET", "/v1/functions", "listFunctions", this::list)
                        .query(
                                QueryParameter.LIMIT,
                                QueryParameter.CURSOR,
                                QueryParameter.OF_RUNTIME,
                                QueryParameter.OF_SOURCE),
                Route.of("GET", "/v1/functions/{name}", "getFunction", this::get)
                        .problems(ProblemType.UNKNOWN_FUNCTION));
    }

    private void list(ApiRequest apiRequest) throws Exception {
        JsonWriter json = new JsonWriter();
        String runtime = apiRequest.query().get("runtime");
        String source = apiRequest.query().get("source");
        List<FunctionDefinition> some = functions.get().all().stream()
                .filter(each -> runtime == null || runtime.equals(each.origin().runtime()))
                .filter(each -> source == null || source.equals(each.origin().source()))
                .toList();
        String list = "functions?" + runtime + "&" + source;
        Paging.write(json, apiRequest.query(), list, some, FunctionDefinition::name, this::write);
        apiRequest.answer(200, json);
    }

    private void get(ApiRequest apiRequest) throws Exception {
        String name = apiRequest.variable("name");
        FunctionRegistry known = functions.get();
        FunctionDefinition function = known.find(name).orElse(null);
        if (function == null) {
            throw Problem.unknown(
                    ProblemType.UNKNOWN_FUNCTION,
                    name,
                    known.all().stream().map(FunctionDefinition::name).toList());
        }
        JsonWriter json = new JsonWriter();
        write(json, function);
        apiRequest.answer(200, json);
    }

    private void write(JsonWriter json, FunctionDefinition function) {
        json.beginObject();
        json.name("name").value(function.name());
        json.name("description").value(function.description());
        json.name("workload").value(function.workload().word());
        json.name("pool").value(defaultPools.of(function));
        json.name("parameters").value(function.parameters());
        json.name("returns").value(function.returns());
        json.name("runtime").value(function.origin().runtime());
        json.name("source").value(function.origin().source());
        json.endObject();
    }
}
