package dev.motorpool.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.motorpool.job.ProblemType;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests that are invalid HTTP, too large or too slow, and the ends of their connections. */
@ExtendWith(ServiceExtension.class)
@Tag("slow")
class TransportTest {

    private static final String POST =
            "POST /v1/apply HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n";
    private static final String ECHO = "{\"function\":\"echo\",\"args\":[1]}";

    private final CheckedClient client;

    TransportTest(CheckedClient client) {
        this.client = client;
    }

    static List<String> malformed() {
        return List.of(
                "G@T /v1/pools HTTP/1.1\r\nHost: localhost\r\n\r\n",
                "GET /v1/pools HTTP/1.7x\r\nHost: localhost\r\n\r\n",
                "GET /v1/po{}ols HTTP/1.1\r\nHost: localhost\r\n\r\n",
                "GET /v1/pools?a=\"b\" HTTP/1.1\r\nHost: localhost\r\n\r\n",
                "GET /v1/%zz HTTP/1.1\r\nHost: localhost\r\n\r\n",
                "GET /v1/%2fpools HTTP/1.1\r\nHost: localhost\r\n\r\n",
                "GET /v1/../../x HTTP/1.1\r\nHost: localhost\r\n\r\n",
                "GET /v1/%00 HTTP/1.1\r\nHost: localhost\r\n\r\n",
                "GET v1/pools HTTP/1.1\r\nHost: localhost\r\n\r\n",
                "GET http://evil.example/v1/pools HTTP/1.1\r\nHost: localhost\r\n\r\n",
                "CONNECT localhost:80 HTTP/1.1\r\nHost: localhost:80\r\n\r\n",
                "GET /v1/pools HTTP/1.1\r\nHost: localhost\r\nA: " + "x".repeat(100_000) + "\r\n\r\n",
                "GET /v1/pools HTTP/1.1\r\nHost: localhost\r\n" + "A: b\r\n".repeat(1000) + "\r\n",
                "GET /" + "x".repeat(100_000) + " HTTP/1.1\r\nHost: localhost\r\n\r\n",
                POST + "Content-Length: 5\r\nContent-Length: 6\r\n\r\n{}{}{}",
                POST + "Content-Length: -1\r\n\r\n",
                POST + "Content-Length: x\r\n\r\n",
                POST + "Content-Length: 99999999999999999999\r\n\r\n",
                POST + "Transfer-Encoding: gzip\r\n\r\n",
                POST + "Transfer-Encoding: chunked, chunked\r\n\r\n",
                POST + "Transfer-Encoding: chunked\r\n\r\nzz\r\n",
                POST + "Transfer-Encoding: chunked\r\n\r\n-1\r\n",
                POST + "Transfer-Encoding: chunked\r\n\r\n2\r\n{}xx\r\n0\r\n\r\n",
                "\u0016\u0003\u0001garbage\r\n\r\n");
    }

    static List<String> unreadable() {
        return List.of(
                "GET /v1/p\u00e4ols HTTP/1.1\r\nHost: localhost\r\n\r\n",
                "GET /v1/po ols HTTP/1.1\r\nHost: localhost\r\n\r\n",
                "GET /" + "x".repeat(20_000) + " HTTP/1.1\r\nHost: localhost\r\n\r\n",
                "GET /v1/pools HTTP/1.1\r\nA: " + "x".repeat(20_000) + "\r\nHost: localhost\r\n\r\n",
                "\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003hello",
                "G@T /v1/pools HTTP/1.1\r\nHost: localhost\r\n\r\n");
    }

    @ParameterizedTest
    @MethodSource("unreadable")
    void aHeadThatCannotBeReadIsMalformed(String request) throws IOException {
        try (RawConnection connection = client.connect()) {
            connection.send(request.getBytes(StandardCharsets.ISO_8859_1));
            connection.read().isProblem(ProblemType.MALFORMED_REQUEST);
            assertThat(connection.atEnd()).isTrue();
        }
    }

    @ParameterizedTest
    @MethodSource("malformed")
    void whatIsNoHttpIsAProblemAndTheConnectionEnds(String request) throws IOException {
        try (RawConnection connection = client.connect()) {
            connection.send(request);
            Answer answer = connection.read();
            assertThat(answer.header("content-type")).as(answer.text()).isEqualTo("application/problem+json");
            assertThat(answer.status()).isBetween(400, 421);
            assertThat(answer.text()).doesNotContain("\\tat ", "org.apache");
        }
    }

    @Test
    void theOldestHttpHasNoHostAndIsMisdirected() throws IOException {
        try (RawConnection connection = client.connect()) {
            connection.send("GET /v1/pools\r\n\r\n");
            String all = new String(connection.socket().getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(all).startsWith("{\"type\":\"urn:motorpool:problem:misdirected\"");
        }
    }

    @Test
    void aBodyThatSaysItIsTooLargeIsNotReadFirst() throws IOException {
        try (RawConnection connection = client.connect()) {
            connection.send(POST + "Content-Length: 16777217\r\n\r\n");
            Answer answer = client.checked("POST", "/v1/apply", connection.read());
            answer.isProblem(ProblemType.CONTENT_TOO_LARGE);
            assertThat(answer.json().path("limit").asInt()).isEqualTo(16 << 20);
            assertThat(answer.header("connection")).isEqualTo("close");
            assertThat(connection.atEnd()).isTrue();
        }
    }

    @Test
    void aBodyThatIsTooLargeButSentAllTheSameGetsItsAnswer() throws IOException {
        byte[] much = new byte[20 << 20];
        try (RawConnection connection = client.connect()) {
            connection
                    .send(POST + "Content-Length: " + much.length + "\r\n\r\n")
                    .send(much);
            client.checked("POST", "/v1/apply", connection.read()).isProblem(ProblemType.CONTENT_TOO_LARGE);
        }
    }

    @Test
    void aBodyThatTurnsOutTooLargeIsCutOff() throws IOException {
        try (RawConnection connection = client.connect()) {
            connection.send(POST + "Transfer-Encoding: chunked\r\n\r\n");
            String chunk = "100000\r\n" + " ".repeat(1 << 20) + "\r\n";
            for (int i = 0; i < 17; i++) {
                connection.send(chunk);
            }
            client.checked("POST", "/v1/apply", connection.read()).isProblem(ProblemType.CONTENT_TOO_LARGE);
            assertThat(connection.atEnd()).isTrue();
        }
    }

    @Test
    void aBodyOfTheGreatestLengthIsTaken() throws IOException {
        String text = "x".repeat((16 << 20) - ECHO.length() - 1);
        client.apply(ECHO.replace("1", '"' + text + '"')).is(200);
    }

    @Test
    void whoAsksFirstIsRefusedWithoutBeingToldToGoOn() throws IOException {
        try (RawConnection connection = client.connect()) {
            connection.send(POST + "Expect: 100-continue\r\nContent-Length: 16777217\r\n\r\n");
            int first = connection.socket().getInputStream().read();
            assertThat((char) first).isEqualTo('H');
            byte[] status = connection.socket().getInputStream().readNBytes(11);
            assertThat(new String(status, StandardCharsets.US_ASCII)).isEqualTo("TTP/1.1 413");
        }
        try (RawConnection connection = client.connect()) {
            connection.send(POST + "Expect: 100-continue\r\nContent-Length: " + ECHO.length() + "\r\n\r\n");
            byte[] status = connection.socket().getInputStream().readNBytes(12);
            assertThat(new String(status, StandardCharsets.US_ASCII)).isEqualTo("HTTP/1.1 100");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"Content-Length: 100\r\n\r\n{", "Transfer-Encoding: chunked\r\n\r\n5\r\n{"})
    void aSlowSenderIsTimedOut(String rest) throws IOException {
        long before = System.nanoTime();
        try (RawConnection connection = client.connect()) {
            connection.send(POST + rest);
            client.checked("POST", "/v1/apply", connection.read()).isProblem(ProblemType.REQUEST_TIMEOUT);
            assertThat(connection.atEnd()).isTrue();
        }
        assertThat(Duration.ofNanos(System.nanoTime() - before))
                .isBetween(Duration.ofMillis(1900), Duration.ofSeconds(20));
    }

    @Test
    void aSenderOfOneByteAtATimeIsTimedOutAsWell() throws Exception {
        long before = System.nanoTime();
        try (RawConnection connection = client.connect()) {
            connection.send(POST + "Content-Length: 100\r\n\r\n");
            connection.socket().setSoTimeout(100);
            Answer answer = null;
            while (answer == null) {
                try {
                    connection.send(" ");
                    answer = connection.read();
                } catch (SocketTimeoutException notYet) {
                    assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(20));
                }
            }
            answer.isProblem(ProblemType.REQUEST_TIMEOUT);
        }
    }

    @Test
    void aBodyThatIsCutIsMalformed() throws IOException {
        for (String rest : List.of("Content-Length: 100\r\n\r\n{", "Transfer-Encoding: chunked\r\n\r\n5\r\n{")) {
            try (RawConnection connection = client.connect()) {
                connection.send(POST + rest);
                connection.socket().shutdownOutput();
                client.checked("POST", "/v1/apply", connection.read()).isProblem(ProblemType.MALFORMED_REQUEST);
                assertThat(connection.atEnd()).isTrue();
            }
        }
    }

    @Test
    void aRefusalThatLeavesTheBodyUnreadEndsTheConnection() throws IOException {
        try (RawConnection connection = client.connect()) {
            connection.send("POST /v1/nothing HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{");
            Answer answer = connection.read().isProblem(ProblemType.UNKNOWN_PATH);
            assertThat(answer.header("connection")).isEqualTo("close");
            assertThat(connection.atEnd()).isTrue();
        }
    }

    @Test
    void headersThatNeverEndCostNoThreadAndEndTheConnection() throws IOException {
        List<RawConnection> slow = new ArrayList<>();
        try {
            for (int i = 0; i < 50; i++) {
                slow.add(client.connect().send("GET /v1/pools HTTP/1.1\r\nHost: loc"));
            }
            client.get("/v1/pools").is(200);
        } finally {
            for (RawConnection connection : slow) {
                connection.close();
            }
        }
    }
}
