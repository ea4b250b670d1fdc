package dev.motorpool.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.motorpool.http.ServiceExtension.Service;
import dev.motorpool.http.route.AnswerWriter;
import dev.motorpool.http.route.BodyReader;
import dev.motorpool.http.route.ByteBudget;
import dev.motorpool.job.ProblemType;
import dev.motorpool.json.JsonSlices;
import dev.motorpool.pool.PoolView;
import dev.motorpool.pool.Pools;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** The verbs map and starmap. */
@ExtendWith(ServiceExtension.class)
@Tag("service")
class MapTest {

    private final CheckedClient client;
    private final Service service;

    MapTest(CheckedClient client, Service service) {
        this.client = client;
        this.service = service;
    }

    private Answer map(String members) throws IOException {
        return client.post("/v1/map", "{" + members + "}");
    }

    private static String numbers(int count) {
        return IntStream.range(0, count).mapToObj(Integer::toString).collect(Collectors.joining(",", "[", "]"));
    }

    @Test
    void aMapIsAJobWithAllValues() throws IOException {
        Answer answer = map("\"function\":\"fib\",\"items\":[10,11,12],\"tags\":{\"a\":\"b\"},\"priority\":5")
                .is(200);

        JsonNode job = answer.json();
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
        assertThat(job.path("value").toString()).isEqualTo("[55,89,144]");
        assertThat(job.path("progress").toString()).isEqualTo("{\"done\":3,\"total\":3,\"message\":null}");
        assertThat(job.path("verb").asString()).isEqualTo("map");
        assertThat(job.path("pool").asString()).isEqualTo("processes");
        assertThat(job.path("tags").toString()).isEqualTo("{\"a\":\"b\"}");
        assertThat(job.path("worker").isNull()).isTrue();
        client.get("/v1/jobs/" + job.path("id").asString()).isProblem(ProblemType.UNKNOWN_JOB);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 10, 999, 1000, 5000})
    void noChunksizeChangesTheOrder(int chunksize) throws IOException {
        for (String pool : List.of("processes", "threads", "coroutines")) {
            Answer answer = map("\"function\":\"echo\",\"items\":" + numbers(1000) + ",\"pool\":\"" + pool
                            + "\",\"chunksize\":" + chunksize)
                    .is(200);
            assertThat(answer.json().path("value").toString()).isEqualTo(numbers(1000));
        }
    }

    @Test
    void aMapOfNothingIsAnEmptyArrayAtOnce() throws IOException {
        for (String verb : List.of("map", "starmap")) {
            JsonNode job = client.post("/v1/" + verb, "{\"function\":\"fib\",\"items\":[]}")
                    .is(200)
                    .json();
            assertThat(job.path("value").toString()).isEqualTo("[]");
            assertThat(job.path("progress").path("total").asInt()).isZero();
        }
    }

    @Test
    void aMapThatStartsInTimeDoesNotExpire() throws IOException {
        map("\"function\":\"echo\",\"items\":[1,2],\"expires\":60").is(200);
        map("\"function\":\"echo\",\"items\":[1,2],\"expires\":3e8").is(200);
    }

    @Test
    void starmapSpreadsEachItemOverTheParameters() throws IOException {
        JsonNode job = client.post(
                        "/v1/starmap", "{\"function\":\"mine\",\"items\":[[\"a\",0],[\"b\",1]],\"pool\":\"threads\"}")
                .is(200)
                .json();
        assertThat(job.path("value").get(0).path("nonce").asInt()).isZero();
        assertThat(job.path("verb").asString()).isEqualTo("starmap");
        client.post("/v1/starmap", "{\"function\":\"mine\",\"items\":[[\"a\",0],[\"b\",-1]]}")
                .isProblem(ProblemType.INVALID_ARGUMENTS, "/items/1/1");
        client.post("/v1/starmap", "{\"function\":\"mine\",\"items\":[[\"a\",0],7]}")
                .isProblem(ProblemType.INVALID_ARGUMENTS, "/items/1");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
        "items":[1]                                           | /function
        "function":"fib"                                      | /items
        "function":"fib","items":null                         | /items
        "function":"fib","items":{}                           | /items
        "function":"fib","items":[1],"chunksize":0            | /chunksize
        "function":"fib","items":[1],"chunksize":1.5          | /chunksize
        "function":"fib","items":[1],"on_error":"ignore"      | /on_error
        "function":"fib","items":[1],"on_error":7             | /on_error
        "function":"fib","items":[1],"args":[1]               | /args
        "function":"fib","items":[1],"window":5               | /window
        "function":"fib","items":[1],"timeout":0              | /timeout
        "function":"fib","items":[1],"tags":{"a":1}           | /tags/a
        "function":"fib","items":[1],"retries":1              | /retries
        """)
    void whatDoesNotBelongThereIsNamed(String members, String pointer) throws IOException {
        map(members).isProblem(ProblemType.MALFORMED_REQUEST, pointer);
    }

    @Test
    void allItemsAreCheckedBeforeAnyRuns() throws IOException {
        long before = submitted("processes");
        map("\"function\":\"fib\",\"items\":[1,2,3,93]").isProblem(ProblemType.INVALID_ARGUMENTS, "/items/3");
        map("\"function\":\"fib\",\"items\":[\"1\"]").isProblem(ProblemType.INVALID_ARGUMENTS, "/items/0");
        map("\"function\":\"mine\",\"items\":[\"1\"]").isProblem(ProblemType.INVALID_ARGUMENTS, "/items/0");
        map("\"function\":\"fetch\",\"items\":[\"http://10.0.0.1/\"]")
                .isProblem(ProblemType.FORBIDDEN_ADDRESS, "/items/0");
        map("\"function\":\"fibb\",\"items\":[1]").isProblem(ProblemType.UNKNOWN_FUNCTION);
        map("\"function\":\"fib\",\"items\":[1],\"pool\":\"x\"").isProblem(ProblemType.UNKNOWN_POOL);
        assertThat(submitted("processes")).isEqualTo(before);
    }

    private long submitted(String pool) {
        return view(pool).counters().submitted();
    }

    private PoolView view(String pool) {
        return service.part(Pools.class).find(pool).orElseThrow().view();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 5, 9})
    void theItemThatFailsFirstFailsTheMap(int position) throws IOException {
        String items = IntStream.range(0, 10)
                .mapToObj(i -> i == position ? "[\"no " + i + "\"]" : "[\"1\"]")
                .collect(Collectors.joining(",", "[", "]"));
        String body = "{\"function\":\"raise\",\"items\":" + items.replace("[\"1\"]", "[]") + "}";
        Answer answer = client.post("/v1/starmap", body).isProblem(ProblemType.FUNCTION_RAISED);
        assertThat(answer.json().path("index").isInt()).isTrue();
        assertThat(answer.json().path("exception").asString()).isEqualTo("java.lang.IllegalStateException");
    }

    @Test
    void theFailureInTimeCountsNotThatInOrder() throws IOException {
        Answer answer = client.post(
                "/v1/starmap",
                "{\"function\":\"sleep\",\"items\":[[20],[0.01],[20]],\"timeout\":0.3,\"chunksize\":1,\"pool\":\"threads\"}");
        answer.isProblem(ProblemType.JOB_TIMEOUT);
        assertThat(answer.json().path("index").asInt()).isIn(0, 2);
        assertThat(answer.json().path("timeout").asDouble()).isEqualTo(0.3);
    }

    @Test
    void collectHasNullAtFailedPlacesAndTheirErrors() throws IOException {
        JsonNode job = map("\"function\":\"sleep\",\"items\":[0,30,0.01,30],\"timeout\":0.3,\"on_error\":\"collect\","
                        + "\"chunksize\":1,\"pool\":\"threads\"")
                .is(200)
                .json();
        assertThat(job.path("value").toString()).isEqualTo("[0,null,0.01,null]");
        assertThat(job.path("errors").size()).isEqualTo(2);
        assertThat(job.path("errors").get(0).path("index").asInt()).isEqualTo(1);
        assertThat(job.path("errors").get(1).path("index").asInt()).isEqualTo(3);
        assertThat(job.path("errors").get(1).path("error").path("type").asString())
                .isEqualTo("job-timeout");
        assertThat(job.path("progress").path("done").asInt()).isEqualTo(4);
    }

    @Test
    void collectTellsWhatRaised() throws IOException {
        JsonNode job = map("\"function\":\"raise\",\"items\":[\"a\",\"b\"],\"on_error\":\"collect\"")
                .is(200)
                .json();
        assertThat(job.path("value").toString()).isEqualTo("[null,null]");
        JsonNode error = job.path("errors").get(1).path("error");
        assertThat(error.path("type").asString()).isEqualTo("function-raised");
        assertThat(error.path("message").asString()).isEqualTo("b");
        assertThat(error.path("exception").asString()).isEqualTo("java.lang.IllegalStateException");
        assertThat(map("\"function\":\"echo\",\"items\":[1],\"on_error\":\"collect\"")
                        .is(200)
                        .json()
                        .path("errors")
                        .toString())
                .isEqualTo("[]");
    }

    @Test
    void twentyValuesWithoutJsonInARow() throws IOException {
        String items = "[" + "[],".repeat(19) + "[]]";
        String body = "{\"function\":\"not_json\",\"items\":" + items;
        client.post("/v1/starmap", body + "}").isProblem(ProblemType.VALUE_NOT_JSON);
        JsonNode job = client.post("/v1/starmap", body + ",\"on_error\":\"collect\"}")
                .is(200)
                .json();
        assertThat(job.path("errors").size()).isEqualTo(20);
    }

    @Test
    void valuesComeAsTheyAreHoweverLarge() throws IOException {
        String large = "\"" + "x".repeat(300_000) + "\"";
        String items = "[1.50," + large + ",1e400,\"\u00fc\"," + large + ",[ 1,\n2 ],null]";
        Answer answer = map("\"function\":\"echo\",\"items\":" + items).is(200);
        assertThat(answer.text()).contains("\"value\":" + items + ",");
        assertThat(answer.header("content-length")).isEqualTo(Integer.toString(answer.body().length));
    }

    @Test
    void aHundredThousandItems() throws IOException {
        String items = numbers(100_000);
        Answer answer = map("\"function\":\"echo\",\"items\":" + items).is(200);
        assertThat(answer.text()).contains("\"value\":" + items + ",");
    }

    @ParameterizedTest
    @ValueSource(strings = {"map", "starmap", "map_async", "starmap_async", "imap", "imap_unordered"})
    void aBodyHasALimitOfItems(String verb) throws IOException {
        String item = verb.startsWith("star") ? "[0]" : "0";
        String items = "[" + (item + ",").repeat(1_000_000) + item + "]";
        Answer answer = client.post("/v1/" + verb, "{\"function\":\"echo\",\"items\":" + items + "}");
        answer.isProblem(ProblemType.MALFORMED_REQUEST, "/items");
        assertThat(answer.json().path("detail").asString()).contains("1000000", "motorpool.http.items");
    }

    @Test
    void whatIsMadeFromABodyIsCountedWithIt() throws IOException {
        int items = 100_000;
        ByteBudget budget = service.part(BodyReader.class).budget();
        String body = "{\"function\":\"sleep\",\"pool\":\"threads\",\"items\":[60" + ",60".repeat(items - 1) + "]}";
        try (RawConnection connection = client.connect()) {
            connection.send("POST /v1/map HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                    + "Content-Length: " + body.length() + "\r\n\r\n" + body);
            Awaitility.await().until(() -> budget.used() >= body.length() + JsonSlices.BYTES_OF_BOUNDS * items);
        }
        Awaitility.await().until(() -> budget.used() == 0);
    }

    @Test
    void manyErrorsAreWrittenPieceByPiece() throws IOException {
        int items = 5_000;
        Answer answer = map("\"function\":\"raise\",\"items\":[\"x\"" + ",\"x\"".repeat(items - 1)
                        + "],\"on_error\":\"collect\"")
                .is(200);
        assertThat(answer.header("content-length")).isEqualTo(Integer.toString(answer.body().length));
        JsonNode errors = answer.json().path("errors");
        assertThat(errors.size()).isEqualTo(items);
        for (int i = 0; i < items; i++) {
            assertThat(errors.get(i).path("index").asInt()).isEqualTo(i);
        }
        Awaitility.await().until(() -> service.part(AnswerWriter.class).budget().used() == 0);
    }

    @Test
    void aVanishedClientCancelsTheMap() throws IOException {
        client.put("/v1/pools/mapped", "{\"kind\":\"thread\",\"size\":2}").is(201);
        try (RawConnection connection = client.connect()) {
            String body = "{\"function\":\"sleep\",\"items\":[60,60,60,60],\"pool\":\"mapped\"}";
            connection.send("POST /v1/map HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                    + "Content-Length: " + body.getBytes(StandardCharsets.UTF_8).length + "\r\n\r\n" + body);
            Awaitility.await().until(() -> view("mapped").running() == 2);
        }
        Awaitility.await()
                .atMost(Duration.ofSeconds(2))
                .until(() -> view("mapped").running() == 0 && view("mapped").queued() == 0);
        client.delete("/v1/pools/mapped").is(204);
    }

    @Test
    void aTerminatedPoolEndsTheMapAtOnce() throws IOException {
        client.put("/v1/pools/ended", "{\"kind\":\"thread\",\"size\":2}").is(201);
        try (RawConnection connection = client.connect()) {
            String body =
                    "{\"function\":\"sleep\",\"items\":[60,60,60,60],\"pool\":\"ended\",\"on_error\":\"collect\"}";
            connection.send("POST /v1/map HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                    + "Content-Length: " + body.length() + "\r\n\r\n" + body);
            Awaitility.await().until(() -> view("ended").running() == 2);
            client.post("/v1/pools/ended/terminate").is(200);
            client.checked("POST", "/v1/map", connection.read()).isProblem(ProblemType.JOB_CANCELLED);
        }
        client.post("/v1/map", "{\"function\":\"sleep\",\"items\":[1],\"pool\":\"ended\"}")
                .isProblem(ProblemType.POOL_CLOSED);
        client.delete("/v1/pools/ended").is(204);
    }

    @Test
    void nothingIsHeldAfterwards() throws IOException {
        map("\"function\":\"echo\",\"items\":" + numbers(10_000)).is(200);
        Awaitility.await().until(() -> service.part(AnswerWriter.class).budget().used() == 0);
    }
}
