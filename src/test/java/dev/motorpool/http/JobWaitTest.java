package dev.motorpool.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.motorpool.http.ServiceExtension.Service;
import dev.motorpool.http.server.ClientWatch;
import dev.motorpool.job.ProblemType;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Waiting for the ends of detached jobs. */
@ExtendWith(ServiceExtension.class)
@Tag("slow")
class JobWaitTest {

    private static final int MANY = 2_000;

    private final CheckedClient client;
    private final JobClient jobs;
    private final ClientWatch watch;

    JobWaitTest(CheckedClient client, Service service) {
        this.client = client;
        this.jobs = new JobClient(client);
        this.watch = service.part(ClientWatch.class);
    }

    @BeforeEach
    void makeThePool() throws IOException {
        jobs.pausedPool("held", 8);
    }

    @AfterEach
    void forgetThePoolAndAllWaits() throws IOException {
        jobs.forget("held");
        untilNobodyWaits();
    }

    private void untilNobodyWaits() {
        Awaitility.await().atMost(Duration.ofSeconds(10)).until(() -> watch.waiting() == 0);
    }

    private void untilSoManyWait(int count) {
        Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> watch.waiting() == count);
    }

    private String waiting() throws IOException {
        return jobs.apply("echo", "\"args\":[1],\"pool\":\"held\"");
    }

    private String failing() throws IOException {
        return jobs.apply("raise", "\"pool\":\"held\"");
    }

    private String cancelled() throws IOException {
        String id = waiting();
        client.post("/v1/jobs/" + id + "/cancel").is(200);
        return id;
    }

    private String done() throws IOException {
        String id = jobs.apply("echo", "\"args\":[1]");
        jobs.endedAs(id, "succeeded");
        return id;
    }

    private RawConnection ask(String target) throws IOException {
        return client.connect().send("GET " + target + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
    }

    private static String ids(String... ids) {
        return "\"ids\":[\"" + String.join("\",\"", ids) + "\"]";
    }

    private Answer waitFor(String members) throws IOException {
        return client.post("/v1/wait", "{" + members + "}");
    }

    private static List<String> texts(JsonNode array) {
        List<String> texts = new ArrayList<>();
        array.forEach(text -> texts.add(text.asString()));
        return texts;
    }

    @Test
    void aJobIsToldAsItIsWhenTheWaitIsOver() throws IOException {
        String id = waiting();
        assertThat(client.get("/v1/jobs/" + id).json().path("state").asString()).isEqualTo("queued");
        assertThat(client.get("/v1/jobs/" + id + "?wait=0").json().path("state").asString())
                .isEqualTo("queued");
        long begin = System.nanoTime();
        assertThat(client.get("/v1/jobs/" + id + "?wait=0.2")
                        .json()
                        .path("state")
                        .asString())
                .isEqualTo("queued");
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isGreaterThanOrEqualTo(Duration.ofMillis(200));
    }

    @Test
    void aWaitEndsWithItsJob() throws IOException {
        String id = waiting();
        try (RawConnection asked = ask("/v1/jobs/" + id + "?wait=60");
                RawConnection result = ask("/v1/jobs/" + id + "/result?timeout=60")) {
            untilSoManyWait(2);
            jobs.resume("held");
            Answer job = client.checked("GET", "/v1/jobs/" + id, asked.read()).is(200);
            assertThat(job.json().path("value").asInt()).isEqualTo(1);
            assertThat(result.read().is(200).text()).isEqualTo("{\"value\":1}");
        }
    }

    @Test
    void aResultThatIsNotThereIsTheJob() throws IOException {
        String id = waiting();
        for (String timeout : List.of("", "?timeout=0", "?timeout=0.1")) {
            JsonNode job =
                    client.get("/v1/jobs/" + id + "/result" + timeout).is(202).json();
            assertThat(job.path("id").asString()).isEqualTo(id);
            assertThat(job.path("state").asString()).isEqualTo("queued");
            assertThat(job.path("value").isNull()).isTrue();
        }
    }

    @Test
    void theValueCanBeLeftOut() throws IOException {
        String id = done();
        assertThat(client.get("/v1/jobs/" + id + "?value=false").is(200).json().has("value"))
                .isFalse();
        assertThat(client.get("/v1/jobs/" + id + "?value=true")
                        .is(200)
                        .json()
                        .path("value")
                        .asInt())
                .isEqualTo(1);
        String map = jobs.map("echo", "\"items\":[1,2]");
        assertThat(client.get("/v1/jobs/" + map + "?wait=30&value=false")
                        .is(200)
                        .json()
                        .has("value"))
                .isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "?wait=-1,wait",
        "?wait=300.001,wait",
        "?wait=abc,wait",
        "?wait=,wait",
        "?value=yes,value",
        "?value=,value",
        "?timeout=1,timeout",
        "/result?timeout=301,timeout",
        "/result?timeout=x,timeout",
        "/result?wait=1,wait"
    })
    void wrongWaitsAreRefusedByName(String end, String name) throws IOException {
        client.get("/v1/jobs/" + done() + end).isProblem(ProblemType.MALFORMED_REQUEST, name);
    }

    @Test
    void headDoesNotWait() throws IOException {
        String id = waiting();
        for (String end : List.of("?wait=60", "/result?timeout=60", "/items", "/events", "/output")) {
            if (!end.equals("/items")) {
                Answer head = client.request("HEAD", "/v1/jobs/" + id + end).send();
                assertThat(head.status()).as(end).isIn(200, 202);
            }
        }
        String map = jobs.map("echo", "\"items\":[1],\"pool\":\"held\"");
        Answer head =
                client.request("HEAD", "/v1/jobs/" + map + "/items").send().is(200);
        assertThat(head.header("content-type")).isEqualTo("application/x-ndjson");
        String finished = jobs.map("echo", "\"items\":[1]");
        jobs.endedAs(finished, "succeeded");
        client.request("HEAD", "/v1/jobs/" + finished).send().is(200);
        client.request("HEAD", "/v1/jobs/" + finished + "/result").send().is(200);
        client.request("HEAD", "/v1/jobs/" + UUID.randomUUID()).send().is(404);
    }

    @Test
    void aJobGoesOnWhenItsClientGoesAway() throws IOException {
        String id = waiting();
        RawConnection asked = ask("/v1/jobs/" + id + "?wait=300");
        untilSoManyWait(1);
        asked.close();
        untilNobodyWaits();
        assertThat(jobs.state(id)).isEqualTo("queued");
        jobs.resume("held");
        jobs.endedAs(id, "succeeded");
    }

    @Test
    void theNextRequestMayBeSentBeforeTheAnswerToAWait() throws IOException {
        String id = waiting();
        try (RawConnection asked = ask("/v1/jobs/" + id + "?wait=60")) {
            untilSoManyWait(1);
            asked.send("GET /v1/jobs/" + id + "/result HTTP/1.1\r\nHost: localhost\r\n\r\n");
            jobs.resume("held");
            asked.read().is(200);
            assertThat(asked.read().is(200).text()).isEqualTo("{\"value\":1}");
        }
    }

    @Test
    void manyWaitForOneJobAndAreAllAnswered() throws IOException {
        String id = waiting();
        List<RawConnection> all = new ArrayList<>();
        try {
            int platform = platformThreads();
            for (int i = 0; i < MANY; i++) {
                all.add(ask("/v1/jobs/" + id + "?wait=120"));
            }
            untilSoManyWait(MANY);
            assertThat(platformThreads() - platform).as("platform threads more").isLessThan(30);
            long begin = System.nanoTime();
            jobs.resume("held");
            for (RawConnection one : all) {
                assertThat(one.read().is(200).text()).contains("\"value\":1,");
            }
            assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(10));
        } finally {
            for (RawConnection one : all) {
                one.close();
            }
        }
    }

    private static int platformThreads() {
        return Thread.getAllStackTraces().size();
    }

    @Test
    void allAreAwaitedUnlessSaidOtherwise() throws IOException {
        String first = done();
        String second = waiting();
        JsonNode asked = waitFor(ids(second, first)).is(200).json();
        assertThat(texts(asked.path("done"))).containsExactly(first);
        assertThat(texts(asked.path("not_done"))).containsExactly(second);
        assertThat(waitFor(ids(second, first) + ",\"timeout\":0.1,\"return_when\":null")
                        .is(200)
                        .json())
                .isEqualTo(asked);
        try (LiveConnection waits = LiveConnection.post(
                client, "/v1/wait", "{" + ids(second, first) + ",\"timeout\":60,\"return_when\":\"all_completed\"}")) {
            untilSoManyWait(1);
            jobs.resume("held");
            JsonNode result = waits.raw().read().is(200).json();
            assertThat(texts(result.path("done"))).containsExactly(second, first);
            assertThat(result.path("not_done")).isEmpty();
        }
    }

    @Test
    void theFirstOneThatIsFinishedEndsTheWait() throws IOException {
        String first = waiting();
        String second = waiting();
        String third = waiting();
        try (LiveConnection waits = LiveConnection.post(
                client,
                "/v1/wait",
                "{" + ids(first, second, third) + ",\"timeout\":60,\"return_when\":\"first_completed\"}")) {
            untilSoManyWait(1);
            client.post("/v1/jobs/" + second + "/cancel").is(200);
            JsonNode result = waits.raw().read().is(200).json();
            assertThat(texts(result.path("done"))).containsExactly(second);
            assertThat(texts(result.path("not_done"))).containsExactly(first, third);
        }
        assertThat(texts(waitFor(ids(first, second, third) + ",\"timeout\":60,\"return_when\":\"first_completed\"")
                        .is(200)
                        .json()
                        .path("done")))
                .containsExactly(second);
    }

    @Test
    void theFirstFailureEndsTheWaitAndACancelledJobIsNone() throws IOException {
        String cancelled = cancelled();
        String first = waiting();
        String second = failing();
        String members = ids(cancelled, first, second) + ",\"return_when\":\"first_exception\"";
        assertThat(texts(waitFor(members + ",\"timeout\":0.2").is(200).json().path("done")))
                .containsExactly(cancelled);
        String never = jobs.apply("sleep", "\"args\":[600],\"delay\":600");
        try (LiveConnection waits = LiveConnection.post(
                client,
                "/v1/wait",
                "{" + ids(never, second) + ",\"timeout\":60,\"return_when\":\"first_exception\"}")) {
            untilSoManyWait(1);
            jobs.resume("held");
            JsonNode result = waits.raw().read().is(200).json();
            assertThat(texts(result.path("done"))).containsExactly(second);
            assertThat(texts(result.path("not_done"))).containsExactly(never);
        }
        client.post("/v1/jobs/" + never + "/cancel").is(200);
        assertThat(texts(waitFor(members + ",\"timeout\":60").is(200).json().path("done")))
                .contains(second);
    }

    @Test
    void withoutAFailureTheFirstExceptionIsTheEndOfAll() throws IOException {
        String first = cancelled();
        String second = done();
        JsonNode result = waitFor(ids(first, second) + ",\"return_when\":\"first_exception\",\"timeout\":60")
                .is(200)
                .json();
        assertThat(texts(result.path("done"))).containsExactly(first, second);
    }

    @Test
    void duplicatesCollapseAndUnknownIdsAreToldBeforeAnythingIsAwaited() throws IOException {
        String id = done();
        String other = waiting();
        JsonNode result = waitFor(ids(other, id, other, id, id)).is(200).json();
        assertThat(texts(result.path("done"))).containsExactly(id);
        assertThat(texts(result.path("not_done"))).containsExactly(other);
        String unknown = UUID.randomUUID().toString();
        Answer problem = waitFor(ids(other, unknown) + ",\"timeout\":300").isProblem(ProblemType.UNKNOWN_JOB);
        assertThat(problem.json().path("name").asString()).isEqualTo(unknown);
        waitFor(ids(other, "nonsense") + ",\"timeout\":300").isProblem(ProblemType.UNKNOWN_JOB);
    }

    @Test
    void whatIsForgottenMeanwhileCountsAsDone() throws IOException {
        String first = waiting();
        String second = waiting();
        try (LiveConnection waits =
                LiveConnection.post(client, "/v1/wait", "{" + ids(first, second) + ",\"timeout\":60}")) {
            untilSoManyWait(1);
            for (String id : List.of(first, second)) {
                client.post("/v1/jobs/" + id + "/cancel").is(200);
            }
            client.delete("/v1/jobs/" + first).is(204);
            assertThat(texts(waits.raw().read().is(200).json().path("done"))).containsExactly(first, second);
        }
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            value = {
                "`{}`,/ids",
                "`{\"ids\":null}`,/ids",
                "`{\"ids\":[]}`,/ids",
                "`{\"ids\":\"a\"}`,/ids",
                "`{\"ids\":[1]}`,/ids/0",
                "`{\"ids\":[\"a\",null]}`,/ids/1",
                "`{\"ids\":[\"a\"],\"return_when\":\"soon\"}`,/return_when",
                "`{\"ids\":[\"a\"],\"return_when\":1}`,/return_when",
                "`{\"ids\":[\"a\"],\"timeout\":-1}`,/timeout",
                "`{\"ids\":[\"a\"],\"timeout\":300.5}`,/timeout",
                "`{\"ids\":[\"a\"],\"wait\":1}`,/wait"
            })
    void wrongWaitsForManyAreRefusedWithTheirPlace(String body, String pointer) throws IOException {
        client.post("/v1/wait", body).isProblem(ProblemType.MALFORMED_REQUEST, pointer);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/v1/wait", "/v1/as_completed"})
    void aThousandIdsAreTheMost(String path) throws IOException {
        String id = done();
        String thousand = ("\"" + id + "\",").repeat(999) + "\"" + id + "\"";
        client.post(path, "{\"ids\":[" + thousand + "]}").is(200);
        client.post(path, "{\"ids\":[" + thousand + ",\"" + id + "\"]}")
                .isProblem(ProblemType.MALFORMED_REQUEST, "/ids");
    }

    @Test
    void aWaitForManyEndsWithItsClient() throws IOException {
        String id = waiting();
        LiveConnection waits = LiveConnection.post(client, "/v1/wait", "{" + ids(id) + ",\"timeout\":300}");
        untilSoManyWait(1);
        waits.close();
        untilNobodyWaits();
        assertThat(jobs.state(id)).isEqualTo("queued");
    }
}
