package dev.motorpool.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.motorpool.job.ProblemType;
import dev.motorpool.testing.Eventually;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Streams and waits have limits of their own: a caller at these limits can still call functions, and other callers are
 * not affected.
 */
@Tag("slow")
class CallerSharesTest {

    private static final String ONE = "of the one";
    private static final String OTHER = "of the other";
    private static final String WAITING = "of the one that waits";
    private static final String SETTING = "--motorpool.http.requests-per-caller";
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private static ServiceExtension.Service service;
    private static String job = "";
    private static String map = "";

    private final List<RawConnection> open = new ArrayList<>();

    @BeforeAll
    static void start() throws IOException {
        List<String> settings = new ArrayList<>(List.of(SETTING + "=3")); // of which 2 may be streams, and 2 waits
        settings.addAll(TestKeys.settings("one", "submit,read", ONE));
        settings.addAll(TestKeys.settings("other", "submit,read", OTHER));
        settings.addAll(TestKeys.settings("waiting", "submit,read", WAITING));
        service = new ServiceExtension.Service(settings.toArray(String[]::new));
        job = submitted("/v1/apply_async", "{\"function\":\"sleep\",\"args\":[600],\"pool\":\"coroutines\"}");
        map = submitted("/v1/map_async", "{\"function\":\"sleep\",\"items\":[600],\"pool\":\"coroutines\"}");
    }

    @AfterAll
    static void stop() throws IOException {
        service.client()
                .request("POST", "/v1/jobs/" + job + "/cancel")
                .header("X-API-Key", ONE)
                .send();
        service.client()
                .request("POST", "/v1/jobs/" + map + "/cancel")
                .header("X-API-Key", ONE)
                .send();
        service.close();
    }

    @AfterEach
    void closeAll() throws IOException {
        for (RawConnection connection : open) {
            connection.close();
        }
    }

    private static String submitted(String path, String body) throws IOException {
        return request("POST", path, ONE)
                .body(body)
                .send()
                .is(202)
                .json()
                .path("id")
                .asString();
    }

    private static CheckedClient.Request request(String method, String target, String key) {
        return service.client().request(method, target).header("X-API-Key", key);
    }

    private static List<CheckedClient.Request> streams(String key) {
        String ids = "{\"ids\":[\"" + job + "\"]}";
        return List.of(
                request("POST", "/v1/imap", key).body("{\"function\":\"echo\",\"items\":[1]}"),
                request("POST", "/v1/imap_unordered", key).body("{\"function\":\"echo\",\"items\":[1]}"),
                request("POST", "/v1/as_completed", key).body(ids),
                request("GET", "/v1/jobs/" + job + "/events", key),
                request("GET", "/v1/jobs/" + map + "/items", key));
    }

    private static List<CheckedClient.Request> waits(String key) {
        String ids = "{\"ids\":[\"" + job + "\"],\"timeout\":0.01}";
        return List.of(
                request("GET", "/v1/jobs/" + job + "?wait=0.01", key),
                request("GET", "/v1/jobs/" + job + "/result?timeout=0.01", key),
                request("POST", "/v1/wait", key).body(ids),
                request("GET", "/v1/pools/threads/join?timeout=0.01", key));
    }

    /** Requests that are answered at any number of streams and waits. */
    private static void callsGoOn(String key) {
        answered(200, request("POST", "/v1/apply", key).body("{\"function\":\"echo\",\"args\":[1]}"));
        answered(200, request("POST", "/v1/map", key).body("{\"function\":\"echo\",\"items\":[1]}"));
        answered(200, request("GET", "/v1/jobs/" + job, key));
        answered(200, request("HEAD", "/v1/jobs/" + job + "?wait=1", key));
        answered(202, request("GET", "/v1/jobs/" + job + "/result", key));
        answered(200, request("POST", "/v1/wait", key).body("{\"ids\":[\"" + job + "\"],\"timeout\":0}"));
        answered(200, request("HEAD", "/v1/jobs/" + job + "/events", key));
    }

    /** The request before it may count for a moment after its client has the answer. */
    private static void answered(int status, CheckedClient.Request request) {
        Answer answer = Eventually.until(PATIENCE, () -> {
            Answer each = request.send();
            assertThat(each.status()).isNotEqualTo(429);
            return each;
        });
        answer.is(status);
    }

    private static void refused(CheckedClient.Request request, String limit) throws IOException {
        Answer answer = request.send().isProblem(ProblemType.LIMIT_REACHED);
        assertThat(answer.json().path("limit").asString()).isEqualTo(limit);
        assertThat(answer.json().path("detail").asString()).contains("(" + SETTING.substring(2) + ")");
        assertThat(answer.header("retry-after")).isNotNull();
    }

    private void open(String target, String key) throws IOException {
        open.add(service.client()
                .connect()
                .send("GET " + target + " HTTP/1.1\r\nHost: localhost\r\nX-API-Key: " + key + "\r\n\r\n"));
    }

    /** Opens one wait more than permitted; when one is refused, all others are counted. */
    private void fillWaits(int room, String key) throws IOException {
        List<RawConnection> waits = new ArrayList<>();
        for (int i = 0; i <= room; i++) {
            open("/v1/jobs/" + job + "?wait=300", key);
            waits.add(open.getLast());
        }
        RawConnection refused = Eventually.until(PATIENCE, () -> {
            for (RawConnection each : waits) {
                if (each.socket().getInputStream().available() > 0) {
                    return each;
                }
            }
            throw new AssertionError("none is refused");
        });
        refused.read().is(429);
        open.remove(refused);
        refused.close();
    }

    private static boolean isRefused(CheckedClient.Request request) {
        try {
            return request.send().status() == 429;
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void streamsOfAKey() throws IOException {
        String events = "/v1/jobs/" + job + "/events";
        open(events, ONE);
        open(events, ONE);
        open.get(0).read(true).is(200);
        open.get(1).read(true).is(200);
        for (CheckedClient.Request each : streams(ONE)) {
            refused(each, "streams");
        }
        callsGoOn(ONE);
        answered(200, waits(ONE).getFirst());
        answered(200, streams(OTHER).getFirst());
        callsGoOn(OTHER);

        open.removeFirst().close();
        Eventually.within(
                PATIENCE, () -> assertThat(isRefused(streams(ONE).getFirst())).isFalse());
    }

    @Test
    void waitsOfAKey() throws IOException {
        fillWaits(2, WAITING);
        for (CheckedClient.Request each : waits(WAITING)) {
            refused(each, "waits");
        }
        callsGoOn(WAITING);
        answered(200, streams(WAITING).getFirst());
        answered(200, waits(OTHER).getFirst());
        callsGoOn(OTHER);

        open.removeFirst().close();
        Eventually.within(
                PATIENCE, () -> assertThat(isRefused(waits(WAITING).getFirst())).isFalse());
    }

    @Test
    void withoutKeysTheAddressIsTheCaller() throws IOException {
        try (ServiceExtension.Service open = new ServiceExtension.Service(SETTING + "=1")) {
            String sleep = open.client()
                    .post("/v1/apply_async", "{\"function\":\"sleep\",\"args\":[600],\"pool\":\"coroutines\"}")
                    .is(202)
                    .json()
                    .path("id")
                    .asString();
            try (RawConnection stream = open.client().connect()) {
                stream.send("GET /v1/jobs/" + sleep + "/events HTTP/1.1\r\nHost: localhost\r\n\r\n");
                stream.read(true).is(200);
                Answer refused =
                        open.client().request("GET", "/v1/pools").send().isProblem(ProblemType.LIMIT_REACHED);
                assertThat(refused.json().path("limit").asString()).isEqualTo("requests");
                assertThat(refused.json().path("detail").asString()).startsWith("This address has 1 requests");
                assertThat(refused.header("retry-after")).isNotNull();
            }
            Eventually.until(
                    PATIENCE,
                    () -> open.client().post("/v1/jobs/" + sleep + "/cancel").is(200));
        }
    }
}
