package dev.motorpool.http;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The problems as the OpenAPI document describes them: a schema for each, and responses with an example for each. */
final class ProblemDocument {

    private static final List<String> COMMON = List.of("type", "title", "status", "detail", "instance");

    private ProblemDocument() {}

    /** Name of a problem's schema, such as {@code UnknownPoolProblem}. */
    static String schemaName(ProblemType type) {
        return capitals(type) + "Problem";
    }

    /** Name of the response for some problems of one status. */
    static String responseName(List<ProblemType> types) {
        return types.stream().map(ProblemDocument::capitals).collect(Collectors.joining("Or"));
    }

    private static String capitals(ProblemType type) {
        return Arrays.stream(type.word().split("-", -1))
                .map(part -> Character.toUpperCase(part.charAt(0)) + part.substring(1))
                .collect(Collectors.joining());
    }

    static Map<String, Object> schema(ProblemType type) {
        Map<String, Object> properties = new LinkedHashMap<>();
        properties.put("type", Map.of("type", "string", "const", ProblemType.URN + type.word()));
        properties.put("title", Map.of("type", "string", "const", type.title()));
        properties.put("status", Map.of("type", "integer", "const", type.status()));
        properties.put("detail", described("string", "What was wrong, where, and what to do."));
        properties.put("instance", described("string", "`urn:uuid:` and the id of the job, or of this problem."));
        List<String> required = new ArrayList<>(COMMON);
        for (String member : type.members()) {
            String name = member.replace("?", "");
            properties.put(name, memberSchema(type, name));
            if (name.equals(member)) {
                required.add(name);
            }
        }
        Map<String, Object> schema = new LinkedHashMap<>();
        schema.put("type", "object");
        schema.put("required", required);
        schema.put("properties", properties);
        schema.put("additionalProperties", false);
        return schema;
    }

    private static Map<String, Object> memberSchema(ProblemType type, String name) {
        return switch (name) {
            case "pointer" ->
                described("string", "JSON Pointer to the place; for query parameters and headers their name.");
            case "right" -> described(List.of("string", "null"), "The right that is missing.");
            case "name" -> described("string", "The name that is not known.");
            case "suggestion" -> described(List.of("string", "null"), "The nearest known name.");
            case "job" -> Map.of("$ref", "#/components/schemas/JobId");
            case "limit" ->
                type == ProblemType.LIMIT_REACHED
                        ? described(
                                "string",
                                "The name of the limit: `requests`, `streams` or `waits` in progress, of an API key, an"
                                        + " address or a tenant; `body-bytes`, `answer-bytes` or `stream-bytes` in"
                                        + " memory, of an API key or an address; `jobs` that have not ended or stored"
                                        + " `bytes`, of a tenant.")
                        : described("integer", "Bytes that there may be.");
            case "index" -> described("integer", "Which item.");
            case "exception" -> described("string", "What the function threw.");
            case "message" -> described("string", "The message of what it threw.");
            case "traceback" -> described("string", "Where it was thrown.");
            case "exit_code" -> described(List.of("integer", "null"), "What the process exited with, if known.");
            case "signal" -> described("integer", "The signal that ended the process.");
            case "reason" -> described("string", "Why, as a sentence.");
            case "timeout" -> described("number", "The timeout that was passed, in seconds.");
            default -> throw new IllegalArgumentException(name);
        };
    }

    private static Map<String, Object> described(Object type, String description) {
        Map<String, Object> schema = new LinkedHashMap<>();
        schema.put("type", type);
        schema.put("description", description);
        return schema;
    }

    /** The response for some problems of one status. */
    static Map<String, Object> response(List<ProblemType> types) {
        Map<String, Object> examples = new LinkedHashMap<>();
        for (ProblemType type : types) {
            examples.put(type.word(), Map.of("value", example(type)));
        }
        List<Map<String, Object>> schemas = types.stream()
                .map(type -> Map.<String, Object>of("$ref", "#/components/schemas/" + schemaName(type)))
                .toList();
        Map<String, Object> content = new LinkedHashMap<>();
        content.put("schema", schemas.size() == 1 ? schemas.getFirst() : Map.of("oneOf", schemas));
        content.put("examples", examples);
        Map<String, Object> response = new LinkedHashMap<>();
        response.put(
                "description",
                types.stream().map(type -> "`" + type.word() + "`").collect(Collectors.joining(", ")) + ".");
        Map<String, Object> headers = headers(types);
        if (!headers.isEmpty()) {
            response.put("headers", headers);
        }
        response.put("content", Map.of(ProblemWriter.MEDIA_TYPE, content));
        return response;
    }

    private static Map<String, Object> headers(List<ProblemType> types) {
        Map<String, Object> headers = new LinkedHashMap<>();
        if (types.stream().anyMatch(ProblemDocument::saysWhenAgain)) {
            headers.put(
                    "Retry-After",
                    Map.of(
                            "description",
                            "Seconds after which it is worth trying again.",
                            "required",
                            true,
                            "schema",
                            Map.of("type", "integer", "minimum", 1)));
        }
        if (types.contains(ProblemType.UNAUTHORIZED)) {
            headers.put(
                    "WWW-Authenticate",
                    Map.of("description", "How to send a key.", "required", true, "schema", Map.of("type", "string")));
        }
        if (types.contains(ProblemType.METHOD_NOT_ALLOWED)) {
            headers.put(
                    "Allow",
                    Map.of(
                            "description",
                            "The methods that the path takes.",
                            "required",
                            true,
                            "schema",
                            Map.of("type", "string")));
        }
        return headers;
    }

    /** Whether a problem comes with the header {@code Retry-After}. */
    static boolean saysWhenAgain(ProblemType type) {
        return switch (type) {
            case QUEUE_FULL, LIMIT_REACHED, UNAVAILABLE, POOL_BROKEN -> true;
            default -> false;
        };
    }

    /** Members in the order in which they are sent. */
    static Map<String, @Nullable Object> example(ProblemType type) {
        Problem problem = ProblemExamples.of(type);
        Map<String, @Nullable Object> example = new LinkedHashMap<>();
        example.put("type", ProblemType.URN + type.word());
        example.put("title", type.title());
        example.put("status", type.status());
        example.put("detail", problem.detail());
        example.put("instance", "urn:uuid:" + problem.job());
        problem.members().forEach((name, value) -> example.put(name, plain(value)));
        return example;
    }

    private static @Nullable Object plain(@Nullable Object value) {
        return switch (value) {
            case null -> null;
            case Number number -> number;
            case Duration duration -> duration.toMillis() / 1000.0;
            default -> value.toString();
        };
    }

    /** The problems that every route can answer with, besides its own. */
    static Stream<ProblemType> always() {
        return Stream.of(
                ProblemType.MALFORMED_REQUEST,
                ProblemType.UNAUTHORIZED,
                ProblemType.FORBIDDEN,
                ProblemType.NOT_ACCEPTABLE,
                ProblemType.REQUEST_TIMEOUT,
                ProblemType.CONTENT_TOO_LARGE,
                ProblemType.UNSUPPORTED_MEDIA_TYPE,
                ProblemType.MISDIRECTED,
                ProblemType.LIMIT_REACHED,
                ProblemType.INTERNAL,
                ProblemType.UNAVAILABLE);
    }
}
