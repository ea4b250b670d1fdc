package dev.motorpool.http;

import io.swagger.v3.core.util.Json31;
import io.swagger.v3.core.util.Yaml31;
import io.swagger.v3.oas.models.OpenAPI;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.springdoc.core.customizers.OpenApiCustomizer;

/**
 * The OpenAPI document: what {@code openapi/base.yaml} says, and each route with what it takes and answers. Made when it
 * is first asked for.
 */
final class ApiDocument implements OpenApiCustomizer {

    private static final String BASE = "/openapi/base.yaml";

    private final Routes routes;

    ApiDocument(Routes routes) {
        this.routes = routes;
    }

    @Override
    public void customise(OpenAPI document) {
        OpenAPI ours = Json31.mapper().convertValue(tree(), OpenAPI.class);
        document.setInfo(ours.getInfo());
        document.setServers(ours.getServers());
        document.setTags(ours.getTags());
        document.setPaths(ours.getPaths());
        document.setComponents(ours.getComponents());
    }

    private Map<String, Object> tree() {
        Map<String, Object> tree = base();
        Map<String, Object> paths = child(tree, "paths");
        for (Route route : routes.all()) {
            child(paths, route.template()).put(route.method().toLowerCase(Locale.ROOT), operation(route));
        }
        Map<String, Object> components = child(tree, "components");
        Map<String, Object> schemas = child(components, "schemas");
        documented().forEach(type -> schemas.put(ProblemDocument.schemaName(type), ProblemDocument.schema(type)));
        Map<String, Object> responses = child(components, "responses");
        Stream.of(ProblemType.UNKNOWN_PATH, ProblemType.METHOD_NOT_ALLOWED)
                .forEach(type ->
                        responses.put(ProblemDocument.schemaName(type), ProblemDocument.response(List.of(type))));
        return tree;
    }

    /** The problems that some route can answer with, and those of paths and methods that do not exist. */
    private Stream<ProblemType> documented() {
        return Stream.of(
                        ProblemDocument.always(),
                        Stream.of(ProblemType.UNKNOWN_PATH, ProblemType.METHOD_NOT_ALLOWED),
                        routes.all().stream().flatMap(route -> route.problems().stream()))
                .flatMap(types -> types)
                .distinct()
                .sorted();
    }

    private static Map<String, Object> operation(Route route) {
        Map<String, Object> operation = new LinkedHashMap<>();
        operation.put("tags", List.of(tag(route)));
        operation.put("operationId", route.id());
        operation.put("summary", route.summary());
        List<Object> parameters = new ArrayList<>();
        Arrays.stream(route.template().split("/", -1))
                .filter(segment -> segment.startsWith("{"))
                .forEach(segment -> parameters.add(pathParameter(segment.substring(1, segment.length() - 1))));
        route.query().forEach(parameter -> parameters.add(queryParameter(parameter)));
        if (!parameters.isEmpty()) {
            operation.put("parameters", parameters);
        }
        String body = route.requestSchema();
        if (body != null) {
            operation.put("requestBody", Map.of("required", true, "content", json(body)));
        }
        operation.put("responses", responses(route));
        return operation;
    }

    private static String tag(Route route) {
        String second = route.template().split("/", -1)[2];
        return second.equals("pools") || second.equals("functions") ? second : "verbs";
    }

    private static Map<String, Object> pathParameter(String name) {
        Map<String, Object> parameter = new LinkedHashMap<>();
        parameter.put("name", name);
        parameter.put("in", "path");
        parameter.put("required", true);
        parameter.put("schema", Map.of("type", "string"));
        return parameter;
    }

    private static Map<String, Object> queryParameter(QueryParameter query) {
        Map<String, Object> schema = new LinkedHashMap<>();
        switch (query) {
            case LIMIT -> {
                schema.put("type", "integer");
                schema.put("minimum", 1);
                schema.put("maximum", 1000);
                schema.put("default", 100);
            }
            case CURSOR -> schema.put("type", "string");
            case TIMEOUT -> {
                schema.put("type", "number");
                schema.put("minimum", 0);
                schema.put("maximum", 300);
                schema.put("default", 0);
            }
        }
        Map<String, Object> parameter = new LinkedHashMap<>();
        parameter.put("name", query.word());
        parameter.put("in", "query");
        parameter.put("description", query.description());
        parameter.put("schema", schema);
        return parameter;
    }

    private static Map<String, Object> responses(Route route) {
        Map<String, Object> responses = new LinkedHashMap<>();
        for (Route.Answer answer : route.answers()) {
            Map<String, Object> response = new LinkedHashMap<>();
            response.put("description", answer.meaning());
            if (answer.schema() != null) {
                response.put("content", json(answer.schema()));
            }
            responses.put(Integer.toString(answer.status()), response);
        }
        Map<Integer, List<ProblemType>> byStatus = new TreeMap<>();
        Stream.concat(ProblemDocument.always(), route.problems().stream())
                .distinct()
                .sorted()
                .forEach(type -> byStatus.computeIfAbsent(type.status(), status -> new ArrayList<>())
                        .add(type));
        byStatus.forEach((status, types) -> responses.put(status.toString(), ProblemDocument.response(types)));
        return responses;
    }

    private static Map<String, Object> json(String schema) {
        return Map.of(MediaTypes.JSON, Map.of("schema", Map.of("$ref", "#/components/schemas/" + schema)));
    }

    @SuppressWarnings("unchecked") // A document that has been read from YAML holds maps with names.
    private static Map<String, Object> child(Map<String, Object> parent, String name) {
        return (Map<String, Object>) parent.computeIfAbsent(name, missing -> new LinkedHashMap<String, Object>());
    }

    @SuppressWarnings("unchecked") // As above.
    private static Map<String, Object> base() {
        try (InputStream in = Objects.requireNonNull(ApiDocument.class.getResourceAsStream(BASE))) {
            return Yaml31.mapper().readValue(in, LinkedHashMap.class);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
