package dev.motorpool.http;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One operation of the API: what it takes, and how it answers. {@code openapi.yaml} says the same for clients; a test
 * compares them.
 *
 * @param method GET stands for HEAD too
 * @param template the path, with its variables in braces
 * @param id name of the operation in the OpenAPI document
 * @param takes what it takes
 * @param form the media types of its answer
 * @param problems what can go wrong besides what can for every route
 */
record Route(
        String method,
        String template,
        String id,
        Takes takes,
        AnswerForm form,
        Set<ProblemType> problems,
        Handler handler) {

    /** What answers a request. */
    @FunctionalInterface
    interface Handler {
        void handle(Exchange exchange) throws Exception;
    }

    /**
     * What a request may bring.
     *
     * @param schema name of the schema of its body; null if it takes none
     * @param lines whether a body may be lines, too
     * @param query the parameters
     * @param headers those that only some routes take
     */
    record Takes(@Nullable String schema, boolean lines, Set<QueryParameter> query, Set<RequestHeader> headers) {}

    static Route of(String method, String template, String id, Handler handler) {
        Takes nothing = new Takes(null, false, Set.of(), Set.of());
        return new Route(method, template, id, nothing, AnswerForm.JSON, Set.of(), handler);
    }

    Route takes(String schema) {
        return taking(new Takes(schema, takes.lines, takes.query, takes.headers));
    }

    /** With a body of lines, too. */
    Route takesLines() {
        return taking(new Takes(takes.schema, true, takes.query, takes.headers));
    }

    Route query(QueryParameter... parameters) {
        Set<QueryParameter> all = new LinkedHashSet<>(Arrays.asList(parameters));
        return taking(new Takes(takes.schema, takes.lines, all, takes.headers));
    }

    Route header(RequestHeader header) {
        return taking(new Takes(takes.schema, takes.lines, takes.query, Set.of(header)));
    }

    private Route taking(Takes other) {
        return new Route(method, template, id, other, form, problems, handler);
    }

    /** Answers in another form than JSON. */
    Route in(AnswerForm other) {
        return new Route(method, template, id, takes, other, problems, handler);
    }

    Route problems(ProblemType... types) {
        Set<ProblemType> all = EnumSet.copyOf(Arrays.asList(types));
        return new Route(method, template, id, takes, form, all, handler);
    }

    @Nullable
    String requestSchema() {
        return takes.schema;
    }

    /** What the API key of its caller has to allow. */
    Right right() {
        return Right.of(method, template);
    }

    /** Nothing may be kept that tells of jobs, and of streams a proxy may neither keep nor gather anything. */
    String cacheControl() {
        if (!form.streams()) {
            return "no-store";
        }
        return takes.lines ? "no-cache, no-transform" : "no-cache, no-transform, no-store";
    }

    Set<QueryParameter> query() {
        return takes.query;
    }

    Set<RequestHeader> headers() {
        return takes.headers;
    }

    Set<String> queryNames() {
        return takes.query.stream().map(QueryParameter::word).collect(Collectors.toUnmodifiableSet());
    }
}
