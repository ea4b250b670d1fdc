package dev.motorpool.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.motorpool.http.route.MediaTypes;
import dev.motorpool.http.route.Route;
import dev.motorpool.http.route.Routes;
import dev.motorpool.job.ProblemType;
import java.io.IOException;
import java.nio.file.Files;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code openapi.yaml} describes exactly the inputs and answers of the routes, and the service serves it unchanged. */
@ExtendWith(ServiceExtension.class)
@Tag("service")
class OpenApiTest {

    /** The problems that every route can answer, besides its own. */
    private static final Set<ProblemType> ALWAYS = EnumSet.of(
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

    private final ServiceExtension.Service service;
    private final OpenApiChecks checks;

    OpenApiTest(ServiceExtension.Service service) throws IOException {
        this.service = service;
        this.checks = new OpenApiChecks(OpenApiChecks.FILE);
    }

    private Answer get(String path) throws IOException {
        try (RawConnection connection = service.client().connect()) {
            connection.send("GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
            Answer answer = connection.read();
            assertThat(answer.status()).isEqualTo(200);
            return answer;
        }
    }

    @Test
    void theServiceServesTheFileAsItIs() throws IOException {
        Answer yaml = get("/v3/api-docs.yaml");
        assertThat(yaml.text()).isEqualTo(Files.readString(OpenApiChecks.FILE));
        assertThat(yaml.header("content-type")).startsWith("application/vnd.oai.openapi");
    }

    @Test
    void theServiceServesItAsJsonToo() throws IOException {
        JsonMapper json = new JsonMapper();
        assertThat(json.readTree(get("/v3/api-docs").text()))
                .isEqualTo(json.readTree(checks.document().toString()));
    }

    private JsonNode operation(Route route) {
        return checks.document()
                .path("paths")
                .path(route.template())
                .path(route.method().toLowerCase(Locale.ROOT));
    }

    private JsonNode meant(JsonNode node) {
        return node.has("$ref")
                ? checks.document().at(node.path("$ref").asString().substring(1))
                : node;
    }

    @Test
    void itHasTheOperationsOfTheRoutes() {
        Set<String> described = new TreeSet<>();
        checks.document().path("paths").forEachEntry((path, operations) -> {
            if (path.startsWith("/v1/")) {
                operations.forEachEntry((method, operation) -> described.add(method.toUpperCase(Locale.ROOT) + " "
                        + path + " " + operation.path("operationId").asString()));
            }
        });
        assertThat(described)
                .isEqualTo(service.part(Routes.class).all().stream()
                        .map(route -> route.method() + " " + route.template() + " " + route.id())
                        .collect(Collectors.toCollection(TreeSet::new)));
    }

    @Test
    void itHasTheParametersOfTheRoutes() {
        for (Route route : service.part(Routes.class).all()) {
            Set<String> described = new TreeSet<>();
            for (JsonNode parameter : operation(route).path("parameters")) {
                JsonNode meant = meant(parameter);
                assertThat(meant.path("required").asBoolean())
                        .isEqualTo(meant.path("in").asString().equals("path"));
                described.add(
                        meant.path("in").asString() + " " + meant.path("name").asString());
            }
            Set<String> taken = new TreeSet<>(Set.of("header traceparent", "header tracestate"));
            route.queryNames().forEach(name -> taken.add("query " + name));
            route.headers().forEach(header -> taken.add("header " + header.word()));
            for (String segment : route.template().split("/", -1)) {
                if (segment.startsWith("{")) {
                    taken.add("path " + segment.substring(1, segment.length() - 1));
                }
            }
            assertThat(described).as(route.id()).isEqualTo(taken);
        }
    }

    @Test
    void itHasTheBodiesOfTheRoutes() {
        for (Route route : service.part(Routes.class).all()) {
            JsonNode body = operation(route).path("requestBody");
            Set<String> types = new TreeSet<>(body.path("content").propertyNames());
            String schema = route.requestSchema();
            if (schema == null) {
                assertThat(body.isMissingNode()).as(route.id()).isTrue();
                continue;
            }
            assertThat(types)
                    .as(route.id())
                    .isEqualTo(
                            route.takes().lines()
                                    ? new TreeSet<>(Set.of(MediaTypes.JSON, MediaTypes.LINES))
                                    : Set.of(MediaTypes.JSON));
            JsonNode reference =
                    body.path("content").path(MediaTypes.JSON).path("schema").path("$ref");
            assertThat(reference.asString()).isEqualTo("#/components/schemas/" + schema);
        }
    }

    @Test
    void itHasTheRightsOfTheRoutes() {
        for (Route route : service.part(Routes.class).all()) {
            String rights = "[\"" + route.right().word() + "\"]";
            assertThat(operation(route).path("security").toString())
                    .as(route.id())
                    .isEqualTo("[{\"bearer\":" + rights + "},{\"apiKey\":" + rights + "},{}]");
        }
    }

    @Test
    void itHasTheSuccessesOfTheRoutesInTheirForms() {
        for (Route route : service.part(Routes.class).all()) {
            Set<String> types =
                    switch (route.form()) {
                        case JSON -> Set.of(MediaTypes.JSON);
                        case STREAM -> Set.of(MediaTypes.LINES, MediaTypes.EVENTS);
                        case EVENTS -> Set.of(MediaTypes.EVENTS);
                        case TEXT -> Set.of(MediaTypes.TEXT);
                    };
            List<JsonNode> successes = operation(route).path("responses").properties().stream()
                    .filter(response -> response.getKey().startsWith("2"))
                    .map(Map.Entry::getValue)
                    .toList();
            assertThat(successes).as(route.id()).isNotEmpty();
            for (JsonNode success : successes) {
                Set<String> described = Set.copyOf(success.path("content").propertyNames());
                assertThat(described).as(route.id()).isIn(types, Set.of());
            }
        }
    }

    @Test
    void itHasTheProblemsOfTheRoutesWithAnExampleOfEachThatFitsItsSchema() {
        for (Route route : service.part(Routes.class).all()) {
            Map<String, Set<String>> answered = Stream.concat(ALWAYS.stream(), route.problems().stream())
                    .collect(Collectors.groupingBy(
                            type -> Integer.toString(type.status()),
                            TreeMap::new,
                            Collectors.mapping(ProblemType::word, Collectors.toCollection(TreeSet::new))));
            Map<String, Set<String>> described = new TreeMap<>();
            operation(route).path("responses").properties().forEach(response -> {
                JsonNode examples = meant(response.getValue())
                        .path("content")
                        .path("application/problem+json")
                        .path("examples");
                if (!examples.isMissingNode()) {
                    described.put(response.getKey(), new TreeSet<>(examples.propertyNames()));
                    examples.properties()
                            .forEach(example -> assertFits(
                                    example.getKey(), example.getValue().path("value")));
                }
            });
            assertThat(described).as(route.id()).isEqualTo(answered);
        }
    }

    private void assertFits(String word, JsonNode example) {
        String schema = Stream.of(word.split("-", -1))
                        .map(part -> Character.toUpperCase(part.charAt(0)) + part.substring(1))
                        .collect(Collectors.joining())
                + "Problem";
        assertThat(example.isObject()).as(word).isTrue();
        assertThat(checks.fits(schema, example)).as(word).isEmpty();
    }
}
