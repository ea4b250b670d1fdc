package dev.motorpool.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.motorpool.http.ServiceExtension.Service;
import dev.motorpool.job.ProblemType;
import dev.motorpool.pool.PoolView;
import dev.motorpool.pool.Pools;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Predicate;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** {@code POST /v1/apply}: section 3.1 of the contract, and the problems of calls. */
@ExtendWith(ServiceExtension.class)
@Tag("service")
class ApplyTest {

    private final CheckedClient client;
    private final Service service;

    ApplyTest(CheckedClient client, Service service) {
        this.client = client;
        this.service = service;
    }

    @Test
    void answersWithTheJobInTheFormOfTheContract() throws IOException {
        Instant before = Instant.now().minusMillis(1);
        Answer answer = client.apply("{\"function\":\"fib\",\"args\":[20],\"priority\":3,\"tags\":{\"a\":\"b\"}}")
                .is(200);
        assertThat(answer.members())
                .containsExactly(
                        "id",
                        "verb",
                        "function",
                        "pool",
                        "state",
                        "value",
                        "error",
                        "attempt",
                        "priority",
                        "tags",
                        "progress",
                        "created_at",
                        "started_at",
                        "finished_at",
                        "queue_seconds",
                        "run_seconds",
                        "worker");
        JsonNode job = answer.json();
        assertThat(job.path("verb").asString()).isEqualTo("apply");
        assertThat(job.path("function").asString()).isEqualTo("fib");
        assertThat(job.path("pool").asString()).isEqualTo("processes");
        assertThat(job.path("state").asString()).isEqualTo("succeeded");
        assertThat(job.path("value").asInt()).isEqualTo(6765);
        assertThat(job.path("attempt").asInt()).isEqualTo(1);
        assertThat(job.path("priority").asInt()).isEqualTo(3);
        assertThat(job.path("tags").toString()).isEqualTo("{\"a\":\"b\"}");
        assertThat(UUID.fromString(job.path("id").asString()).version()).isEqualTo(7);
        assertThat(Instant.parse(job.path("created_at").asString())).isBetween(before, Instant.now());
        assertThat(job.path("worker").path("id").asString()).startsWith("processes-");
        assertThat(answer.text()).doesNotContainPattern("\"(queue|run)_seconds\":[0-9.]*[eE]");
    }

    @Test
    void jobIdsGrow() throws IOException {
        String last = "";
        for (int i = 0; i < 20; i++) {
            String id = client.apply("{\"function\":\"echo\",\"args\":[1]}")
                    .json()
                    .path("id")
                    .asString();
            assertThat(id).isGreaterThan(last);
            last = id;
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1.0",
                "123456789012345678901234567890",
                "1.10",
                "-0",
                "1e400",
                "0.1e-7",
                "\"\\u00e4\\ud83d\\ude00\"",
                "[1, {\"a\" : null}]",
                "{\"b\":[],\"a\":{}}",
                "null",
                "true"
            })
    void valuesComeBackAsTheyWere(String value) throws IOException {
        Answer answer =
                client.apply("{\"function\":\"echo\",\"args\":[" + value + "]}").is(200);
        assertThat(answer.text()).contains("\"value\":" + value + ",\"error\":null");
    }

    @Test
    void numbersMayHaveManyDigitsAndNestingMayBeDeep() throws IOException {
        client.apply("{\"function\":\"echo\",\"args\":[" + "9".repeat(4096) + "]}")
                .is(200);
        client.apply("{\"function\":\"echo\",\"args\":[" + "9".repeat(4097) + "]}")
                .isProblem(ProblemType.MALFORMED_REQUEST, "/args/0");
        client.apply("{\"function\":\"echo\",\"args\":[" + "[".repeat(198) + "]".repeat(198) + "]}")
                .is(200);
        client.apply("{\"function\":\"echo\",\"args\":[" + "[".repeat(199) + "]".repeat(199) + "]}")
                .isProblem(ProblemType.MALFORMED_REQUEST);
        client.apply("{\"function\":\"fib\",\"args\":[3.5e1]}").is(200);
        client.apply("{\"function\":\"fib\",\"args\":[1e999999999]}").isProblem(ProblemType.INVALID_ARGUMENTS);
        client.apply("{\"function\":\"echo\",\"args\":[1],\"timeout\":1e999999999}")
                .isProblem(ProblemType.MALFORMED_REQUEST, "/timeout");
    }

    @Test
    void argumentsMayBeNamed() throws IOException {
        assertThat(client.apply("{\"function\":\"fib\",\"kwargs\":{\"n\":10}}")
                        .is(200)
                        .json()
                        .path("value")
                        .asInt())
                .isEqualTo(55);
    }

    @Test
    void nullIsTheSameAsAbsent() throws IOException {
        client.apply("{\"function\":\"fib\",\"args\":[5],\"kwargs\":null,\"pool\":null,\"timeout\":null,"
                        + "\"expires\":null,\"priority\":null,\"tags\":null}")
                .is(200);
        client.apply("{\"function\":null}").isProblem(ProblemType.MALFORMED_REQUEST, "/function");
    }

    @Test
    void halfACharacterIsNoneInWhatTheServiceKeeps() throws IOException {
        String half = "\\ud800";
        for (String tags :
                List.of("\"k\":\"" + half + "\"", "\"k\":\"" + half + "x\"", "\"k\":\"\\udc00" + half + "\"")) {
            client.apply("{\"function\":\"echo\",\"args\":[1],\"tags\":{" + tags + "}}")
                    .isProblem(ProblemType.MALFORMED_REQUEST, "/tags/k");
        }
        client.apply("{\"function\":\"echo\",\"args\":[1],\"tags\":{\"" + half + "\":\"1\",\"\\ud801\":\"2\"}}")
                .isProblem(ProblemType.MALFORMED_REQUEST);
        client.apply("{\"function\":\"" + half + "\"}").isProblem(ProblemType.MALFORMED_REQUEST, "/function");
        client.apply("{\"function\":\"echo\",\"pool\":\"" + half + "\"}")
                .isProblem(ProblemType.MALFORMED_REQUEST, "/pool");
        Answer whole = client.apply(
                "{\"function\":\"echo\",\"args\":[\"" + half + "\"],\"tags\":{\"\\ud83d\\ude00\":\"\\ud83d\\ude00\"}}");
        assertThat(whole.is(200).text()).contains("\"value\":\"" + half + "\"", "\ud83d\ude00");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{}|/function",
                "{\"function\":1}|/function",
                "{\"function\":\"echo\",\"args\":{}}|/args",
                "{\"function\":\"echo\",\"args\":\"1\"}|/args",
                "{\"function\":\"echo\",\"kwargs\":[]}|/kwargs",
                "{\"function\":\"echo\",\"pool\":1}|/pool",
                "{\"function\":\"echo\",\"timeout\":0}|/timeout",
                "{\"function\":\"echo\",\"timeout\":-1}|/timeout",
                "{\"function\":\"echo\",\"timeout\":\"1\"}|/timeout",
                "{\"function\":\"echo\",\"expires\":0}|/expires",
                "{\"function\":\"echo\",\"priority\":101}|/priority",
                "{\"function\":\"echo\",\"priority\":-101}|/priority",
                "{\"function\":\"echo\",\"priority\":0.5}|/priority",
                "{\"function\":\"echo\",\"priority\":1e999999999}|/priority",
                "{\"function\":\"echo\",\"tags\":[]}|/tags",
                "{\"function\":\"echo\",\"tags\":{\"a/b\":1}}|/tags/a~1b",
                "{\"function\":\"echo\",\"items\":[]}|/items",
                "{\"function\":\"echo\",\"retries\":1}|/retries",
                "{\"function\":\"echo\",\"callback\":\"http://localhost\"}|/callback",
                "{\"function\":\"echo\",\"Timeout\":1}|/Timeout",
                "{\"function\":\"echo\",\"args\":[NaN]}|/args/0",
                "{\"function\":\"echo\",\"args\":[{\"a\":1,\"a\":2}]}|/args/0/a",
            })
    void whatIsWrongIsNamed(String body, String pointer) throws IOException {
        client.apply(body).isProblem(ProblemType.MALFORMED_REQUEST, pointer);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"function\":\"fib\",\"args\":[\"x\"]}|/args/0",
                "{\"function\":\"fib\",\"args\":[93]}|/args/0",
                "{\"function\":\"fib\",\"args\":[1,2]}|/args/1",
                "{\"function\":\"fib\",\"kwargs\":{\"m\":1}}|/kwargs/m",
                "{\"function\":\"fib\",\"kwargs\":{\"n\":true}}|/kwargs/n",
            })
    void argumentsThatDoNotFitAreNamed(String body, String pointer) throws IOException {
        client.apply(body).isProblem(ProblemType.INVALID_ARGUMENTS, pointer);
    }

    @Test
    void whatIsUnknownIsToldWithTheNearestKnownName() throws IOException {
        Answer function = client.apply("{\"function\":\"fibb\"}").isProblem(ProblemType.UNKNOWN_FUNCTION);
        assertThat(function.json().path("name").asString()).isEqualTo("fibb");
        assertThat(function.json().path("suggestion").asString()).isEqualTo("fib");
        Answer pool =
                client.apply("{\"function\":\"fib\",\"pool\":\"processs\"}").isProblem(ProblemType.UNKNOWN_POOL);
        assertThat(pool.json().path("suggestion").asString()).isEqualTo("processes");
        Answer far =
                client.apply("{\"function\":\"" + "x".repeat(100_000) + "\"}").isProblem(ProblemType.UNKNOWN_FUNCTION);
        assertThat(far.json().path("suggestion").isNull()).isTrue();
        assertThat(far.body().length).isLessThan(2000);
    }

    @Test
    void aFunctionThatThrows() throws IOException {
        Answer answer = client.apply("{\"function\":\"raise\",\"args\":[\"on \\\"purpose\\\"\"]}")
                .isProblem(ProblemType.FUNCTION_RAISED);
        assertThat(answer.json().path("message").asString()).isEqualTo("on \"purpose\"");
        assertThat(answer.json().path("exception").asString()).contains("Exception");
        assertThat(answer.json().path("traceback").asString()).contains("raise");
    }

    @Test
    void valuesThatCannotBeSent() throws IOException {
        client.apply("{\"function\":\"not_json\"}").isProblem(ProblemType.VALUE_NOT_JSON);
        client.apply("{\"function\":\"too_large\"}").isProblem(ProblemType.VALUE_TOO_LARGE);
    }

    @Test
    void aWorkerThatDies() throws IOException {
        Answer exit = client.apply("{\"function\":\"exit\",\"args\":[7]}").isProblem(ProblemType.WORKER_LOST);
        assertThat(exit.json().path("exit_code").asInt()).isEqualTo(7);
        Answer crash = client.apply("{\"function\":\"crash\"}").isProblem(ProblemType.WORKER_LOST);
        assertThat(crash.json().path("signal").asInt()).isEqualTo(9);
        assertThat(crash.json().path("reason").asString()).contains("SIGKILL");
    }

    @Test
    void aCallThatRunsTooLong() throws IOException {
        Answer answer = client.apply("{\"function\":\"sleep\",\"args\":[30],\"timeout\":0.25}")
                .isProblem(ProblemType.JOB_TIMEOUT);
        assertThat(answer.json().path("timeout").asDouble()).isEqualTo(0.25, within(1e-9));
        assertThat(answer.text()).contains("\"timeout\":0.25");
        client.apply("{\"function\":\"hang\",\"timeout\":0.2}").isProblem(ProblemType.JOB_TIMEOUT);
    }

    @Test
    void anAddressThatIsNotAllowed() throws IOException {
        client.apply("{\"function\":\"fetch\",\"args\":[\"http://10.0.0.1/\"]}")
                .isProblem(ProblemType.FORBIDDEN_ADDRESS, "/args/0");
    }

    @Test
    void aTimeoutAboveThatOfThePool() throws IOException {
        client.put("/v1/pools/limited", "{\"kind\":\"thread\",\"size\":1,\"max_timeout\":0.5}")
                .is(201);
        client.apply("{\"function\":\"echo\",\"args\":[1],\"pool\":\"limited\",\"timeout\":0.6}")
                .isProblem(ProblemType.MALFORMED_REQUEST, "/timeout");
        client.apply("{\"function\":\"sleep\",\"args\":[30],\"pool\":\"limited\"}")
                .isProblem(ProblemType.JOB_TIMEOUT);
        client.delete("/v1/pools/limited").is(204);
    }

    @Test
    void aFullQueueAnExpiredCallAndAClosedPool() throws Exception {
        client.put("/v1/pools/narrow", "{\"kind\":\"thread\",\"size\":1,\"queue_capacity\":1}")
                .is(201);
        try (ExecutorService calls = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<Answer> running =
                    calls.submit(() -> client.apply("{\"function\":\"sleep\",\"args\":[1.5],\"pool\":\"narrow\"}"));
            until(view -> view.running() == 1);
            Future<Answer> queued = calls.submit(
                    () -> client.apply("{\"function\":\"echo\",\"args\":[1],\"pool\":\"narrow\",\"expires\":0.3}"));
            until(view -> view.queued() == 1);
            Answer full = client.apply("{\"function\":\"echo\",\"args\":[1],\"pool\":\"narrow\"}")
                    .isProblem(ProblemType.QUEUE_FULL);
            assertThat(full.header("retry-after")).matches("[1-9][0-9]*");
            Answer expired = queued.get().isProblem(ProblemType.JOB_EXPIRED);
            assertThat(expired.json().path("instance").asString())
                    .isEqualTo("urn:uuid:" + expired.json().path("job").asString());
            running.get().is(200);
            client.post("/v1/pools/narrow/close").is(200);
            client.apply("{\"function\":\"echo\",\"args\":[1],\"pool\":\"narrow\"}")
                    .isProblem(ProblemType.POOL_CLOSED);
        } finally {
            client.delete("/v1/pools/narrow").is(204);
        }
    }

    @Test
    void callsOfATerminatedPoolAreAnsweredAtOnce() throws Exception {
        client.put("/v1/pools/narrow", "{\"kind\":\"process\",\"size\":1}").is(201);
        try (ExecutorService calls = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<Answer> running =
                    calls.submit(() -> client.apply("{\"function\":\"sleep\",\"args\":[60],\"pool\":\"narrow\"}"));
            until(view -> view.running() == 1);
            client.post("/v1/pools/narrow/terminate").is(200);
            running.get().isProblem(ProblemType.JOB_CANCELLED);
        } finally {
            client.delete("/v1/pools/narrow").is(204);
        }
    }

    @Test
    void aPoolThatCannotStartWorkers() throws IOException {
        client.put("/v1/pools/broken", "{\"kind\":\"process\",\"size\":1,\"initializer\":{\"function\":\"exit\"}}")
                .is(201);
        try {
            Answer answer = client.apply("{\"function\":\"echo\",\"args\":[1],\"pool\":\"broken\"}")
                    .isProblem(ProblemType.POOL_BROKEN);
            assertThat(answer.json().path("reason").asString()).isNotBlank();
            Answer refused = client.apply("{\"function\":\"echo\",\"args\":[1],\"pool\":\"broken\"}")
                    .isProblem(ProblemType.POOL_BROKEN);
            assertThat(List.of(answer, refused))
                    .extracting(each -> each.header("retry-after"))
                    .containsOnly("10");
        } finally {
            client.delete("/v1/pools/broken").is(204);
        }
    }

    private void until(Predicate<PoolView> condition) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(20))
                .until(() -> condition.test(
                        service.part(Pools.class).find("narrow").orElseThrow().view()));
    }
}
