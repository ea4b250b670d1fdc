package dev.motorpool.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.motorpool.job.ProblemType;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.yaml.snakeyaml.Yaml;

/** The checks common to all routes: section 1 of the contract. */
@ExtendWith(ServiceExtension.class)
@Tag("service")
class MannersTest {

    private static final String ECHO = "{\"function\":\"echo\",\"args\":[1]}";

    private static final Set<String> METHODS = Set.of("get", "put", "post", "delete");

    private final CheckedClient client;

    MannersTest(CheckedClient client) {
        this.client = client;
    }

    /** A method and a target of every operation below /v1 in openapi.yaml, which OpenApiTest compares with the routes. */
    @SuppressWarnings("unchecked")
    static Stream<String> routes() throws IOException {
        Map<String, Map<String, Map<String, ?>>> document =
                (Map<String, Map<String, Map<String, ?>>>) new Yaml().load(Files.readString(OpenApiChecks.FILE));
        return Objects.requireNonNull(document.get("paths")).entrySet().stream()
                .filter(path -> path.getKey().startsWith("/v1/"))
                .flatMap(path -> path.getValue().keySet().stream()
                        .filter(METHODS::contains)
                        .map(method -> method.toUpperCase(Locale.ROOT) + " " + target(method, path.getKey())));
    }

    /** Names that exist where the request then does no harm to other tests. */
    private static String target(String method, String path) {
        boolean ends = method.equals("delete") || path.endsWith("/close") || path.endsWith("/terminate");
        return path.replace(
                        "/pools/{name}", ends && !path.contains("/workers/") ? "/pools/nothing" : "/pools/processes")
                .replace("/functions/{name}", "/functions/fib")
                .replaceAll("\\{\\w+}", "none");
    }

    /** The routes that accept no {@code Idempotency-Key}. */
    static Stream<String> routesWithoutKey() throws IOException {
        return routes().filter(route -> !route.endsWith("_async"));
    }

    private CheckedClient.Request request(String route) {
        String[] parts = route.split(" ", 2);
        return client.request(parts[0], parts[1]);
    }

    @ParameterizedTest
    @MethodSource("routes")
    void aForeignHostIsMisdirected(String route) throws IOException {
        request(route).header("Host", "motorpool.example").send().isProblem(ProblemType.MISDIRECTED);
    }

    @ParameterizedTest
    @MethodSource("routes")
    void aForeignOriginIsForbidden(String route) throws IOException {
        Answer answer = request(route).header("Origin", "http://evil.example").send();
        answer.isProblem(ProblemType.FORBIDDEN);
        assertThat(answer.json().path("right").isNull()).isTrue();
    }

    @ParameterizedTest
    @MethodSource("routes")
    void answersThatAreNotAcceptableAreNotSent(String route) throws IOException {
        request(route).header("Accept", "text/html").send().isProblem(ProblemType.NOT_ACCEPTABLE);
    }

    @ParameterizedTest
    @MethodSource("routes")
    void bodiesOfOtherTypesAreNotSupported(String route) throws IOException {
        for (String type :
                List.of("text/plain", "application/x-www-form-urlencoded", "application/json; charset=latin1")) {
            request(route).header("Content-Type", type).body("{}").send().isProblem(ProblemType.UNSUPPORTED_MEDIA_TYPE);
        }
        request(route).header("Content-Type", null).body("{}").send().isProblem(ProblemType.UNSUPPORTED_MEDIA_TYPE);
        request(route)
                .header("Content-Encoding", "gzip")
                .body("{}")
                .send()
                .isProblem(ProblemType.UNSUPPORTED_MEDIA_TYPE);
    }

    @ParameterizedTest
    @MethodSource("routes")
    void bodiesThatAreNotStrictJsonAreRefusedWithTheirPlace(String route) throws IOException {
        request(route).body("{\"a\":1,\"a\":2}").send().isProblem(ProblemType.MALFORMED_REQUEST);
        request(route).body("{\"typo\":1}").send().isProblem(ProblemType.MALFORMED_REQUEST, "/typo");
        request(route).body("[]").send().isProblem(ProblemType.MALFORMED_REQUEST, "");
        request(route).body("{} {}").send().isProblem(ProblemType.MALFORMED_REQUEST);
        request(route).body("\uFEFF{}").send().isProblem(ProblemType.MALFORMED_REQUEST);
        request(route)
                .body(new byte[] {'{', '"', (byte) 0xC0, (byte) 0x80, '"', ':', '1', '}'})
                .send()
                .isProblem(ProblemType.MALFORMED_REQUEST);
    }

    @ParameterizedTest
    @MethodSource("routes")
    void unknownRepeatedAndBadlyEscapedQueryParametersAreRefusedByName(String route) throws IOException {
        request(route + "?nonsense=1").send().isProblem(ProblemType.MALFORMED_REQUEST, "nonsense");
        request(route + "?n%C3%A4=1").send().isProblem(ProblemType.MALFORMED_REQUEST, "nä");
        request(route + "?a%FF=1").send().isProblem(ProblemType.MALFORMED_REQUEST, "a%FF");
    }

    @Test
    void aParameterIsTakenOnce() throws IOException {
        client.get("/v1/pools?limit=1&limit=2").isProblem(ProblemType.MALFORMED_REQUEST, "limit");
        client.get("/v1/pools?limit=%FF").isProblem(ProblemType.MALFORMED_REQUEST, "limit");
    }

    @ParameterizedTest
    @MethodSource("routesWithoutKey")
    void anIdempotencyKeyIsForOtherVerbs(String route) throws IOException {
        request(route)
                .header("Idempotency-Key", "abc")
                .send()
                .isProblem(ProblemType.MALFORMED_REQUEST, "Idempotency-Key");
    }

    @ParameterizedTest
    @MethodSource("routes")
    void otherMethodsAreNotAllowedAndOptionsSayWhichAre(String route) throws IOException {
        String target = route.split(" ", 2)[1];
        Answer refused = client.request("PATCH", target).send().isProblem(ProblemType.METHOD_NOT_ALLOWED);
        Answer options = client.request("OPTIONS", target).send().is(204);
        assertThat(options.header("allow")).isEqualTo(refused.header("allow")).contains("OPTIONS");
        assertThat(options.header("allow")).contains(route.split(" ", 2)[0]);
        client.request("TRACE", target).send().isProblem(ProblemType.METHOD_NOT_ALLOWED);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"/v1/functions", "/v1/functions/fib", "/v1/pools", "/v1/pools/processes/workers", "/v1/jobs"})
    void headIsGetWithoutTheBody(String target) throws IOException {
        Answer head = client.request("HEAD", target).send().is(200);
        assertThat(head.header("content-type")).isEqualTo("application/json");
        assertThat(head.header("content-length")).isNotNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"localhost", "localhost:1", "127.0.0.1", "127.0.0.1:8080", "[::1]", "[::1]:8080", "LOCALHOST"})
    void knownHostsAreTakenWithAnyPort(String host) throws IOException {
        client.request("GET", "/v1/pools").header("Host", host).send().is(200);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "localhost.",
                "localhost:x",
                "localhost:99999",
                "127.0.0.2",
                "::1",
                "0.0.0.0",
                "localhost@evil",
                "",
                "[::1"
            })
    void otherHostsAreMisdirected(String host) throws IOException {
        client.request("GET", "/v1/pools").header("Host", host).send().isProblem(ProblemType.MISDIRECTED);
    }

    @Test
    void exactlyOneHostIsNeeded() throws IOException {
        for (String hosts : List.of("", "Host: localhost\r\nHost: localhost\r\n")) {
            try (RawConnection connection = client.connect()) {
                connection.send("GET /v1/pools HTTP/1.1\r\n" + hosts + "\r\n");
                client.checked("GET", "/v1/pools", connection.read()).isProblem(ProblemType.MISDIRECTED);
            }
        }
        try (RawConnection connection = client.connect()) {
            connection.send("GET /v1/pools HTTP/1.0\r\n\r\n");
            client.checked("GET", "/v1/pools", connection.read()).isProblem(ProblemType.MISDIRECTED);
        }
    }

    @ParameterizedTest
    @MethodSource("routes")
    void requestsThatOtherSitesCauseAreForbidden(String route) throws IOException {
        for (String site : List.of("cross-site", "same-site", "")) {
            request(route).header("Sec-Fetch-Site", site).send().isProblem(ProblemType.FORBIDDEN);
        }
    }

    @Test
    void requestsOfTheServicesOwnPageAreTaken() throws IOException {
        for (String site : List.of("same-origin", "none")) {
            client.request("GET", "/v1/pools")
                    .header("Sec-Fetch-Site", site)
                    .send()
                    .is(200);
        }
        for (String path : List.of("/swagger-ui/index.html", "/actuator/health")) {
            unchecked(client.request("GET", path).header("Sec-Fetch-Site", "cross-site"))
                    .isProblem(ProblemType.FORBIDDEN);
        }
    }

    @ParameterizedTest
    @MethodSource("routes")
    void nothingIsSniffedNorKept(String route) throws IOException {
        Answer answer = request(route).send();
        assertThat(answer.header("x-content-type-options")).isEqualTo("nosniff");
        if (Objects.requireNonNull(answer.header("cache-control")).startsWith("no-cache, no-transform")) {
            assertThat(answer.header("x-accel-buffering")).isEqualTo("no");
        } else {
            assertThat(answer.header("cache-control")).isEqualTo("no-store");
        }
        if (route.contains("/v1/jobs")) {
            assertThat(answer.header("cache-control")).contains("no-store");
        }
    }

    @Test
    void thePageIsInNoFrame() throws IOException {
        for (String path : List.of("/swagger-ui/index.html", "/actuator/health", "/v3/api-docs")) {
            Answer answer = unchecked(client.request("GET", path)).is(200);
            assertThat(answer.header("content-security-policy")).isEqualTo("frame-ancestors 'none'");
            assertThat(answer.header("x-content-type-options")).isEqualTo("nosniff");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "POST, /v1/pools, PUT /v1/pools/{name}",
        "POST, /v1/pools/mine, PUT",
        "POST, /v1/jobs, POST /v1/apply_async",
        "DELETE, /v1/jobs, POST /v1/jobs/cancel",
        "POST, /v1/functions/fib, POST /v1/apply"
    })
    void aWrongMethodIsToldWhatWasMeant(String method, String path, String meant) throws IOException {
        Answer refused = client.request(method, path).send().isProblem(ProblemType.METHOD_NOT_ALLOWED);
        assertThat(refused.json().path("detail").asString()).contains("use " + meant);
    }

    @Test
    void theServicesOwnOriginIsTaken() throws IOException {
        String host = "localhost:" + client.port();
        client.request("GET", "/v1/pools")
                .header("Origin", "http://" + host)
                .send()
                .is(200);
        client.request("GET", "/v1/pools").header("Origin", "null").send().isProblem(ProblemType.FORBIDDEN);
        client.request("GET", "/v1/pools")
                .header("Origin", "http://localhost:1")
                .send()
                .isProblem(ProblemType.FORBIDDEN);
        client.request("GET", "/v1/pools")
                .header("Origin", "https://" + host)
                .send()
                .isProblem(ProblemType.FORBIDDEN);
        client.request("GET", "/v1/pools")
                .header("Host", "localhost:80")
                .header("Origin", "http://localhost")
                .send()
                .is(200);
        client.request("OPTIONS", "/v1/pools")
                .header("Origin", "http://evil")
                .send()
                .isProblem(ProblemType.FORBIDDEN);
    }

    @Test
    void optionsOfTheWholeServiceAreForKnownCallersToo() throws IOException {
        Answer options = unchecked(client.request("OPTIONS", "*")).is(204);
        assertThat(options.header("allow")).contains("OPTIONS", "POST").doesNotContain("TRACE");
        client.request("OPTIONS", "*").header("Host", "evil.example").send().isProblem(ProblemType.MISDIRECTED);
        client.request("OPTIONS", "*")
                .header("Origin", "http://evil.example")
                .send()
                .isProblem(ProblemType.FORBIDDEN);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/actuator/nope",
                "/actuator/health/nope",
                "/actuator/health/liveness/nope",
                "/actuator/prometheus/nope",
                "/actuator/info/nope",
                "/v3/api-docs/nope",
                "/v3/api-docs.yaml/nope",
                "/swagger-ui/nope",
                "/swagger-ui/nope/index.html",
                "/swagger-ui.html/nope",
                "/actuator/",
                "/v3/api-docs/",
                "/swagger-ui/"
            })
    void whatIsNotThereOutsideTheApiIsAProblemToo(String target) throws IOException {
        client.get(target).isProblem(ProblemType.UNKNOWN_PATH);
        Answer head = client.request("HEAD", target).send().is(404);
        assertThat(head.header("content-type")).isEqualTo("application/problem+json");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/actuator",
                "/actuator/health",
                "/actuator/health/readiness",
                "/actuator/prometheus",
                "/v3/api-docs",
                "/v3/api-docs.yaml",
                "/swagger-ui/index.html"
            })
    void whatIsThereOutsideTheApiTakesNoOtherMethods(String target) throws IOException {
        unchecked(client.request("GET", target)).is(200);
        for (String method : List.of("POST", "PUT", "DELETE", "PATCH", "TRACE", "NONSENSE")) {
            unchecked(client.request(method, target)).isProblem(ProblemType.METHOD_NOT_ALLOWED);
        }
        assertThat(unchecked(client.request("OPTIONS", target)).is(204).header("allow"))
                .isEqualTo("GET, HEAD, OPTIONS");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/actuator/health", "/v3/api-docs.yaml", "/swagger-ui/index.html"})
    void whatNoRouteTakesIsNotTakenOutsideTheApiEither(String target) throws IOException {
        withBody(target, "application/json", "").is(200);
        withBody(target, "text/plain", "{}").isProblem(ProblemType.UNSUPPORTED_MEDIA_TYPE);
        // No more of the body is read than needed: the caller may have no key.
        withBody(target, "application/json", "{}").is(200);
        withBody(target, "application/json", "{\"a\":1}").isProblem(ProblemType.MALFORMED_REQUEST, "");
        withBody(target, "application/json", "{ ").isProblem(ProblemType.MALFORMED_REQUEST, "");
        withBody(target, "application/json", "{").isProblem(ProblemType.MALFORMED_REQUEST, "");
        unchecked(client.request("GET", target).header("Idempotency-Key", "a"))
                .isProblem(ProblemType.MALFORMED_REQUEST, "Idempotency-Key");
    }

    private Answer withBody(String target, String type, String body) throws IOException {
        try (RawConnection connection = client.connect()) {
            return connection
                    .send("GET " + target + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: " + type
                            + "\r\nContent-Length: " + body.length() + "\r\n\r\n" + body)
                    .read();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/actuator/health", "/actuator/prometheus", "/v3/api-docs"})
    void whatIsNotAcceptableOutsideTheApiIsAProblemToo(String target) throws IOException {
        for (String accept : List.of("image/png", "nonsense")) {
            unchecked(client.request("GET", target).header("Accept", accept)).isProblem(ProblemType.NOT_ACCEPTABLE);
        }
    }

    /** Sends a request that is not part of the published API. */
    private Answer unchecked(CheckedClient.Request request) throws IOException {
        try (RawConnection connection = client.connect()) {
            return connection.send(request.head()).read();
        }
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "/v1/aply,/v1/apply",
                "/v1/pool,/v1/pools",
                "/,-",
                "/v1,-",
                "/v1/,-",
                "/v1//apply,/v1/apply",
                "/v1/apply/,/v1/apply",
                "/v1/apply;x=1,-",
                "/nothing/like/it,-",
                "/error,-",
                "/index.html,-",
                "/actuatorx,-",
                "/actuator/nothing,-"
            })
    void unknownPathsAreToldWithTheNearestKnownOne(String target, @Nullable String nearest) throws IOException {
        Answer answer = client.get(target).isProblem(ProblemType.UNKNOWN_PATH);
        assertThat(answer.json().path("name").asString()).isEqualTo(target);
        if (nearest != null) {
            assertThat(answer.json().path("suggestion").asString()).isEqualTo(nearest);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "*/*",
                "application/*",
                "application/json",
                "text/html, */*;q=0.1",
                "application/json;q=0.5, text/html",
                ""
            })
    void jsonIsAcceptedInManyWays(String accept) throws IOException {
        client.request("GET", "/v1/pools").header("Accept", accept).send().is(200);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "application/json;q=0, */*",
                "text/*",
                "application/xml",
                "application/problem+json",
                "*/*;q=0",
                "nonsense"
            })
    void jsonIsRefusedInManyWays(String accept) throws IOException {
        client.request("GET", "/v1/pools").header("Accept", accept).send().isProblem(ProblemType.NOT_ACCEPTABLE);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"application/json", "Application/JSON;charset=UTF-8", "application/json; charset=\"utf-8\""})
    void jsonIsSentInManyWays(String type) throws IOException {
        client.request("POST", "/v1/apply")
                .header("Content-Type", type)
                .body(ECHO)
                .send()
                .is(200);
    }

    @Test
    void routesWithoutABodyTakeNoneOrAnEmptyObject() throws IOException {
        client.get("/v1/pools").is(200);
        client.request("GET", "/v1/pools").body(" {} ").send().is(200);
        client.request("GET", "/v1/pools").body("").send().is(200);
        client.request("POST", "/v1/pools/threads/resume").body("{}").send().is(200);
    }

    @Test
    void formsAreNeverReadAsParameters() throws IOException {
        client.request("PUT", "/v1/pools/threads")
                .header("Content-Type", "application/x-www-form-urlencoded")
                .body("size=1")
                .send()
                .isProblem(ProblemType.UNSUPPORTED_MEDIA_TYPE);
    }

    @Test
    void everyAnswerKeepsTheConnectionWhereNothingIsLeftUnread() throws IOException {
        try (RawConnection connection = client.connect()) {
            for (int i = 0; i < 3; i++) {
                connection.send("GET /v1/nothing HTTP/1.1\r\nHost: localhost\r\n\r\n");
                connection.read().isProblem(ProblemType.UNKNOWN_PATH);
                connection.send("POST /v1/apply HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n{}");
                connection.read().isProblem(ProblemType.UNSUPPORTED_MEDIA_TYPE);
                byte[] body = ECHO.getBytes(StandardCharsets.UTF_8);
                connection.send("POST /v1/apply HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                        + "Content-Length: " + body.length + "\r\n\r\n");
                connection.send(body);
                connection.read().is(200);
            }
        }
    }
}
