package dev.motorpool.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.motorpool.http.ServiceExtension.Service;
import dev.motorpool.job.ProblemType;
import dev.motorpool.job.waited.AdmissionSwitch;
import dev.motorpool.pool.PoolView;
import dev.motorpool.pool.Pools;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Streams when clients, pools and the service continue, end or abandon them. */
@ExtendWith(ServiceExtension.class)
@Timeout(120)
@Tag("slow")
class StreamClientsTest {

    private static final String POOL = "/v1/pools/streamed";
    private static final String ECHO = "/v1/imap?function=echo&pool=streamed";
    private static final String SLEEP = "/v1/imap?function=sleep&pool=streamed";
    private static final Duration SOON = Duration.ofSeconds(2);

    private final CheckedClient client;
    private final Service service;

    StreamClientsTest(CheckedClient client, Service service) {
        this.client = client;
        this.service = service;
    }

    @BeforeEach
    void makeThePool() throws IOException {
        client.put(POOL, "{\"kind\":\"thread\",\"size\":4}").is(201);
    }

    @AfterEach
    void forgetThePool() throws IOException {
        Awaitility.await().atMost(SOON).until(() -> view().running() == 0 && view().queued() == 0);
        client.delete(POOL).is(204);
    }

    private PoolView view() {
        return service.part(Pools.class).find("streamed").orElseThrow().view();
    }

    private static String line(long index, Object value) {
        return "{\"index\":" + index + ",\"value\":" + value + "}";
    }

    private static String apply() {
        String body = "{\"function\":\"echo\",\"args\":[7]}";
        return "POST /v1/apply HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: "
                + body.length() + "\r\n\r\n" + body;
    }

    private static void isServed(RawConnection connection) throws IOException {
        assertThat(connection.read().is(200).json().path("value").asInt()).isEqualTo(7);
    }

    @Test
    void theHeadIsThereBeforeTheFirstLineIsSent() throws IOException {
        try (StreamConnection stream = new StreamConnection(client, ECHO)) {
            assertThat(stream.head().is(200).header("content-type")).isEqualTo("application/x-ndjson");
            stream.finish();
            assertThat(stream.rest()).isEqualTo("{\"end\":true,\"count\":0,\"failed\":0}\n");
        }
    }

    @Test
    void eachLineIsAnsweredWhileTheBodyGoesOn() throws IOException {
        try (StreamConnection stream = new StreamConnection(client, ECHO + "&chunksize=100")) {
            for (int i = 0; i < 200; i++) {
                stream.send(i + "\n");
                assertThat(stream.line()).isEqualTo(line(i, i));
            }
            stream.send("\"ha").send("lf\"").send("\n7");
            assertThat(stream.line()).isEqualTo(line(200, "\"half\""));
            stream.finish();
            assertThat(stream.rest()).isEqualTo(line(201, 7) + "\n{\"end\":true,\"count\":202,\"failed\":0}\n");
        }
    }

    @Test
    void noMoreThanTheWindowIsUnanswered() throws IOException {
        client.post(POOL + "/pause").is(200);
        try (StreamConnection stream = new StreamConnection(client, ECHO + "&window=10")) {
            stream.send(IntStream.range(0, 1000).mapToObj(i -> i + "\n").collect(Collectors.joining()))
                    .finish();
            Awaitility.await().until(() -> view().queued() > 0);
            assertThat(view().queued()).isLessThanOrEqualTo(10);
            client.post(POOL + "/resume").is(200);
            assertThat(stream.rest().lines()).hasSize(1001);
        }
    }

    @Test
    void aReaderThatStopsStopsTheIntakeAndTheWork() throws Exception {
        String item = "\"" + "x".repeat(100_000) + "\"\n";
        AtomicLong sent = new AtomicLong();
        try (StreamConnection stream = new StreamConnection(client, ECHO)) {
            stream.head().is(200);
            Thread sender = Thread.ofVirtual().start(() -> {
                try {
                    while (sent.get() < 3_000) {
                        stream.send(item);
                        sent.incrementAndGet();
                    }
                    stream.finish();
                } catch (IOException cut) {
                    sent.set(-1);
                }
            });
            AtomicLong before = new AtomicLong();
            Awaitility.await().during(Duration.ofMillis(500)).until(() -> {
                long now = sent.get();
                return now > 0 && before.getAndSet(now) == now;
            });
            assertThat(sent.get()).isLessThan(1_000);
            long started = view().counters().submitted();
            Awaitility.await()
                    .during(Duration.ofMillis(300))
                    .atMost(Duration.ofMillis(600))
                    .until(() -> view().counters().submitted() == started);
            String end = null;
            for (String line = stream.line(); line != null; line = stream.line()) {
                end = line;
            }
            assertThat(end).isEqualTo("{\"end\":true,\"count\":3000,\"failed\":0}");
            sender.join();
        }
    }

    @Test
    void largeValuesBehindASlowItemDoNotStopTheStream() throws IOException {
        String large = "\"" + "x".repeat(1_000_000) + "\"";
        StringBuilder items = new StringBuilder();
        for (int i = 0; i < 40; i++) {
            items.append(i % 7 == 3 ? "[0]" : large).append('\n');
        }
        try (StreamConnection stream = new StreamConnection(client, ECHO + "&window=40&chunksize=5")) {
            Thread sender = Thread.ofVirtual().start(() -> {
                try {
                    stream.send(items.toString()).finish();
                } catch (IOException cut) {
                    throw new AssertionError(cut);
                }
            });
            assertThat(stream.rest()).endsWith("{\"end\":true,\"count\":40,\"failed\":0}\n");
            assertThat(sender.isAlive()).isFalse();
        }
    }

    @Test
    void theNextRequestOnTheConnectionIsServed() throws IOException {
        try (StreamConnection stream = new StreamConnection(client, ECHO)) {
            for (int i = 0; i < 3; i++) {
                stream.send("1\n").finish();
                stream.head().is(200);
                assertThat(stream.rest()).endsWith("{\"end\":true,\"count\":1,\"failed\":0}\n");
                stream.raw().send(apply());
                isServed(stream.raw());
                stream.raw()
                        .send("POST " + ECHO + " HTTP/1.1\r\nHost: localhost\r\n"
                                + "Content-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n\r\n");
            }
        }
    }

    @Test
    void requestsSentAheadAreServedAfterwards() throws IOException {
        try (StreamConnection stream = new StreamConnection(client, SLEEP)) {
            stream.send("0.7\n").finish();
            stream.raw().send(apply() + apply());
            stream.head().is(200);
            assertThat(stream.rest()).endsWith("{\"end\":true,\"count\":1,\"failed\":0}\n");
            isServed(stream.raw());
            isServed(stream.raw());
            stream.raw().send(apply());
            isServed(stream.raw());
        }
    }

    @Test
    void theConnectionServesOnAfterAnEarlyEndWhoseBodyHasCome() throws IOException {
        try (StreamConnection stream = new StreamConnection(client, ECHO)) {
            stream.send("1\nx\n2\n").finish();
            assertThat(stream.rest()).contains("malformed-item");
            stream.raw().send(apply());
            isServed(stream.raw());
        }
    }

    @Test
    void anEarlyEndIsReadThoughTheBodyGoesOn() throws IOException {
        try (StreamConnection stream = new StreamConnection(client, ECHO)) {
            stream.send("1\nx\n").send("2\n".repeat(50_000));
            assertThat(stream.rest()).contains("malformed-item");
            assertThat(stream.raw().atEnd()).isTrue();
        }
    }

    @Test
    void whoClosesTheSendingSideAfterTheBodyIsAnsweredToTheEnd() throws IOException {
        try (StreamConnection stream = new StreamConnection(client, SLEEP)) {
            stream.send("0.01\n2.5\n").finish();
            stream.raw().socket().shutdownOutput();
            assertThat(stream.rest()).endsWith("{\"end\":true,\"count\":2,\"failed\":0}\n");
        }
    }

    @Test
    void whoLeavesInTheMiddleOfTheBodyCancelsTheStream() throws IOException {
        try (StreamConnection stream = new StreamConnection(client, SLEEP)) {
            stream.send("60\n60\n60\n60\n60\n60\n");
            Awaitility.await().until(() -> view().running() == 4);
        }
        Awaitility.await().atMost(SOON).until(() -> view().running() == 0 && view().queued() == 0);
    }

    @Test
    void aResetCancelsTheStreamEvenWhileNothingIsReadOrWritten() throws IOException {
        for (String body : new String[] {"60\n60\n60\n60\n60\n60\n", "60\n".repeat(2_000)}) {
            try (StreamConnection stream = new StreamConnection(client, SLEEP + "&window=6")) {
                stream.send(body).finish();
                Awaitility.await().until(() -> view().running() == 4);
                stream.raw().socket().setSoLinger(true, 0);
            }
            Awaitility.await().atMost(SOON).until(() -> view().running() == 0 && view().queued() == 0);
        }
    }

    @Test
    void whoIsGoneIsNoticedByTheLinesThatAreWritten() throws IOException {
        try (StreamConnection stream = new StreamConnection(client, SLEEP)) {
            stream.send("0.2\n0.4\n0.6\n60\n60\n60\n60\n").finish();
            Awaitility.await().until(() -> view().running() == 4);
        }
        Awaitility.await().atMost(Duration.ofSeconds(4)).until(() -> view().running() == 0 && view().queued() == 0);
    }

    @Test
    void aTerminatedPoolEndsTheStreamAtOnce() throws IOException {
        try (StreamConnection stream = new StreamConnection(client, SLEEP)) {
            stream.send("0\n").send("60\n".repeat(50));
            assertThat(stream.line()).isEqualTo(line(0, 0));
            client.post(POOL + "/terminate").is(200);
            assertThat(stream.line())
                    .startsWith("{\"end\":true,\"count\":1,\"failed\":0,\"error\":{\"type\":\"job-cancelled\"");
            assertThat(stream.line()).isNull();
            assertThat(stream.raw().atEnd()).isTrue();
        }
        new StreamConnection(client, ECHO).send("1\n").finish().raw().read().isProblem(ProblemType.POOL_CLOSED);
    }

    @Test
    void aPoolThatIsClosedFinishesTheStream() throws IOException {
        try (StreamConnection stream = new StreamConnection(client, ECHO)) {
            stream.send("1\n");
            assertThat(stream.line()).isEqualTo(line(0, 1));
            client.post(POOL + "/close").is(200);
            stream.send("2\n");
            assertThat(stream.line()).isEqualTo(line(1, 2));
            stream.finish();
            assertThat(stream.rest()).isEqualTo("{\"end\":true,\"count\":2,\"failed\":0}\n");
        }
    }

    @Test
    void aKilledWorkerFailsOnlyItsItem() throws IOException {
        client.put("/v1/pools/fragile", "{\"kind\":\"process\",\"size\":2}").is(201);
        String body = "{\"function\":\"exit\",\"items\":[3,3,3],\"pool\":\"fragile\"}";
        String text = client.post("/v1/imap", body).is(200).text();
        assertThat(text.lines().filter(line -> line.contains("worker-lost") && line.contains("\"exit_code\":3")))
                .hasSize(3);
        assertThat(text).endsWith("{\"end\":true,\"count\":3,\"failed\":3}\n");
        client.delete("/v1/pools/fragile").is(204);
    }

    @Test
    void whoAsksFirstIsToldToGoOn() throws IOException {
        try (StreamConnection stream = new StreamConnection(client, ECHO, "Expect: 100-continue")) {
            InputStream in = stream.raw().socket().getInputStream();
            String first = new String(in.readNBytes("HTTP/1.1 100 \r\n\r\n".length()), StandardCharsets.US_ASCII);
            assertThat(first).startsWith("HTTP/1.1 100").endsWith("\r\n\r\n");
            stream.send("1\n").finish();
            assertThat(stream.rest()).isEqualTo(line(0, 1) + "\n{\"end\":true,\"count\":1,\"failed\":0}\n");
        }
    }

    @Test
    void theOldHttpIsServedToo() throws IOException {
        try (RawConnection connection = client.connect()) {
            connection.send("POST " + ECHO + " HTTP/1.0\r\nHost: localhost\r\nContent-Type: application/x-ndjson\r\n"
                    + "Content-Length: 4\r\n\r\n1\n2\n");
            Answer answer = connection.read().is(200);
            assertThat(answer.header("transfer-encoding")).isNull();
            assertThat(answer.text())
                    .isEqualTo(line(0, 1) + "\n" + line(1, 2) + "\n{\"end\":true,\"count\":2,\"failed\":0}\n");
        }
    }

    @Test
    void aSenderThatPausesIsKeptAndOneThatIsSilentTooLongIsEndedProperly() throws IOException {
        Service impatient = new Service("--motorpool.http.stream-idle=4");
        try (StreamConnection stream = new StreamConnection(impatient.client(), ECHO.replace("streamed", "threads"))) {
            stream.send("1\n");
            assertThat(stream.line()).isEqualTo(line(0, 1));
            // Longer than a whole body may take.
            Awaitility.await().pollDelay(Duration.ofMillis(2_500)).until(() -> true);
            stream.send("2\n");
            assertThat(stream.line()).isEqualTo(line(1, 2));
            assertThat(stream.line())
                    .startsWith("{\"end\":true,\"count\":2,\"failed\":0,\"error\":{\"type\":\"request-timeout\"");
            assertThat(stream.line()).isNull();
            assertThat(stream.raw().atEnd()).isTrue();
        } finally {
            impatient.close();
        }
    }

    @Test
    void aClientThatTakesNothingForTooLongIsGivenUp() throws IOException {
        Service impatient = new Service("--motorpool.http.stream-idle=1");
        String item = "\"" + "x".repeat(1_000_000) + "\"\n";
        try (StreamConnection stream = new StreamConnection(impatient.client(), ECHO.replace("streamed", "threads"))) {
            OutputStream out = stream.raw().socket().getOutputStream();
            boolean cut = false;
            for (int i = 0; i < 200 && !cut; i++) {
                try {
                    stream.send(item);
                    out.flush();
                } catch (IOException closed) {
                    cut = true;
                }
            }
            assertThat(cut).isTrue();
        } finally {
            impatient.close();
        }
    }

    @Test
    void aServiceThatStopsFinishesWhatItHasAcceptedAndEndsTheStream() throws IOException {
        Service stopping = new Service("--motorpool.shutdown.refuse=0");
        try (StreamConnection stream = new StreamConnection(stopping.client(), SLEEP.replace("streamed", "threads"))) {
            stream.send("0.01\n1.5\n");
            assertThat(stream.line()).isEqualTo(line(0, "0.01"));
            stopping.part(AdmissionSwitch.class).close("The service is stopping.");
            assertThat(stream.line()).isEqualTo(line(1, "1.5"));
            assertThat(stream.line())
                    .startsWith("{\"end\":true,\"count\":2,\"failed\":0,\"error\":{\"type\":\"unavailable\"");
            assertThat(stream.line()).isNull();
        } finally {
            stopping.close();
        }
    }

    @Test
    void eventsHaveASignOfLife() throws IOException {
        try (StreamConnection stream = new StreamConnection(client, SLEEP, "Accept: text/event-stream")) {
            stream.send("16\n").finish();
            assertThat(stream.rest()).startsWith(": ping\n\nevent: item\nid: 0\n");
        }
    }
}
