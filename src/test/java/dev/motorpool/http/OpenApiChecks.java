package dev.motorpool.http;

import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.motorpool.http.route.MediaTypes;
import dev.motorpool.job.ProblemType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** Compares answers with {@code openapi.yaml}. */
final class OpenApiChecks {

    static final Path FILE = Path.of("openapi.yaml");

    private static final SchemaRegistry SCHEMAS = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);

    private final JsonNode document;

    /** Schemas by the name of their response. */
    private final Map<String, Schema> schemas = new ConcurrentHashMap<>();

    OpenApiChecks(Path file) throws IOException {
        document = YAMLMapper.builder().build().readTree(Files.readString(file));
    }

    JsonNode document() {
        return document;
    }

    /** Deviations of an answer from the document; empty if there are none. */
    List<String> check(String method, String target, Answer answer) {
        List<String> faults = new ArrayList<>();
        JsonNode path = path(target.split("\\?", 2)[0]);
        String verb = method.equals("HEAD") ? "get" : method.toLowerCase(Locale.ROOT);
        if (path != null && method.equals("OPTIONS")) {
            if (answer.status() == 204 && answer.header("allow") != null) {
                return faults;
            }
        }
        JsonNode operation = path == null ? null : path.get(verb);
        JsonNode response = operation == null ? unforeseen(answer) : response(operation, answer.status());
        if (response == null || response.isMissingNode()) {
            faults.add("status " + answer.status() + " is not foreseen");
            return faults;
        }
        response.path("headers").properties().forEach(header -> {
            if (header.getValue().path("required").asBoolean()
                    && answer.header(header.getKey()) == null
                    && appliesTo(header.getKey(), answer)) {
                faults.add("header " + header.getKey() + " is missing");
            }
        });
        if (!method.equals("HEAD")) {
            checkBody(response, verb + " " + target.split("\\?", 2)[0] + " " + answer.status(), answer, faults);
        }
        return faults;
    }

    /** The response of an operation for a status; missing if it has none. */
    JsonNode response(JsonNode operation, int status) {
        JsonNode response = operation.path("responses").path(Integer.toString(status));
        return response.has("$ref")
                ? document.at(response.path("$ref").asString().substring(1))
                : response;
    }

    /** A status can have problems with and without a header, by type. */
    private static boolean appliesTo(String header, Answer answer) {
        if (!header.equals("Retry-After")) {
            return true;
        }
        String type = answer.json().path("type").asString().replace(ProblemType.URN, "");
        ProblemType problem = ProblemType.of(type);
        return problem != null && problem.saysWhenAgain();
    }

    private void checkBody(JsonNode response, String name, Answer answer, List<String> faults) {
        JsonNode content = response.path("content");
        if (content.isEmpty()) {
            if (answer.body().length > 0) {
                faults.add("a body that is not foreseen");
            }
            return;
        }
        String type = String.valueOf(answer.header("content-type")).split(";", 2)[0];
        JsonNode media = content.get(type);
        if (media == null) {
            faults.add("content type " + type + " is not foreseen");
            return;
        }
        if (type.endsWith("json")) {
            Schema schema = schemas.computeIfAbsent(
                    name.replaceAll("/(pools|jobs)/[^/ ]+", "/$1/x") + type + media.path("schema"),
                    key -> schema(media.path("schema")));
            for (JsonNode value : type.equals(MediaTypes.LINES) ? answer.lines() : List.of(answer.json())) {
                for (Error error : schema.validate(value)) {
                    faults.add(error.getInstanceLocation() + ": " + error.getMessage());
                }
            }
        }
    }

    /** Violations of a schema of the components by a value. */
    List<Error> fits(String name, JsonNode value) {
        return schema(document.path("components").path("schemas").path(name)).validate(value);
    }

    private Schema schema(JsonNode schema) {
        ObjectNode whole = ((ObjectNode) schema).deepCopy();
        whole.set("components", document.path("components"));
        return SCHEMAS.getSchema(whole);
    }

    /** Possible answers for paths and methods outside the document. */
    private @Nullable JsonNode unforeseen(Answer answer) {
        return switch (answer.status()) {
            case 404 -> document.at("/components/responses/UnknownPath");
            case 405 -> document.at("/components/responses/MethodNotAllowed");
            default -> {
                // Refused before the path was matched: as for any operation.
                yield response(document.at("/paths/~1v1~1functions/get"), answer.status());
            }
        };
    }

    private @Nullable JsonNode path(String path) {
        String[] given = path.split("/", -1);
        JsonNode fixed = document.path("paths").get(path);
        if (fixed != null) {
            return fixed;
        }
        for (Map.Entry<String, JsonNode> entry : document.path("paths").properties()) {
            String[] template = entry.getKey().split("/", -1);
            boolean matches = template.length == given.length;
            for (int i = 0; matches && i < template.length; i++) {
                matches = template[i].startsWith("{") ? !given[i].isEmpty() : template[i].equals(given[i]);
            }
            if (matches) {
                return entry.getValue();
            }
        }
        return null;
    }
}
