package dev.motorpool.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.motorpool.job.ProblemType;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** Malicious requests to a service with keys and to one without. */
@ExtendWith(OutputCaptureExtension.class)
@Tag("slow")
class AbuseTest {

    private static final String KEY = "of the test";
    private static final String HOST = "Host: localhost\r\n";
    private static final String KEYED = HOST + "X-API-Key: " + KEY + "\r\n";
    private static final String JSON = "Content-Type: application/json\r\n";
    private static final String ECHO = "{\"function\":\"echo\",\"args\":[1]}";

    /** The smuggled request, if a request were parsed in two ways. */
    private static final String SMUGGLED = "GET /v1/pools HTTP/1.1\r\n" + KEYED + "\r\n";

    private static ServiceExtension.Service keyed;
    private static ServiceExtension.Service open;

    @BeforeAll
    static void start() throws Exception {
        keyed = new ServiceExtension.Service(
                "--motorpool.security.keys.test.sha256=" + TestKeys.hash(KEY),
                "--motorpool.security.keys.test.rights=submit,read,operate",
                "--server.tomcat.connection-timeout=2s");
        open = new ServiceExtension.Service();
    }

    @AfterAll
    static void stop() throws IOException {
        keyed.close();
        open.close();
    }

    private static Answer send(ServiceExtension.Service service, String request) throws IOException {
        try (RawConnection connection = service.client().connect()) {
            return connection
                    .send(request.getBytes(StandardCharsets.ISO_8859_1))
                    .read();
        }
    }

    static Stream<String> disguises() {
        return Stream.of(
                "/v1/../actuator/prometheus",
                "/actuator/health/../prometheus",
                "/actuator/health/..;/prometheus",
                "/actuator/health;/../prometheus",
                "/actuator/health/%2e%2e/prometheus",
                "/actuator/health/%2E%2E%2Fprometheus",
                "/actuator/health%2f..%2fprometheus",
                "/actuator/health/%252e%252e/prometheus",
                "/actuator/health/..%5cprometheus",
                "/actuator/health/..%c0%afprometheus",
                "/swagger-ui/../v3/api-docs",
                "/swagger-ui/..;x=1/v3/api-docs",
                "/swagger-ui//../v1/pools",
                "/swagger-ui/./../v1/pools",
                "/swagger-ui.html/../v1/pools",
                "//v1/pools",
                "/v1//pools",
                "/v1/pools;x=/actuator/health",
                "/v1/pools/%2e/",
                "/V1/pools",
                "/ACTUATOR/health/../prometheus",
                "/Actuator/Prometheus",
                "/%61ctuator/prometheus",
                "/v1/pools?/actuator/health",
                "/v1/pools%3f",
                "/v1/pools#/actuator/health",
                "http://localhost/v1/pools",
                "http://localhost/actuator/prometheus",
                "http://localhost/actuator/health/../prometheus",
                "*",
                "\\v1\\pools",
                "/actuator/health\\..\\prometheus");
    }

    @ParameterizedTest
    @MethodSource("disguises")
    void noPathInDisguiseGetsPastTheKey(String target) throws IOException {
        Answer answer = send(keyed, "GET " + target + " HTTP/1.1\r\n" + HOST + "\r\n");
        assertThat(answer.status()).as(answer.text()).isIn(400, 401, 404);
        assertThat(answer.text()).contains("urn:motorpool:problem:").doesNotContain("jvm_", "\"items\"", "\"paths\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"env", "beans", "heapdump", "threaddump", "loggers", "shutdown", "metrics", "configprops"})
    void theRestOfTheActuatorIsNotThere(String endpoint) throws IOException {
        for (String method : List.of("GET", "POST")) {
            send(keyed, method + " /actuator/" + endpoint + " HTTP/1.1\r\n" + KEYED + "\r\n")
                    .isProblem(ProblemType.UNKNOWN_PATH);
        }
    }

    /** Requests whose end two parsers could see at different places. */
    static Stream<String> ambiguous() {
        String start = "POST /v1/apply HTTP/1.1\r\n" + KEYED + JSON;
        String chunked = "0\r\n\r\n" + SMUGGLED;
        return Stream.of(
                start + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n" + chunked,
                start + "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n" + chunked,
                start + "Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}" + SMUGGLED,
                start + "Content-Length: 2, 3\r\n\r\n{}" + SMUGGLED,
                start + "Content-Length: +2\r\n\r\n{}" + SMUGGLED,
                start + "Content-Length: 0x2\r\n\r\n{}" + SMUGGLED,
                start + "Content-Length: 2 2\r\n\r\n{}" + SMUGGLED,
                start + "Transfer-Encoding: identity, chunked\r\n\r\n" + chunked,
                start + "Transfer-Encoding: xchunked\r\n\r\n" + chunked,
                start + "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n" + chunked,
                start + "Transfer-Encoding : chunked\r\n\r\n" + chunked,
                start + "Transfer-Encoding: chunked\r\n\r\n0x2\r\n{}\r\n" + chunked,
                start + "Transfer-Encoding: chunked\r\n\r\n2;\n{}\r\n" + chunked,
                start + "Content-Length: 2\r\n X: folded\r\n\r\n{}" + SMUGGLED,
                start + "X: a\rContent-Length: 2\r\n\r\n{}" + SMUGGLED,
                start + "X: a\u0000b\r\nContent-Length: 2\r\n\r\n{}" + SMUGGLED);
    }

    @ParameterizedTest
    @MethodSource("ambiguous")
    void aRequestWithTwoReadingsIsTheLastOfItsConnection(String request) throws IOException {
        try (RawConnection connection = keyed.client().connect()) {
            connection.send(request.getBytes(StandardCharsets.ISO_8859_1));
            Answer answer = connection.read();
            assertThat(answer.status()).as(answer.text()).isIn(400, 411, 501, 415);
            assertThat(answer.text()).contains("urn:motorpool:problem:");
            assertThat(connection.atEnd()).as("a second answer").isTrue();
        }
    }

    @Test
    void aFoldedHeaderAndABareLineFeedNeverHideAnother() throws IOException {
        for (String hidden : List.of(
                "X: a\r\n X-API-Key: " + KEY + "\r\n",
                "X: a\r\n\tX-API-Key: " + KEY + "\r\n",
                "X: a\rX-API-Key: " + KEY + "\r\n")) {
            Answer answer = send(keyed, "GET /v1/pools HTTP/1.1\r\n" + HOST + hidden + "\r\n");
            assertThat(answer.status()).isIn(400, 401);
        }
    }

    @Test
    void floodsOfHeadersAreRefused() throws IOException {
        for (String flood : List.of(
                "A: b\r\n".repeat(1_000),
                "A: " + "x".repeat(50_000) + "\r\n",
                "X-API-Key: " + "x".repeat(50_000) + "\r\n")) {
            send(keyed, "GET /v1/pools HTTP/1.1\r\n" + HOST + flood + "\r\n").isProblem(ProblemType.MALFORMED_REQUEST);
        }
        send(keyed, "GET /v1/pools HTTP/1.1\r\n" + KEYED + "\r\n").is(200);
    }

    @Test
    void slowHeadsAndBodiesAreCutAndOthersServedMeanwhile() throws IOException {
        List<RawConnection> slow = new ArrayList<>();
        try {
            for (int i = 0; i < 100; i++) {
                String start = "POST /v1/apply HTTP/1.1\r\n" + KEYED + JSON;
                slow.add(keyed.client().connect().send(i % 2 == 0 ? start : start + "Content-Length: 100\r\n\r\n{"));
            }
            send(
                            keyed,
                            "POST /v1/apply HTTP/1.1\r\n" + KEYED + JSON + "Content-Length: " + ECHO.length()
                                    + "\r\n\r\n" + ECHO)
                    .is(200);
            for (RawConnection connection : slow) {
                connection.read().isProblem(ProblemType.REQUEST_TIMEOUT);
                assertThat(connection.atEnd()).isTrue();
            }
        } finally {
            for (RawConnection connection : slow) {
                connection.close();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://127.0.0.1:%d/v1/pools",
                "http://localhost:%d/v1/pools",
                "http://[::1]:%d/",
                "http://[::ffff:127.0.0.1]:%d/",
                "http://[::ffff:7f00:1]:%d/",
                "http://0.0.0.0:%d/",
                "http://0:%d/",
                "http://127.1:%d/",
                "http://2130706433:%d/",
                "http://0x7f000001:%d/",
                "http://017700000001:%d/",
                "http://169.254.169.254/latest/meta-data",
                "http://10.0.0.1/",
                "http://[fe80::1]/",
                "http://[fd00::1]/",
                "http://[64:ff9b::7f00:1]/",
                "http://user@127.0.0.1:%d/",
                "http://example.org@127.0.0.1:%d/",
                "file:///etc/passwd",
                "gopher://127.0.0.1:%d/",
                "http://127.0.0.1:%d\\@example.org/",
                "http://localhost.:%d/"
            })
    void noAddressOfTheServicesOwnIsFetched(String url) throws IOException {
        String target =
                url.replace("%d", Integer.toString(keyed.client().port())).replace("\\", "\\\\");
        String body = "{\"function\":\"fetch\",\"args\":[\"" + target + "\"],\"timeout\":10}";
        Answer answer = send(
                keyed,
                "POST /v1/apply HTTP/1.1\r\n" + KEYED + JSON + "Content-Length: " + body.length() + "\r\n\r\n" + body);
        assertThat(answer.status()).as(answer.text()).isIn(400, 422);
        assertThat(answer.text()).doesNotContain("\"state\":\"succeeded\"");
    }

    @Test
    void hugeAndDeepJsonIsRefused() throws IOException {
        String deep = "[".repeat(1_000_000) + "]".repeat(1_000_000);
        for (String arguments : List.of(
                deep,
                "{\"a\":".repeat(100_000) + "1" + "}".repeat(100_000),
                "[" + "9".repeat(100_000) + "]",
                "[NaN]")) {
            String body = "{\"function\":\"echo\",\"args\":" + arguments + "}";
            Answer answer = send(
                    keyed,
                    "POST /v1/apply HTTP/1.1\r\n" + KEYED + JSON + "Content-Length: " + body.length() + "\r\n\r\n"
                            + body);
            assertThat(answer.status()).as(answer.text()).isIn(400, 413);
        }
        for (String number : List.of("1e999999999999", "-1e999999999999", "1e-999999999999")) {
            String body = "{\"function\":\"fib\",\"args\":[" + number + "]}";
            send(
                            keyed,
                            "POST /v1/apply HTTP/1.1\r\n" + KEYED + JSON + "Content-Length: " + body.length()
                                    + "\r\n\r\n" + body)
                    .isProblem(ProblemType.INVALID_ARGUMENTS);
        }
        send(keyed, "GET /v1/pools HTTP/1.1\r\n" + KEYED + "\r\n").is(200);
    }

    @Test
    void nobodyWritesLinesIntoTheLog(CapturedOutput output) throws IOException {
        String line = "2026-01-01 ERROR forged";
        for (String escaped : List.of("%0d%0a", "%0a", "%e2%80%a8", "%1b[31m")) {
            send(keyed, "GET /v1/pools/x" + escaped + line.replace(' ', '+') + " HTTP/1.1\r\n" + KEYED + "\r\n");
        }
        String body = "{\"function\":\"x\\r\\n" + line + "\",\"tags\":{\"a\":\"\\n" + line + "\"}}";
        send(
                keyed,
                "POST /v1/apply HTTP/1.1\r\n" + KEYED + JSON + "Content-Length: " + body.length() + "\r\n\r\n" + body);
        send(keyed, "GET /v1/pools HTTP/1.1\r\n" + HOST + "X-API-Key: x\t" + line + "\r\n\r\n");
        send(keyed, "GET /v1/pools HTTP/1.1\r\n" + HOST + "User-Agent: " + line + "\r\n\r\n");
        assertThat(output).doesNotContain("forged");
    }

    @Test
    void noPageOfAnotherSiteUsesAServiceWithoutKeys() throws IOException {
        String length = "Content-Length: " + ECHO.length() + "\r\n";
        for (String headers : List.of(
                HOST + "Origin: http://evil.example\r\n" + JSON,
                HOST + "Origin: null\r\n" + JSON,
                HOST + "Origin: https://localhost\r\n" + JSON,
                HOST + "Origin: http://localhost.evil.example\r\n" + JSON,
                HOST + "Content-Type: text/plain\r\n",
                HOST + "Content-Type: application/x-www-form-urlencoded\r\n",
                HOST + "Content-Type: multipart/form-data; boundary=x\r\n",
                HOST)) {
            Answer answer = send(open, "POST /v1/apply HTTP/1.1\r\n" + headers + length + "\r\n" + ECHO);
            assertThat(answer.status()).as(headers).isIn(403, 415);
            assertThat(answer.header("access-control-allow-origin")).isNull();
        }
        Answer preflight = send(
                open,
                "OPTIONS /v1/apply HTTP/1.1\r\n" + HOST
                        + "Origin: http://evil.example\r\nAccess-Control-Request-Method: POST\r\n\r\n");
        preflight.isProblem(ProblemType.FORBIDDEN);
    }

    @Test
    void noNameThatWasBoundToLoopbackReachesAServiceWithoutKeys() throws IOException {
        for (String host : List.of(
                "evil.example",
                "evil.example:80",
                "localhost.evil.example",
                "127.0.0.1.evil.example",
                "localhost:80@evil.example",
                "2130706433",
                "0.0.0.0",
                "[::]",
                "[::ffff:127.0.0.1]")) {
            for (String target : List.of("/v1/pools", "/actuator/health", "/swagger-ui/index.html", "*")) {
                String method = target.equals("*") ? "OPTIONS " : "GET ";
                Answer answer = send(open, method + target + " HTTP/1.1\r\nHost: " + host + "\r\n\r\n");
                answer.isProblem(ProblemType.MISDIRECTED);
            }
        }
        Answer absolute = send(open, "GET http://evil.example/v1/pools HTTP/1.1\r\nHost: localhost\r\n\r\n");
        assertThat(absolute.status()).isIn(400, 421);
    }
}
