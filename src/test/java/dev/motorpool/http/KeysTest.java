package dev.motorpool.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.motorpool.http.problem.Right;
import dev.motorpool.job.ProblemType;
import dev.motorpool.testing.Eventually;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import tools.jackson.databind.JsonNode;

/** A service with API keys, and the rights of each key. */
@ExtendWith(OutputCaptureExtension.class)
@Tag("service")
class KeysTest {

    private static final Pattern ROW = Pattern.compile("(?m)^\\| `([A-Z]+) (\\S+)` \\| (\\w+) \\|$");
    private static final String ECHO = "{\"function\":\"echo\",\"args\":[1]}";
    private static final int SHARE = 4;

    private static ServiceExtension.Service service;

    @BeforeAll
    static void start() {
        List<String> settings = new ArrayList<>(List.of("--motorpool.http.requests-per-caller=" + SHARE));
        for (Right right : Right.values()) {
            settings.addAll(TestKeys.settings(right.word(), right.word(), secret(right)));
        }
        settings.addAll(TestKeys.settings("all", "submit,read,operate", "the old one", "the new one"));
        service = new ServiceExtension.Service(settings.toArray(String[]::new));
    }

    @AfterAll
    static void stop() throws IOException {
        service.close();
    }

    private static String secret(Right right) {
        return "secret of " + right.word();
    }

    private static CheckedClient.Request request(String method, String target, Right right) {
        return service.client().request(method, target).header("X-API-Key", secret(right));
    }

    /** The right that each operation of the published document requires; empty if none. */
    private static Map<String, String> published() throws IOException {
        Map<String, String> rights = new TreeMap<>();
        JsonNode paths = new OpenApiChecks(OpenApiChecks.FILE).document().path("paths");
        paths.properties().forEach(path -> path.getValue().properties().forEach(operation -> {
            JsonNode security = operation.getValue().path("security");
            String right = security.isEmpty()
                    ? "none"
                    : security.get(0).path("bearer").get(0).asString();
            rights.put(operation.getKey().toUpperCase(Locale.ROOT) + " " + path.getKey(), right);
        }));
        return rights;
    }

    @Test
    void theTableOfRightsIsThatOfThePublishedDocument() throws IOException {
        Map<String, String> table = new TreeMap<>();
        Matcher rows = ROW.matcher(Files.readString(Path.of("docs/security.md")));
        while (rows.find()) {
            table.put(rows.group(1) + " " + rows.group(2), rows.group(3));
        }
        assertThat(table).isEqualTo(published());
    }

    @Test
    void everyRouteIsOpenToThoseWhoHaveItsRightAndToNobodyElse() throws IOException {
        Map<String, Integer> wrong = new LinkedHashMap<>();
        Set<String> seen = new TreeSet<>();
        for (Map.Entry<String, String> route : published().entrySet()) {
            String[] parts = route.getKey().replaceAll("\\{\\w+}", "none").split(" ", 2);
            seen.add(route.getValue());
            int without = plain(service.client().request(parts[0], parts[1])).status();
            if ((without == 401) == route.getValue().equals("none")) {
                wrong.put(route.getKey() + " without a key", without);
            }
            for (Right right : Right.values()) {
                int status = plain(request(parts[0], parts[1], right)).status();
                boolean open =
                        route.getValue().equals("none") || route.getValue().equals(right.word());
                if ((status == 403) == open || status == 401) {
                    wrong.put(route.getKey() + " with " + right.word(), status);
                }
            }
        }
        assertThat(wrong).isEmpty();
        assertThat(seen).containsExactly("none", "operate", "read", "submit");
    }

    private static Answer plain(CheckedClient.Request request) throws IOException {
        try (RawConnection connection = service.client().connect()) {
            return connection.send(request.head()).read();
        }
    }

    @Test
    void aRefusalNamesTheRightAndHowToSendAKey() throws IOException {
        Answer none = service.client().apply(ECHO).isProblem(ProblemType.UNAUTHORIZED);
        assertThat(none.header("www-authenticate")).startsWith("Bearer");
        assertThat(none.json().path("right").asString()).isEqualTo("submit");
        Answer other =
                request("POST", "/v1/apply", Right.READ).body(ECHO).send().isProblem(ProblemType.FORBIDDEN);
        assertThat(other.json().path("right").asString()).isEqualTo("submit");
        assertThat(other.header("www-authenticate")).isNull();
        request("POST", "/v1/apply", Right.SUBMIT).body(ECHO).send().is(200);
    }

    @ParameterizedTest
    @CsvSource({
        "Authorization, Bearer the new one, 200",
        "Authorization, bearer the old one, 200",
        "authorization, BEARER   the old one, 200",
        "X-API-Key, the new one, 200",
        "x-api-key, the old one, 200",
        "X-API-Key, The new one, 401",
        "X-API-Key, the new, 401",
        "X-API-Key, the new one and more, 401",
        "X-API-Key, Bearer the new one, 401",
        "X-API-Key, '', 401",
        "Authorization, the new one, 401",
        "Authorization, Basic dGhlIG5ldyBvbmU=, 401",
        "Authorization, Bearer, 401",
        "Authorization, Bearer all, 401",
    })
    void aKeyIsSentInOneOfTwoHeaders(String header, String value, int status) throws IOException {
        service.client()
                .request("GET", "/v1/pools")
                .header(header, value)
                .send()
                .is(status);
    }

    @Test
    void theHashIsNoKey() throws IOException {
        service.client()
                .request("GET", "/v1/pools")
                .header("X-API-Key", TestKeys.hash("the new one"))
                .send()
                .isProblem(ProblemType.UNAUTHORIZED);
    }

    @Test
    void aKeyIsSentOnce() throws IOException {
        for (String headers : List.of(
                "X-API-Key: the new one\r\nX-API-Key: the new one",
                "X-API-Key: the new one\r\nAuthorization: Bearer the new one",
                "Authorization: Bearer the new one\r\nAuthorization: Bearer the new one")) {
            try (RawConnection connection = service.client().connect()) {
                connection.send("GET /v1/pools HTTP/1.1\r\nHost: localhost\r\n" + headers + "\r\n\r\n");
                connection.read().isProblem(ProblemType.UNAUTHORIZED);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/actuator/health",
                "/actuator/health/liveness",
                "/actuator/health/readiness",
                "/swagger-ui/index.html",
                "/swagger-ui/swagger-ui.css",
                "/swagger-ui/swagger-initializer.js"
            })
    void whatIsOpenNeedsNoKey(String target) throws IOException {
        plain(service.client().request("GET", target)).is(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Content-Length: 1000000", "Transfer-Encoding: chunked"})
    void whatNeedsNoKeyReadsNoBody(String length) throws IOException {
        for (String target : List.of("/actuator/health", "/swagger-ui/index.html")) {
            try (RawConnection connection = service.client().connect()) {
                // Refused before any part of the body has arrived.
                Answer refused = connection
                        .send("GET " + target + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                                + length + "\r\n\r\n")
                        .read();
                refused.isProblem(ProblemType.MALFORMED_REQUEST);
                assertThat(refused.header("connection")).isEqualTo("close");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/actuator",
                "/actuator/prometheus",
                "/actuator/info",
                "/v3/api-docs",
                "/v3/api-docs.yaml",
                "/v3/api-docs/swagger-config"
            })
    void theRestNeedsReading(String target) throws IOException {
        plain(service.client().request("GET", target)).isProblem(ProblemType.UNAUTHORIZED);
        plain(request("GET", target, Right.SUBMIT)).isProblem(ProblemType.FORBIDDEN);
        plain(request("GET", target, Right.OPERATE)).isProblem(ProblemType.FORBIDDEN);
        assertThat(plain(request("GET", target, Right.READ)).status()).isNotIn(401, 403);
    }

    @ParameterizedTest
    @EnumSource(Right.class)
    void anyKeyIsToldWhatThereIsNot(Right right) throws IOException {
        request("GET", "/v1/nothing", right).send().isProblem(ProblemType.UNKNOWN_PATH);
        request("PATCH", "/v1/apply", right).send().isProblem(ProblemType.METHOD_NOT_ALLOWED);
        request("OPTIONS", "/v1/apply", right).send().is(204);
    }

    @Test
    void withoutAKeyNothingIsTold() throws IOException {
        for (String target : List.of("/v1/nothing", "/", "/actuator/env", "/error")) {
            plain(service.client().request("GET", target)).isProblem(ProblemType.UNAUTHORIZED);
        }
        plain(service.client().request("PATCH", "/v1/apply")).isProblem(ProblemType.UNAUTHORIZED);
        plain(service.client().request("OPTIONS", "/v1/apply")).isProblem(ProblemType.UNAUTHORIZED);
        plain(service.client().request("OPTIONS", "*")).isProblem(ProblemType.UNAUTHORIZED);
    }

    @Test
    void theBodyIsNotReadBeforeTheKey() throws IOException {
        try (RawConnection connection = service.client().connect()) {
            String length = "1000000";
            connection.send("POST /v1/apply HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                    + "Expect: 100-continue\r\nContent-Length: " + length + "\r\n\r\n");
            byte[] status = connection.socket().getInputStream().readNBytes(12);
            assertThat(new String(status, StandardCharsets.US_ASCII)).isEqualTo("HTTP/1.1 401");
        }
    }

    @Test
    void aServiceWithKeysIsCalledByAnyName() throws IOException {
        request("GET", "/v1/pools", Right.READ)
                .header("Host", "motorpool.example:8443")
                .send()
                .is(200);
        request("GET", "/v1/pools", Right.READ)
                .header("Origin", "https://other.example")
                .send()
                .is(200);
        request("GET", "/v1/pools", Right.READ).header("Host", "a:b:c").send().isProblem(ProblemType.MISDIRECTED);
    }

    @Test
    void anIdempotencyKeyBelongsToItsApiKey() throws IOException {
        Answer first = detach("the old one").is(202);
        Answer again = detach("the new one").is(200);
        assertThat(again.json().path("id")).isEqualTo(first.json().path("id"));
        Answer other = detach(secret(Right.SUBMIT)).is(202);
        assertThat(other.json().path("id")).isNotEqualTo(first.json().path("id"));
    }

    private static Answer detach(String secret) throws IOException {
        return service.client()
                .request("POST", "/v1/apply_async")
                .header("X-API-Key", secret)
                .header("Idempotency-Key", "monday")
                .body(ECHO)
                .send();
    }

    @Test
    void aKeyHasItsShareOfWhatRunsAtOnceAndOthersTheirs() throws IOException {
        List<RawConnection> waiting = new ArrayList<>();
        try {
            for (int i = 0; i < SHARE; i++) {
                waiting.add(service.client().connect().send(withoutBody()));
                byte[] status = waiting.get(i).socket().getInputStream().readNBytes(12);
                assertThat(new String(status, StandardCharsets.US_ASCII)).isEqualTo("HTTP/1.1 100");
            }
            Answer refused =
                    request("POST", "/v1/apply", Right.SUBMIT).body(ECHO).send().isProblem(ProblemType.LIMIT_REACHED);
            assertThat(refused.json().path("limit").asString()).isEqualTo("requests");
            assertThat(refused.json().path("detail").asString()).contains("motorpool.http.requests-per-caller");
            assertThat(refused.header("retry-after")).isNotNull();
            service.client()
                    .request("POST", "/v1/apply")
                    .header("X-API-Key", "the new one")
                    .body(ECHO)
                    .send()
                    .is(200);
            waiting.removeFirst().close();
            Eventually.within(Duration.ofSeconds(10), () -> assertThat(status()).isEqualTo(200));
        } finally {
            for (RawConnection connection : waiting) {
                connection.close();
            }
        }
    }

    private static int status() {
        try {
            return request("POST", "/v1/apply", Right.SUBMIT).body(ECHO).send().status();
        } catch (IOException refused) {
            return 0;
        }
    }

    /** A request that is in progress until its body arrives. */
    private static String withoutBody() {
        return "POST /v1/apply HTTP/1.1\r\nHost: localhost\r\nX-API-Key: " + secret(Right.SUBMIT)
                + "\r\nContent-Type: application/json\r\nExpect: 100-continue\r\nContent-Length: 10\r\n\r\n";
    }

    @Test
    void theSwaggerPageAsksForAKeyAndKnowsWhereKeysGo() throws IOException {
        String script = plain(service.client().request("GET", "/swagger-ui/swagger-initializer.js"))
                .is(200)
                .text();
        assertThat(script)
                .contains("../v3/api-docs", "X-API-Key", "preauthorizeApiKey")
                .doesNotContain("petstore");
        JsonNode document =
                plain(request("GET", "/v3/api-docs", Right.READ)).is(200).json();
        JsonNode schemes = document.at("/components/securitySchemes");
        assertThat(schemes.at("/bearer/scheme").asString()).isEqualTo("bearer");
        assertThat(schemes.at("/apiKey/name").asString()).isEqualTo("X-API-Key");
    }

    @Test
    void noKeyIsEverLogged(CapturedOutput output) throws IOException {
        for (String secret : List.of(secret(Right.READ), "the new one", "a wrong one")) {
            service.client()
                    .request("GET", "/v1/pools")
                    .header("X-API-Key", secret)
                    .send();
            service.client()
                    .request("POST", "/v1/apply")
                    .header("Authorization", "Bearer " + secret)
                    .body("{")
                    .send();
        }
        assertThat(output).doesNotContain("secret of", "the new one", "a wrong one");
    }
}
