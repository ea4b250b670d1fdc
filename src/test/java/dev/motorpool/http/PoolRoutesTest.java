package dev.motorpool.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.motorpool.job.ProblemType;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Functions, pools and workers: section 2 of the contract. */
@ExtendWith(ServiceExtension.class)
@Tag("service")
class PoolRoutesTest {

    private static final String POOL = "/v1/pools/mine";

    private final CheckedClient client;

    PoolRoutesTest(CheckedClient client) {
        this.client = client;
    }

    @AfterEach
    void forgetThePool() throws IOException {
        client.delete(POOL);
    }

    @Test
    void aPoolThatFunctionsGoToByDefaultIsDeletedOnlyByForce() throws IOException {
        client.delete("/v1/pools/threads").isProblem(ProblemType.POOL_IS_DEFAULT);
        client.delete("/v1/pools/threads?force=false").isProblem(ProblemType.POOL_IS_DEFAULT);
        client.delete("/v1/pools/threads?force=yes").isProblem(ProblemType.MALFORMED_REQUEST, "force");
        String call = "{\"function\":\"sleep\",\"args\":[0]}";
        client.post("/v1/apply", call).is(200);
        client.delete("/v1/pools/threads?force=true").is(204);
        try {
            Answer gone = client.post("/v1/apply", call).isProblem(ProblemType.UNKNOWN_POOL);
            assertThat(gone.json().path("detail").asString())
                    .contains("'sleep'")
                    .contains("PUT /v1/pools/threads");
            assertThat(gone.json().path("name").asString()).isEqualTo("threads");
        } finally {
            client.put("/v1/pools/threads", "{\"kind\":\"thread\"}").is(201);
        }
        client.post("/v1/apply", call).is(200);
    }

    @Test
    void functionsAreListedByName() throws IOException {
        List<String> names = new ArrayList<>();
        client.get("/v1/functions")
                .is(200)
                .json()
                .path("items")
                .forEach(item -> names.add(item.path("name").asString()));
        assertThat(names).isSorted().contains("count", "echo", "fetch", "fib", "mine", "sleep");
    }

    @Test
    void aFunctionSaysWhatItTakesAndWhereItRuns() throws IOException {
        Answer answer = client.get("/v1/functions/fib").is(200);
        assertThat(answer.members())
                .containsExactly(
                        "name", "description", "workload", "pool", "parameters", "returns", "runtime", "source");
        assertThat(answer.json().path("workload").asString()).isEqualTo("cpu");
        assertThat(answer.json().path("pool").asString()).isEqualTo("processes");
        assertThat(answer.json().at("/parameters/properties/n/maximum").asInt()).isEqualTo(92);
        assertThat(client.get("/v1/functions/sleep").json().path("pool").asString())
                .isEqualTo("threads");
        Answer unknown = client.get("/v1/functions/fub").isProblem(ProblemType.UNKNOWN_FUNCTION);
        assertThat(unknown.json().path("suggestion").asString()).isEqualTo("fib");
        client.get("/v1/functions/%C3%A4").isProblem(ProblemType.UNKNOWN_FUNCTION);
    }

    @Test
    void listsArePagedAndEveryItemAppearsOnce() throws IOException {
        for (String list : List.of("/v1/functions", "/v1/pools")) {
            List<String> all = new ArrayList<>();
            client.get(list)
                    .json()
                    .path("items")
                    .forEach(item -> all.add(item.path("name").asString()));
            List<String> paged = new ArrayList<>();
            String cursor = "";
            while (true) {
                JsonNode page = client.get(list + "?limit=2" + cursor).is(200).json();
                assertThat(page.path("items").size()).isLessThanOrEqualTo(2);
                page.path("items").forEach(item -> paged.add(item.path("name").asString()));
                if (page.path("next_cursor").isNull()) {
                    break;
                }
                cursor = "&cursor=" + page.path("next_cursor").asString();
            }
            assertThat(paged).containsExactlyElementsOf(all);
        }
    }

    @Test
    void cursorsThatAreBrokenOrOfAnotherListAreRefused() throws IOException {
        String cursor =
                client.get("/v1/functions?limit=1").json().path("next_cursor").asString();
        client.get("/v1/functions?cursor=" + cursor).is(200);
        client.get("/v1/pools?cursor=" + cursor).isProblem(ProblemType.MALFORMED_REQUEST, "cursor");
        client.get("/v1/functions?cursor=" + cursor + "x").isProblem(ProblemType.MALFORMED_REQUEST, "cursor");
        client.get("/v1/functions?cursor=").isProblem(ProblemType.MALFORMED_REQUEST, "cursor");
        client.get("/v1/functions?cursor=***").isProblem(ProblemType.MALFORMED_REQUEST, "cursor");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "1001", "-1", "x", "1.5", "", "99999999999"})
    void theLimitIsFrom1To1000(String limit) throws IOException {
        client.get("/v1/pools?limit=" + limit).isProblem(ProblemType.MALFORMED_REQUEST, "limit");
        client.get("/v1/pools?limit=1000").is(200);
    }

    @Test
    void aPoolHasTheFormOfTheContract() throws IOException {
        Answer answer = client.get("/v1/pools/processes").is(200);
        assertThat(answer.members())
                .containsExactly(
                        "name", "kind", "size", "state", "reason", "queued", "running", "settings", "counters");
        assertThat(answer.json().path("settings").propertyNames())
                .containsExactly(
                        "queue_capacity",
                        "default_timeout",
                        "max_timeout",
                        "max_tasks_per_child",
                        "threads_per_worker",
                        "memory_limit",
                        "initializer",
                        "idle_timeout",
                        "runtime",
                        "sandbox",
                        "network");
        client.get("/v1/pools/nothing").isProblem(ProblemType.UNKNOWN_POOL);
    }

    @Test
    void putMakesAndChangesAPool() throws IOException {
        JsonNode made = client.put(
                        POOL,
                        "{\"kind\":\"thread\",\"size\":2,\"default_timeout\":1.5,\"max_timeout\":20,"
                            + "\"max_tasks_per_child\":9,\"memory_limit\":1073741824,\"queue_capacity\":7,"
                            + "\"initializer\":{\"function\":\"echo\",\"args\":[1.50]},\"idle_timeout\":60,\"runtime\":\"java\"}")
                .is(201)
                .json();
        assertThat(made.path("settings").toString())
                .isEqualTo("{\"queue_capacity\":7,\"default_timeout\":1.5,\"max_timeout\":20,\"max_tasks_per_child\":9,"
                               + "\"threads_per_worker\":1,\"memory_limit\":1073741824,"
                               + "\"initializer\":{\"function\":\"echo\",\"args\":[1.50],\"kwargs\":{}},\"idle_timeout\":60,\"runtime\":\"java\","
                               + "\"sandbox\":\"none\",\"network\":true}");
        JsonNode changed = client.put(POOL, "{\"size\":3.0,\"default_timeout\":null,\"initializer\":null}")
                .is(200)
                .json();
        assertThat(changed.path("size").asInt()).isEqualTo(3);
        assertThat(changed.at("/settings/default_timeout").isNull()).isTrue();
        assertThat(changed.at("/settings/initializer").isNull()).isTrue();
        assertThat(changed.at("/settings/max_timeout").asInt()).isEqualTo(20);
        JsonNode reset = client.put(POOL, "{\"queue_capacity\":null}").is(200).json();
        assertThat(reset.at("/settings/queue_capacity").asInt()).isEqualTo(10_000);
        client.put(POOL, "{}").is(200);
        client.put(POOL, "{\"kind\":\"process\"}").isProblem(ProblemType.WRONG_KIND);
        client.post(POOL + "/close").is(200);
        client.put(POOL, "{\"size\":1}").isProblem(ProblemType.POOL_CLOSED);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{}|/kind",
                "{\"kind\":null}|/kind",
                "{\"kind\":\"fibre\"}|/kind",
                "{\"kind\":1}|/kind",
                "{\"kind\":\"thread\",\"size\":0}|/size",
                "{\"kind\":\"thread\",\"size\":-1}|/size",
                "{\"kind\":\"thread\",\"size\":4097}|/size",
                "{\"kind\":\"coroutine\",\"size\":1000001}|/size",
                "{\"kind\":\"thread\",\"size\":1.5}|/size",
                "{\"kind\":\"thread\",\"size\":\"1\"}|/size",
                "{\"kind\":\"thread\",\"size\":1e999999999}|/size",
                "{\"kind\":\"thread\",\"queue_capacity\":-1}|/queue_capacity",
                "{\"kind\":\"thread\",\"default_timeout\":0}|/default_timeout",
                "{\"kind\":\"thread\",\"max_timeout\":\"1\"}|/max_timeout",
                "{\"kind\":\"thread\",\"default_timeout\":2,\"max_timeout\":1}|/default_timeout",
                "{\"kind\":\"thread\",\"max_tasks_per_child\":0}|/max_tasks_per_child",
                "{\"kind\":\"process\",\"threads_per_worker\":1025}|/threads_per_worker",
                "{\"kind\":\"thread\",\"threads_per_worker\":2}|/threads_per_worker",
                "{\"kind\":\"thread\",\"memory_limit\":1}|/memory_limit",
                "{\"kind\":\"thread\",\"runtime\":\"sh\"}|/runtime",
                "{\"kind\":\"thread\",\"initializer\":1}|/initializer",
                "{\"kind\":\"thread\",\"initializer\":{}}|/initializer/function",
                "{\"kind\":\"thread\",\"initializer\":{\"function\":\"fibb\"}}|/initializer/function",
                "{\"kind\":\"thread\",\"initializer\":{\"function\":\"fib\",\"args\":[\"x\"]}}|/initializer/args/0",
                "{\"kind\":\"thread\",\"initializer\":{\"function\":\"fib\",\"n\":1}}|/initializer/n",
                "{\"kind\":\"thread\",\"name\":\"x\"}|/name",
                "{\"kind\":\"thread\",\"settings\":{}}|/settings",
                "{\"kind\":\"thread\",\"command\":[\"sh\"]}|/command",
            })
    void settingsThatDoNotFitAreNamed(String body, String pointer) throws IOException {
        client.put(POOL, body).isProblem(ProblemType.MALFORMED_REQUEST, pointer);
        client.get(POOL).isProblem(ProblemType.UNKNOWN_POOL);
    }

    @ParameterizedTest
    @ValueSource(strings = {"-x", "%C3%A4", "a%20b"})
    void namesOfPoolsArePlain(String name) throws IOException {
        client.put("/v1/pools/" + name, "{\"kind\":\"thread\"}").isProblem(ProblemType.MALFORMED_REQUEST, "name");
    }

    @Test
    void aPausedPoolTakesCallsAndStartsNone() throws Exception {
        client.put(POOL, "{\"kind\":\"thread\",\"size\":1}").is(201);
        assertThat(client.post(POOL + "/pause").is(200).json().path("state").asString())
                .isEqualTo("paused");
        try (ExecutorService calls = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<Answer> call =
                    calls.submit(() -> client.apply("{\"function\":\"echo\",\"args\":[1],\"pool\":\"mine\"}"));
            awaitPool("queued", "1");
            client.post(POOL + "/resume").is(200);
            call.get().is(200);
        }
    }

    @Test
    void aPoolIsClosedJoinedAndForgotten() throws Exception {
        client.put(POOL, "{\"kind\":\"process\",\"size\":1}").is(201);
        client.get(POOL + "/join").isProblem(ProblemType.POOL_RUNNING);
        try (ExecutorService calls = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<Answer> call =
                    calls.submit(() -> client.apply("{\"function\":\"sleep\",\"args\":[2],\"pool\":\"mine\"}"));
            awaitPool("running", "1");
            assertThat(client.post(POOL + "/close").is(200).json().path("state").asString())
                    .isEqualTo("closed");
            client.post(POOL + "/close").is(200);
            client.get(POOL + "/join").is(202);
            client.get(POOL + "/join?timeout=0.2").is(202);
            long before = System.nanoTime();
            client.request("HEAD", POOL + "/join?timeout=30").send().is(202);
            // The time limit of the join is 30 s.
            assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(20));
            client.get(POOL + "/join?timeout=30").is(200);
            call.get().is(200);
        }
        client.post(POOL + "/pause").isProblem(ProblemType.POOL_CLOSED);
        client.delete(POOL).is(204);
        client.get(POOL).isProblem(ProblemType.UNKNOWN_POOL);
        client.delete(POOL).isProblem(ProblemType.UNKNOWN_POOL);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-1",
                "301",
                "300.1",
                "x",
                "",
                "3.1e2",
                "NaN",
                "0x1",
                "Infinity",
                ".5",
                "1.",
                "01",
                "1d",
                "1e999999999",
                "%201",
                "-1e-9"
            })
    void waitsAreFrom0To300Seconds(String timeout) throws IOException {
        client.get("/v1/pools/processes/join?timeout=" + timeout).isProblem(ProblemType.MALFORMED_REQUEST, "timeout");
    }

    @Test
    void numbersOfTheQueryAreWrittenAsInJson() throws IOException {
        client.put(POOL, "{\"kind\":\"process\",\"size\":1}").is(201);
        client.post(POOL + "/terminate").is(200);
        for (String timeout : List.of("3e1", "1E%2B1", "0.3e2", "10.0", "300", "-0", "1e-999999999")) {
            client.get(POOL + "/join?timeout=" + timeout).is(200);
        }
        client.get("/v1/pools?limit=1e1").is(200);
        client.get("/v1/pools?limit=10.0").is(200);
    }

    @Test
    void aRangeIsToldAsItIs() throws IOException {
        for (String size : List.of("-1", "0", "4097", "-99999999999")) {
            Answer answer = client.put(POOL, "{\"kind\":\"thread\",\"size\":" + size + "}");
            answer.isProblem(ProblemType.MALFORMED_REQUEST, "/size");
            assertThat(answer.json().path("detail").asString()).isEqualTo("size must be from 1 to 4096.");
        }
    }

    @Test
    void workersAreListedAndTerminated() throws IOException {
        client.put(POOL, "{\"kind\":\"process\",\"size\":2}").is(201);
        client.apply("{\"function\":\"echo\",\"args\":[1],\"pool\":\"mine\"}").is(200);
        JsonNode first = client.get(POOL + "/workers?limit=1").is(200).json();
        assertThat(first.at("/items/0").propertyNames())
                .containsExactly("id", "pid", "state", "running", "calls", "rss_bytes", "started_at");
        String id = first.at("/items/0/id").asString();
        JsonNode second = client.get(
                        POOL + "/workers?cursor=" + first.path("next_cursor").asString())
                .is(200)
                .json();
        assertThat(second.at("/items/0/id").asString()).isNotEqualTo(id);
        assertThat(second.path("next_cursor").isNull()).isTrue();
        assertThat(client.post(POOL + "/workers/" + id + "/terminate")
                        .is(200)
                        .json()
                        .path("id")
                        .asString())
                .isEqualTo(id);
        Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> {
            JsonNode workers = client.get(POOL + "/workers").json().path("items");
            return workers.size() == 2 && !workers.toString().contains('"' + id + '"');
        });
        client.post(POOL + "/workers/" + id + "/terminate").isProblem(ProblemType.UNKNOWN_WORKER);
    }

    private void awaitPool(String member, String value) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(20))
                .until(() -> client.get(POOL).json().path(member).toString().equals(value));
    }
}
