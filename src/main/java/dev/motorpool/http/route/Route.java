package dev.motorpool.http.route;

import dev.motorpool.http.problem.Right;
import dev.motorpool.job.ProblemType;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One operation of the API: its inputs and the form of its answer. {@code openapi.yaml} describes the same for clients;
 * a test compares them.
 *
 * @param method GET includes HEAD
 * @param template the path, with its variables in braces
 * @param id name of the operation in the OpenAPI document
 * @param takes the inputs
 * @param form the media types of its answer
 * @param problems problem types besides those of every route
 */
public record Route(
        String method,
        String template,
        String id,
        Takes takes,
        AnswerForm form,
        Set<ProblemType> problems,
        Handler handler) {

    /** Handles a request. */
    @FunctionalInterface
    public interface Handler {
        void handle(ApiRequest apiRequest) throws Exception;
    }

    /**
     * The inputs of a request.
     *
     * @param schema schema name of the body; null if the route takes none
     * @param lines whether a body of lines is accepted too
     * @param query the parameters
     * @param headers headers that only some routes accept
     */
    public record Takes(
            @Nullable String schema, boolean lines, Set<QueryParameter> query, Set<RequestHeader> headers) {}

    public static Route of(String method, String template, String id, Handler handler) {
        Takes nothing = new Takes(null, false, Set.of(), Set.of());
        return new Route(method, template, id, nothing, AnswerForm.JSON, Set.of(), handler);
    }

    public Route takes(String schema) {
        return taking(new Takes(schema, takes.lines, takes.query, takes.headers));
    }

    /** Returns a copy that also accepts a body of lines. */
    public Route takesLines() {
        return taking(new Takes(takes.schema, true, takes.query, takes.headers));
    }

    public Route query(QueryParameter... parameters) {
        return query(Arrays.asList(parameters));
    }

    public Route query(List<QueryParameter> parameters) {
        Set<QueryParameter> all = new LinkedHashSet<>(parameters);
        return taking(new Takes(takes.schema, takes.lines, all, takes.headers));
    }

    public Route header(RequestHeader header) {
        return taking(new Takes(takes.schema, takes.lines, takes.query, Set.of(header)));
    }

    private Route taking(Takes other) {
        return new Route(method, template, id, other, form, problems, handler);
    }

    /** Returns a copy that answers in another form than JSON. */
    public Route in(AnswerForm other) {
        return new Route(method, template, id, takes, other, problems, handler);
    }

    /** Returns a copy with further problem types. */
    public Route problems(ProblemType... types) {
        Set<ProblemType> all = EnumSet.copyOf(Arrays.asList(types));
        all.addAll(problems);
        return new Route(method, template, id, takes, form, all, handler);
    }

    public @Nullable String requestSchema() {
        return takes.schema;
    }

    /** The right that the caller's API key needs. */
    public Right right() {
        return Right.of(method, template);
    }

    /** Answers about jobs must not be cached; a proxy must neither cache nor buffer streams. */
    String cacheControl() {
        if (!form.streams()) {
            return "no-store";
        }
        return takes.lines ? "no-cache, no-transform" : "no-cache, no-transform, no-store";
    }

    public Set<RequestHeader> headers() {
        return takes.headers;
    }

    public Set<String> queryNames() {
        return takes.query.stream().map(QueryParameter::word).collect(Collectors.toUnmodifiableSet());
    }
}
