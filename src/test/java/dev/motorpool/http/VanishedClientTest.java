package dev.motorpool.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.motorpool.http.ServiceExtension.Service;
import dev.motorpool.http.server.ClientWatch;
import dev.motorpool.pool.PoolView;
import dev.motorpool.pool.Pools;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients that disconnect while they wait, and clients that pipeline requests. */
@ExtendWith(ServiceExtension.class)
@Tag("slow")
class VanishedClientTest {

    private static final String POOL = "/v1/pools/watched";
    private static final Duration SOON = Duration.ofSeconds(2);
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final CheckedClient client;
    private final Service service;

    VanishedClientTest(CheckedClient client, Service service) {
        this.client = client;
        this.service = service;
    }

    @BeforeEach
    void makeThePool() throws IOException {
        client.put(POOL, "{\"kind\":\"coroutine\",\"size\":10}").is(201);
        client.apply("{\"function\":\"echo\",\"args\":[1],\"pool\":\"watched\"}")
                .is(200);
    }

    @AfterEach
    void forgetThePool() throws IOException {
        client.delete(POOL).is(204);
    }

    private static String apply(String function, Object argument) {
        String body = "{\"function\":\"" + function + "\",\"args\":[" + argument + "],\"pool\":\"watched\"}";
        return "POST /v1/apply HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: "
                + body.getBytes(StandardCharsets.UTF_8).length + "\r\n\r\n" + body;
    }

    private static String chunked(String function, Object argument) {
        String body = "{\"function\":\"" + function + "\",\"args\":[" + argument + "],\"pool\":\"watched\"}";
        int half = body.length() / 2;
        return "POST /v1/apply HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                + "Transfer-Encoding: chunked\r\n\r\n"
                + Integer.toHexString(half) + "\r\n" + body.substring(0, half) + "\r\n"
                + Integer.toHexString(body.length() - half) + "\r\n" + body.substring(half) + "\r\n0\r\n\r\n";
    }

    private PoolView view() {
        return service.part(Pools.class).find("watched").orElseThrow().view();
    }

    private void untilOneRuns() {
        Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> view().running() == 1);
    }

    private void cancelledSoon() {
        Awaitility.await()
                .atMost(SOON)
                .until(() -> view().running() == 0 && view().counters().cancelled() == 1);
    }

    @Test
    void aClosedConnectionCancelsTheCall() throws IOException {
        try (RawConnection connection = client.connect()) {
            connection.send(apply("sleep", 60));
            untilOneRuns();
        }
        cancelledSoon();
    }

    @Test
    void aClosedSendingSideCancelsTheCallToo() throws IOException {
        try (RawConnection connection = client.connect()) {
            connection.send(apply("sleep", 60));
            untilOneRuns();
            connection.socket().shutdownOutput();
            cancelledSoon();
            assertThat(connection.atEnd()).isTrue();
        }
    }

    @Test
    void aResetConnectionCancelsTheCall() throws IOException {
        try (RawConnection connection = client.connect()) {
            connection.send(chunked("sleep", 60));
            untilOneRuns();
            connection.socket().setSoLinger(true, 0);
        }
        cancelledSoon();
    }

    @Test
    void aQueuedCallIsCancelledAsWell() throws IOException {
        client.post(POOL + "/pause").is(200);
        try (RawConnection connection = client.connect()) {
            connection.send(apply("sleep", 60));
            Awaitility.await().until(() -> view().queued() == 1);
        }
        Awaitility.await().atMost(SOON).until(() -> view().queued() == 0);
        client.post(POOL + "/resume").is(200);
    }

    @Test
    void aWaitingClientIsLeftInPeaceAndKeepsItsConnection() throws IOException {
        try (RawConnection connection = client.connect()) {
            for (String request : new String[] {apply("sleep", "2.2"), chunked("sleep", "1.1"), apply("echo", 3)}) {
                connection.send(request);
                client.checked("POST", "/v1/apply", connection.read()).is(200);
            }
        }
    }

    @Test
    void aRequestSentAheadInOnePieceIsServedAfterwards() throws IOException {
        try (RawConnection connection = client.connect()) {
            connection.send(apply("sleep", "2.5") + apply("echo", 1) + chunked("echo", 2) + apply("echo", 3));
            for (String value : new String[] {"2.5", "1", "2", "3"}) {
                assertThat(connection.read().is(200).json().path("value").toString())
                        .isEqualTo(value);
            }
        }
    }

    @Test
    void aRequestSentAheadWhileTheFirstWaitsIsServedAfterwards() throws IOException {
        for (String first : new String[] {apply("sleep", "2.5"), chunked("sleep", "2.5")}) {
            try (RawConnection connection = client.connect()) {
                connection.send(first);
                untilOneRuns();
                String ahead = apply("echo", 1) + chunked("echo", "\"" + "x".repeat(3000) + "\"");
                connection.send(ahead.substring(0, 50));
                Awaitility.await().pollDelay(Duration.ofMillis(1200)).until(() -> true);
                connection.send(ahead.substring(50));
                assertThat(connection.read().is(200).json().path("value").toString())
                        .isEqualTo("2.5");
                assertThat(connection.read().is(200).json().path("value").toString())
                        .isEqualTo("1");
                connection.read().is(200);
                connection.send(apply("echo", 4));
                connection.read().is(200);
            }
        }
    }

    @Test
    void manyRequestsSentAheadAreServedInOrder() throws IOException {
        StringBuilder all = new StringBuilder(apply("sleep", "1.5"));
        for (int i = 0; i < 300; i++) {
            all.append(apply("echo", i));
        }
        try (RawConnection connection = client.connect()) {
            connection.send(all.toString());
            connection.read().is(200);
            for (int i = 0; i < 300; i++) {
                assertThat(connection.read().is(200).json().path("value").asInt())
                        .isEqualTo(i);
            }
        }
    }

    @Test
    void aClientThatSentAheadAndWentAwayIsNoticed() throws IOException {
        try (RawConnection connection = client.connect()) {
            connection.send(apply("sleep", 60) + apply("echo", 1));
            untilOneRuns();
            connection.send(apply("echo", 2));
        }
        cancelledSoon();
    }

    @Test
    void aClientThatSentAllThatIsReadAheadAndWentAwayIsNoticed() throws IOException {
        for (int length : new int[] {100, 4_000, 7_500}) { // Tomcat's buffer has 8 KiB
            long cancelled = view().counters().cancelled();
            try (RawConnection connection = client.connect()) {
                connection.send(apply("sleep", 60));
                untilOneRuns();
                connection.send(apply("echo", '"' + "x".repeat(length) + '"'));
            }
            Awaitility.await()
                    .atMost(SOON)
                    .until(() -> view().running() == 0 && view().counters().cancelled() == cancelled + 1);
        }
    }

    @Test
    void muchThatIsSentAheadIsServedInOrder() throws IOException {
        for (int length : new int[] {7_000, 8_192, 20_000, 60_000, 200_000}) {
            try (RawConnection connection = client.connect()) {
                connection.send(apply("sleep", "2.2"));
                untilOneRuns();
                String text = "x".repeat(length);
                String ahead = apply("echo", '"' + text + '"') + chunked("echo", '"' + text + '"') + apply("echo", 3);
                connection.send(ahead.substring(0, length / 2));
                Awaitility.await().pollDelay(Duration.ofMillis(1100)).until(() -> true);
                connection.send(ahead.substring(length / 2));
                connection.read().is(200);
                for (String value : new String[] {'"' + text + '"', '"' + text + '"', "3"}) {
                    assertThat(connection.read().is(200).json().path("value").toString())
                            .isEqualTo(value);
                }
            }
        }
    }

    private static String stream(String accept, String items) {
        String body = "{\"function\":\"sleep\",\"items\":" + items + ",\"pool\":\"watched\"}";
        return "POST /v1/imap HTTP/1.1\r\nHost: localhost\r\nAccept: " + accept
                + "\r\nContent-Type: application/json\r\nContent-Length: " + body.length() + "\r\n\r\n" + body;
    }

    @ParameterizedTest
    @ValueSource(strings = {"application/x-ndjson", "text/event-stream"})
    void aStreamThatIsReadAsOneBodyEndsWithItsClient(String accept) throws IOException {
        for (String items : new String[] {"[60,60]", "[" + "60,".repeat(5_000) + "60]"}) {
            try (RawConnection connection = client.connect()) {
                connection.send(stream(accept, items));
                connection.read(true).is(200);
                Awaitility.await().atMost(PATIENCE).until(() -> view().running() > 0);
            }
            Awaitility.await().atMost(PATIENCE).until(() -> view().running() == 0 && view().queued() == 0);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"application/x-ndjson", "text/event-stream"})
    void aStreamWhoseClientSendsNothingMoreGoesOnWithSignsOfLife(String accept) throws IOException {
        try (RawConnection connection = client.connect()) {
            connection.send(stream(accept, "[2.5]"));
            connection.socket().shutdownOutput();
            connection.read(true).is(200);
            String text = new String(connection.chunks().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(text).startsWith(accept.startsWith("text") ? ": ping\n\n" : "\n");
            assertThat(text).contains("\"value\":2.5", "\"end\":true");
        }
    }

    @Test
    void streamsOfJobsEndWithTheirClients() throws IOException {
        String job = submitted("/v1/apply_async", "\"args\":[60]");
        String map = submitted("/v1/map_async", "\"items\":[60]");
        String ids = "{\"ids\":[\"" + job + "\"]}";
        List<String> requests = List.of(
                "GET /v1/jobs/" + job + "/events HTTP/1.1\r\nHost: localhost\r\n\r\n",
                "GET /v1/jobs/" + map + "/items HTTP/1.1\r\nHost: localhost\r\n\r\n",
                "POST /v1/as_completed HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                        + "Content-Length: " + ids.length() + "\r\n\r\n" + ids);
        ClientWatch watch = service.part(ClientWatch.class);
        for (String request : requests) {
            int before = watch.waiting();
            try (RawConnection connection = client.connect()) {
                connection.send(request);
                connection.read(true).is(200);
                Awaitility.await().atMost(PATIENCE).until(() -> watch.waiting() == before + 1);
            }
            Awaitility.await().atMost(PATIENCE).until(() -> watch.waiting() == before);
        }
        client.post("/v1/jobs/" + job + "/cancel").is(200);
        client.post("/v1/jobs/" + map + "/cancel").is(200);
    }

    private String submitted(String path, String arguments) throws IOException {
        return client.post(path, "{\"function\":\"sleep\",\"pool\":\"watched\"," + arguments + "}")
                .is(202)
                .json()
                .path("id")
                .asString();
    }

    @Test
    void joinEndsWithItsClient() throws IOException {
        try (RawConnection waiting = client.connect();
                RawConnection connection = client.connect()) {
            waiting.send(apply("sleep", 60));
            untilOneRuns();
            client.post(POOL + "/close").is(200);
            connection.send("GET " + POOL + "/join?timeout=300 HTTP/1.1\r\nHost: localhost\r\n\r\n");
            connection.socket().shutdownOutput();
            assertThat(connection.atEnd()).isTrue();
        }
        client.post(POOL + "/terminate").is(200);
    }
}
