package dev.motorpool.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;

/** The committed {@code openapi.yaml} is what the service says of itself. */
@ExtendWith(ServiceExtension.class)
class OpenApiTest {

    private static final boolean RENEW = Boolean.getBoolean("openapi.renew");

    private final ServiceExtension.Service service;

    OpenApiTest(ServiceExtension.Service service) {
        this.service = service;
    }

    @Test
    void theCommittedDocumentIsThatOfTheRunningService() throws IOException {
        try (RawConnection connection = service.client().connect()) {
            connection.send("GET /v3/api-docs.yaml HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
            Answer answer = connection.read();
            assertThat(answer.status()).isEqualTo(200);
            if (RENEW) {
                Files.writeString(OpenApiChecks.FILE, answer.text());
            }
            assertThat(answer.text())
                    .as("renew openapi.yaml: ./mvnw -q test -Dtest=OpenApiTest -Dopenapi.renew=true")
                    .isEqualTo(Files.readString(OpenApiChecks.FILE));
        }
    }

    @Test
    void describesEveryRoute() throws IOException {
        JsonNode paths = new OpenApiChecks(OpenApiChecks.FILE).document().path("paths");
        for (Route route : service.part(Routes.class).all()) {
            JsonNode operation =
                    paths.path(route.template()).path(route.method().toLowerCase(Locale.ROOT));
            assertThat(operation.path("operationId").asString()).isEqualTo(route.id());
            assertThat(operation.path("responses").isEmpty()).isFalse();
        }
    }

    @Test
    void everyRouteTakesTheHeadersOfTraces() throws IOException {
        JsonNode document = new OpenApiChecks(OpenApiChecks.FILE).document();
        for (Route route : service.part(Routes.class).all()) {
            List<String> optional = new ArrayList<>();
            for (JsonNode parameter : document.path("paths")
                    .path(route.template())
                    .path(route.method().toLowerCase(Locale.ROOT))
                    .path("parameters")) {
                JsonNode meant = parameter.has("$ref")
                        ? document.at(parameter.path("$ref").asString().substring(1))
                        : parameter;
                if (meant.path("in").asString().equals("header")
                        && !meant.path("required").asBoolean()) {
                    optional.add(meant.path("name").asString());
                }
            }
            assertThat(optional).as(route.id()).contains("traceparent", "tracestate");
        }
    }

    @Test
    void everyProblemThatARouteCanAnswerWithHasAnExampleThatFitsItsSchema() throws IOException {
        OpenApiChecks checks = new OpenApiChecks(OpenApiChecks.FILE);
        for (Route route : service.part(Routes.class).all()) {
            for (ProblemType type : Stream.concat(ProblemDocument.always(), route.problems().stream())
                    .toList()) {
                JsonNode operation = checks.document()
                        .path("paths")
                        .path(route.template())
                        .path(route.method().toLowerCase(Locale.ROOT));
                JsonNode example = checks.response(operation, type.status())
                        .path("content")
                        .path("application/problem+json")
                        .path("examples")
                        .path(type.word())
                        .path("value");
                assertThat(example.isObject()).as("%s of %s", type, route.id()).isTrue();
                assertThat(checks.fits(ProblemDocument.schemaName(type), example))
                        .as("%s", type)
                        .isEmpty();
            }
        }
    }
}
