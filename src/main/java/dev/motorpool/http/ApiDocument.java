package dev.motorpool.http;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.motorpool.job.JobState;
import dev.motorpool.pool.SettingRules;
import io.swagger.v3.core.util.Json31;
import io.swagger.v3.core.util.Yaml31;
import io.swagger.v3.oas.models.Components;
import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.responses.ApiResponse;
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
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springdoc.core.customizers.OpenApiCustomizer;

/**
 * The OpenAPI document: what {@code openapi/base.yaml} says, and each route with what it takes and answers. Made when it
 * is first asked for.
 */
final class ApiDocument implements OpenApiCustomizer {

    private static final String BASE = "/openapi/base.yaml";

    /** What the base has of the headers that every route takes. */
    private static final List<String> TRACE_HEADERS = List.of("Traceparent", "Tracestate");

    private final Routes routes;

    ApiDocument(Routes routes) {
        this.routes = routes;
    }

    @Override
    public void customise(OpenAPI document) {
        Map<String, Object> tree = tree();
        OpenAPI ours = Json31.mapper().convertValue(tree, OpenAPI.class);
        keepNulls(tree, ours.getComponents());
        document.setInfo(ours.getInfo());
        document.setServers(ours.getServers());
        document.setTags(ours.getTags());
        document.setPaths(ours.getPaths());
        document.setComponents(ours.getComponents());
    }

    /** The library drops members that are null, which are part of our examples; it keeps them in nodes. */
    @SuppressWarnings({"unchecked", "rawtypes"}) // Schemas are of whatever their examples are of.
    private static void keepNulls(Map<String, Object> tree, Components components) {
        ObjectMapper plain = new ObjectMapper();
        Map<String, Object> schemas = child(child(tree, "components"), "schemas");
        for (String name : schemas.keySet()) {
            if (child(schemas, name).get("examples") instanceof List<?> examples) {
                List<Object> nodes = new ArrayList<>();
                examples.forEach(example -> nodes.add(plain.valueToTree(example)));
                Objects.requireNonNull(components.getSchemas().get(name)).setExamples(nodes);
            }
        }
        for (ApiResponse response : components.getResponses().values()) {
            response.getContent().values().forEach(media -> media.getExamples()
                    .forEach((name, example) -> example.setValue(
                            plain.valueToTree(ProblemDocument.example(Objects.requireNonNull(ProblemType.of(name)))))));
        }
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
        Stream.concat(
                        Stream.of(List.of(ProblemType.UNKNOWN_PATH), List.of(ProblemType.METHOD_NOT_ALLOWED)),
                        routes.all().stream().flatMap(route -> problems(route).values().stream()))
                .forEach(types -> responses.put(ProblemDocument.responseName(types), ProblemDocument.response(types)));
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
        operation.put("security", security(route.right()));
        List<Object> parameters = new ArrayList<>();
        Arrays.stream(route.template().split("/", -1))
                .filter(segment -> segment.startsWith("{"))
                .forEach(segment -> parameters.add(pathParameter(segment.substring(1, segment.length() - 1))));
        route.query().forEach(parameter -> parameters.add(queryParameter(parameter)));
        route.headers().forEach(header -> parameters.add(headerParameter(header)));
        TRACE_HEADERS.forEach(name -> parameters.add(Map.of("$ref", "#/components/parameters/" + name)));
        operation.put("parameters", parameters);
        String body = route.requestSchema();
        if (body != null) {
            operation.put(
                    "requestBody",
                    Map.of("required", true, "content", route.takes().lines() ? lines(body) : json(body)));
        }
        operation.put("responses", responses(route));
        return operation;
    }

    /** Either form of a key with that right; nothing where the service has no keys. */
    private static List<Object> security(Right right) {
        List<String> rights = List.of(right.word());
        return List.of(Map.of("bearer", rights), Map.of("apiKey", rights), Map.of());
    }

    private static String tag(Route route) {
        String second = route.template().split("/", -1)[2];
        return switch (second) {
            case "pools", "functions", "jobs" -> second;
            case "wait", "as_completed" -> "jobs";
            default -> "verbs";
        };
    }

    private static Map<String, Object> pathParameter(String name) {
        Map<String, Object> parameter = new LinkedHashMap<>();
        parameter.put("name", name);
        parameter.put("in", "path");
        parameter.put("required", true);
        parameter.put("schema", Map.of("type", "string"));
        return parameter;
    }

    private static Map<String, Object> headerParameter(RequestHeader header) {
        Map<String, Object> parameter = new LinkedHashMap<>();
        parameter.put("name", header.word());
        parameter.put("in", "header");
        parameter.put("description", header.description());
        parameter.put(
                "schema",
                switch (header) {
                    case IDEMPOTENCY_KEY -> Map.of("type", "string", "pattern", "^[!-~]{1,255}$");
                    case LAST_EVENT_ID -> Map.of("type", "string");
                });
        return parameter;
    }

    private static Map<String, Object> queryParameter(QueryParameter query) {
        Map<String, Object> parameter = new LinkedHashMap<>();
        parameter.put("name", query.word());
        parameter.put("in", "query");
        parameter.put("description", query.description());
        parameter.put(
                "schema",
                switch (query) {
                    case LIMIT -> range("integer", 1, 1000, 100);
                    case TIMEOUT, WAIT -> range("number", 0, 300, 0);
                    case VALUE -> Map.of("type", "boolean", "default", true);
                    case FORCE -> Map.of("type", "boolean", "default", false);
                    case STATE -> Map.of("type", "array", "items", Map.of("type", "string", "enum", states()));
                    case ORDER -> Map.of("type", "string", "enum", List.of("input", "completion"), "default", "input");
                    case AFTER -> range("integer", 0, Integer.MAX_VALUE, null);
                    case CHUNKSIZE, WINDOW -> range("integer", 1, Integer.MAX_VALUE, null);
                    case ITEM_TIMEOUT, EXPIRES ->
                        Map.of("type", "number", "exclusiveMinimum", 0, "maximum", SettingRules.LONGEST_SECONDS);
                    case PRIORITY -> range("integer", -100, 100, 0);
                    case TAG, WITH_TAG -> Map.of("type", "array", "items", Map.of("type", "string", "pattern", ":"));
                    case CURSOR, FUNCTION, POOL, TAGS, OF_FUNCTION, OF_POOL -> Map.of("type", "string");
                });
        return parameter;
    }

    private static List<String> states() {
        return Arrays.stream(JobState.values()).map(JobState::word).toList();
    }

    private static Map<String, Object> range(String type, int least, int most, @Nullable Integer standard) {
        Map<String, Object> schema = new LinkedHashMap<>();
        schema.put("type", type);
        schema.put("minimum", least);
        schema.put("maximum", most);
        if (standard != null) {
            schema.put("default", standard);
        }
        return schema;
    }

    private static Map<String, Object> responses(Route route) {
        Map<String, Object> responses = new LinkedHashMap<>();
        for (Route.Answer answer : route.answers()) {
            Map<String, Object> response = new LinkedHashMap<>();
            response.put("description", answer.meaning());
            if (!answer.headers().isEmpty()) {
                response.put("headers", headers(answer.headers()));
            }
            if (answer.schema() != null) {
                response.put("content", content(route.form(), answer.schema()));
            }
            responses.put(Integer.toString(answer.status()), response);
        }
        problems(route)
                .forEach((status, types) -> responses.put(
                        status.toString(),
                        Map.of("$ref", "#/components/responses/" + ProblemDocument.responseName(types))));
        return responses;
    }

    /** The problems that a route can answer with, by status. */
    private static Map<Integer, List<ProblemType>> problems(Route route) {
        return Stream.concat(ProblemDocument.always(), route.problems().stream())
                .distinct()
                .sorted()
                .collect(Collectors.groupingBy(ProblemType::status, TreeMap::new, Collectors.toList()));
    }

    private static Map<String, Object> headers(List<AnswerHeader> headers) {
        Map<String, Object> all = new LinkedHashMap<>();
        for (AnswerHeader header : headers) {
            Map<String, Object> one = new LinkedHashMap<>();
            one.put("description", header.description());
            one.put("required", true);
            one.put("schema", Map.of("type", "string"));
            all.put(header.word(), one);
        }
        return all;
    }

    private static Map<String, Object> content(AnswerForm form, String schema) {
        Map<String, Object> reference = Map.of("schema", Map.of("$ref", "#/components/schemas/" + schema));
        return switch (form) {
            case JSON -> json(schema);
            case STREAM -> streamed(schema);
            case EVENTS -> Map.of(MediaTypes.EVENTS, reference);
            case TEXT -> Map.of(MediaTypes.TEXT, reference);
        };
    }

    private static Map<String, Object> json(String schema) {
        return Map.of(MediaTypes.JSON, Map.of("schema", Map.of("$ref", "#/components/schemas/" + schema)));
    }

    /** A body that is a call, or a stream of items. */
    private static Map<String, Object> lines(String schema) {
        Map<String, Object> content = new LinkedHashMap<>(json(schema));
        content.put(
                MediaTypes.LINES,
                Map.of("schema", described("string", "An item of any JSON on each line; blank lines are skipped.")));
        return content;
    }

    private static Map<String, Object> streamed(String schema) {
        Map<String, Object> content = new LinkedHashMap<>();
        Map<String, Object> line = Map.of("$ref", "#/components/schemas/" + schema);
        content.put(MediaTypes.LINES, Map.of("schema", line));
        content.put(
                MediaTypes.EVENTS,
                Map.of(
                        "schema",
                        described(
                                "string",
                                "Events `item` and `end` with an `id` each, whose `data` is a line, and a comment"
                                        + " `: ping` every 15 s.")));
        return content;
    }

    private static Map<String, Object> described(String type, String description) {
        Map<String, Object> schema = new LinkedHashMap<>();
        schema.put("type", type);
        schema.put("description", description);
        return schema;
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
