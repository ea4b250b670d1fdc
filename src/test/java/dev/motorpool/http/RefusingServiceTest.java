package dev.motorpool.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.motorpool.http.ServiceExtension.Service;
import dev.motorpool.http.route.BodyReader;
import dev.motorpool.http.route.ByteBudget;
import dev.motorpool.job.ProblemType;
import dev.motorpool.job.waited.AdmissionSwitch;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** A service with little room for bodies, and one that accepts no more calls. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Tag("slow")
class RefusingServiceTest {

    private final Service service = new Service(
            "--server.tomcat.connection-timeout=2s",
            "--motorpool.http.body-limit=100KB",
            "--motorpool.http.body-budget=150KB",
            "--motorpool.http.allowed-hosts=Motorpool.Example,other");

    @AfterAll
    void stop() throws IOException {
        service.close();
    }

    private final CheckedClient client = service.client();

    @Test
    void bodiesBeyondTheBudgetAreRefusedForTheMoment() throws Exception {
        byte[] much = " ".repeat(90_000).getBytes(StandardCharsets.US_ASCII);
        ByteBudget budget = service.part(BodyReader.class).budget();
        try (RawConnection first = client.connect()) {
            first.send(client.request("POST", "/v1/apply")
                    .header("Content-Type", "application/json")
                    .header("Content-Length", "95000")
                    .head());
            first.send(much);
            Awaitility.await().until(() -> budget.used() >= 90_000);
            Answer refused = client.request("POST", "/v1/apply").body(much).send();
            refused.isProblem(ProblemType.UNAVAILABLE);
            assertThat(refused.header("retry-after")).matches("[1-9][0-9]*");
        }
        Awaitility.await().atMost(Duration.ofSeconds(5)).until(() -> budget.used() == 0);
        client.request("POST", "/v1/apply").body(much).send().isProblem(ProblemType.MALFORMED_REQUEST);
        assertThat(budget.used()).isZero();
    }

    @Test
    void aHeadThatIsNotFinishedInTimeIsAnsweredAndItsConnectionEnds() throws IOException {
        for (String begun : List.of("G", "GET /v1/po", "GET /v1/pools HTTP/1.1\r\nHost: loc")) {
            try (RawConnection connection = client.connect()) {
                connection.send(begun);
                connection.read().isProblem(ProblemType.REQUEST_TIMEOUT);
                assertThat(connection.atEnd()).isTrue();
            }
        }
        try (RawConnection silent = client.connect()) {
            assertThat(silent.atEnd()).isTrue();
        }
    }

    @Test
    void aHeadThatDripsHasNoMoreTimeThanAnother() throws Exception {
        long before = System.nanoTime();
        try (RawConnection connection = client.connect()) {
            connection.send("GET /v1/pools HTTP/1.1\r\nHost: localhost\r\nX: ");
            connection.socket().setSoTimeout(100);
            Answer answer = null;
            while (answer == null) {
                try {
                    connection.send("x");
                    answer = connection.read();
                } catch (SocketTimeoutException notYet) {
                    assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(20));
                }
            }
            answer.isProblem(ProblemType.REQUEST_TIMEOUT);
            assertThat(connection.atEnd()).isTrue();
        }
    }

    @Test
    void aHeadThatComesInPiecesInTimeIsTaken() throws Exception {
        try (RawConnection connection = client.connect()) {
            for (int i = 0; i < 3; i++) {
                for (String piece : new String[] {"GET /v1/po", "ols HTTP/1.1\r\nHo", "st: localhost\r\n", "\r\n"}) {
                    connection.send(piece);
                    Awaitility.await().pollDelay(Duration.ofMillis(200)).until(() -> true);
                }
                connection.read().is(200);
                // Longer than a head may take: the connection is kept, and its idle time does not count.
                Awaitility.await().pollDelay(Duration.ofMillis(1500)).until(() -> true);
            }
        }
    }

    @Test
    void theLimitIsThatOfTheConfiguration() throws IOException {
        Answer answer = client.post("/v1/apply", " ".repeat(102_401)).isProblem(ProblemType.CONTENT_TOO_LARGE);
        assertThat(answer.json().path("limit").asInt()).isEqualTo(102_400);
    }

    @Test
    void configuredHostsAreTaken() throws IOException {
        client.request("GET", "/v1/pools")
                .header("Host", "motorpool.example:80")
                .send()
                .is(200);
        client.request("GET", "/v1/pools").header("Host", "OTHER").send().is(200);
        client.request("GET", "/v1/pools").header("Host", "another").send().isProblem(ProblemType.MISDIRECTED);
    }

    @Test
    void aClosedIntakeTakesNoCalls() throws IOException {
        Service closing = new Service("--motorpool.shutdown.refuse=0");
        try {
            closing.part(AdmissionSwitch.class).close("The service is stopping.");
            Answer answer = closing.client().apply("{\"function\":\"echo\",\"args\":[1]}");
            answer.isProblem(ProblemType.UNAVAILABLE);
            assertThat(answer.json().path("reason").asString()).isEqualTo("The service is stopping.");
            assertThat(answer.header("retry-after")).isEqualTo("1");
            closing.client().get("/v1/pools").is(200);
        } finally {
            closing.close();
        }
    }
}
