package dev.motorpool.http;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One operation of the API: what it takes and answers. What a route says here is both enforced and published in the
 * OpenAPI document.
 *
 * @param method GET stands for HEAD too
 * @param template the path, with its variables in braces
 * @param id name of the operation in the OpenAPI document
 * @param summary what it does, in a line
 * @param requestSchema name of the schema of its body; null if it takes none
 * @param query the parameters it takes
 * @param answers what it answers when it succeeds
 * @param problems what can go wrong besides what can for every route
 * @param streams whether it answers with lines or events, and takes a body of lines too
 */
record Route(
        String method,
        String template,
        String id,
        String summary,
        @Nullable String requestSchema,
        Set<QueryParameter> query,
        List<Answer> answers,
        Set<ProblemType> problems,
        boolean streams,
        Handler handler) {

    /** What answers a request. */
    @FunctionalInterface
    interface Handler {
        void handle(Exchange exchange) throws Exception;
    }

    /** A success: its status, what it means, and the schema of its body, if it has one. */
    record Answer(int status, String meaning, @Nullable String schema) {}

    static Route of(String method, String template, String id, String summary, Handler handler) {
        return new Route(method, template, id, summary, null, Set.of(), List.of(), Set.of(), false, handler);
    }

    Route takes(String schema) {
        return new Route(method, template, id, summary, schema, query, answers, problems, streams, handler);
    }

    Route query(QueryParameter... parameters) {
        Set<QueryParameter> all = new LinkedHashSet<>(Arrays.asList(parameters));
        return new Route(method, template, id, summary, requestSchema, all, answers, problems, streams, handler);
    }

    Route answers(int status, String meaning, @Nullable String schema) {
        List<Answer> more = Stream.concat(answers.stream(), Stream.of(new Answer(status, meaning, schema)))
                .toList();
        return new Route(method, template, id, summary, requestSchema, query, more, problems, streams, handler);
    }

    Route streaming() {
        return new Route(method, template, id, summary, requestSchema, query, answers, problems, true, handler);
    }

    Route problems(ProblemType... types) {
        Set<ProblemType> all = EnumSet.copyOf(Arrays.asList(types));
        return new Route(method, template, id, summary, requestSchema, query, answers, all, streams, handler);
    }

    Set<String> queryNames() {
        return query.stream().map(QueryParameter::word).collect(Collectors.toUnmodifiableSet());
    }
}
