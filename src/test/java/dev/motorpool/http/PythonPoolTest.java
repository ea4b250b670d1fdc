package dev.motorpool.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.motorpool.job.ProblemType;
import dev.motorpool.testing.Eventually;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/**
 * The statements of CPython's own tests of {@code multiprocessing.Pool} ({@code _TestPool} in
 * {@code _test_multiprocessing.py}, whose names the comments give), over HTTP, for each kind of pool.
 */
@ExtendWith(ServiceExtension.class)
@ParameterizedClass
@ValueSource(strings = {"process", "thread", "coroutine"})
@Timeout(120)
@Tag("slow")
class PythonPoolTest {

    private final String kind;
    private final CheckedClient client;

    PythonPoolTest(String kind, CheckedClient client) {
        this.kind = kind;
        this.client = client;
    }

    @BeforeEach
    void makeThePool() throws IOException {
        client.put("/v1/pools/python", "{\"kind\":\"" + kind + "\",\"size\":4}").is(201);
    }

    @AfterEach
    void forgetThePool() throws IOException {
        client.delete("/v1/pools/python").is(204);
    }

    private Answer call(String verb, String members) throws IOException {
        return client.post("/v1/" + verb, "{\"pool\":\"python\"," + members + "}");
    }

    private JsonNode pool() {
        try {
            return client.get("/v1/pools/python").is(200).json();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String range(int count) {
        return IntStream.range(0, count).mapToObj(Integer::toString).collect(Collectors.joining(",", "[", "]"));
    }

    /** test_map, test_starmap. */
    @ParameterizedTest
    @CsvSource({"10, 0", "100, 20"})
    void mapsAnswerInOrder(int count, int chunksize) throws IOException {
        String more = chunksize == 0 ? "" : ",\"chunksize\":" + chunksize;
        assertThat(call("map", "\"function\":\"echo\",\"items\":" + range(count) + more)
                        .is(200)
                        .json()
                        .path("value")
                        .toString())
                .isEqualTo(range(count));
        String pairs =
                IntStream.range(0, count).mapToObj(i -> "[" + i + "]").collect(Collectors.joining(",", "[", "]"));
        assertThat(call("starmap", "\"function\":\"echo\",\"items\":" + pairs + more)
                        .is(200)
                        .json()
                        .path("value")
                        .toString())
                .isEqualTo(range(count));
    }

    /** test_map_chunksize, test_empty_iterable: an empty input returns at once, with any chunksize. */
    @ParameterizedTest
    @ValueSource(strings = {"map", "starmap", "imap", "imap_unordered"})
    void nothingToDoIsDoneAtOnce(String verb) throws IOException {
        Answer answer =
                call(verb, "\"function\":\"echo\",\"items\":[],\"chunksize\":1").is(200);
        if (verb.contains("imap")) {
            assertThat(answer.text()).isEqualTo("{\"end\":true,\"count\":0,\"failed\":0}\n");
        } else {
            assertThat(answer.json().path("value").toString()).isEqualTo("[]");
        }
    }

    /** {@code map(chunksize=0)} of CPython returns Nones without running anything. */
    @Test
    void aChunksizeOfNothingIsRefused() throws IOException {
        call("map", "\"function\":\"echo\",\"items\":[1,2],\"chunksize\":0")
                .isProblem(ProblemType.MALFORMED_REQUEST, "/chunksize");
    }

    /** test_imap, test_imap_unordered. */
    @ParameterizedTest
    @CsvSource({"imap, 10, 1", "imap, 1000, 100", "imap_unordered, 10, 1", "imap_unordered, 1000, 100"})
    void streamsAnswerEachItem(String verb, int count, int chunksize) throws IOException {
        List<String> lines = call(
                        verb, "\"function\":\"echo\",\"items\":" + range(count) + ",\"chunksize\":" + chunksize)
                .is(200)
                .text()
                .lines()
                .toList();
        List<String> expected = IntStream.range(0, count)
                .mapToObj(i -> "{\"index\":" + i + ",\"value\":" + i + "}")
                .toList();
        if (verb.equals("imap")) {
            assertThat(lines.subList(0, count)).isEqualTo(expected);
        } else {
            assertThat(lines.subList(0, count)).containsExactlyInAnyOrderElementsOf(expected);
        }
        assertThat(lines.getLast()).isEqualTo("{\"end\":true,\"count\":" + count + ",\"failed\":0}");
    }

    /** test_imap_handle_iterable_exception and its unordered twin: reading the items fails, at different places. */
    @ParameterizedTest
    @CsvSource({"imap, 0", "imap, 1", "imap, 7", "imap_unordered, 0", "imap_unordered, 1", "imap_unordered, 7"})
    void itemsThatFailToComeEndTheStreamAfterThoseBefore(String verb, int before) throws IOException {
        try (StreamConnection stream = new StreamConnection(client, "/v1/" + verb + "?function=echo&pool=python")) {
            String good = IntStream.range(0, before).mapToObj(i -> i + "\n").collect(Collectors.joining());
            stream.send(good + "not json\n1\n2\n").finish();
            List<String> lines = stream.rest().lines().toList();
            assertThat(lines).hasSize(before + 1);
            assertThat(lines.getLast())
                    .startsWith("{\"end\":true,\"count\":" + before
                            + ",\"failed\":0,\"error\":{\"type\":\"malformed-item\"")
                    .contains("\"index\":" + before);
        }
    }

    /** test_terminate: ten thousand waiting calls do not delay it, and waiting clients are answered at once. */
    @Test
    void terminateWithTenThousandWaiting() throws Exception {
        String items = IntStream.range(0, 10_000).mapToObj(i -> "100").collect(Collectors.joining(",", "[", "]"));
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<Answer> map =
                    threads.submit(() -> call("map", "\"function\":\"sleep\",\"chunksize\":1,\"items\":" + items));
            Future<Answer> stream =
                    threads.submit(() -> call("imap", "\"function\":\"sleep\",\"window\":10000,\"items\":" + items));
            Eventually.within(
                    Duration.ofSeconds(30),
                    () -> assertThat(pool().path("queued").asInt()).isGreaterThan(18_000));
            long before = System.nanoTime();
            client.post("/v1/pools/python/terminate").is(200);
            client.get("/v1/pools/python/join?timeout=20").is(200);
            map.get().isProblem(ProblemType.JOB_CANCELLED);
            assertThat(stream.get().text()).contains("\"error\":{\"type\":\"job-cancelled\"");
            assertThat(System.nanoTime() - before)
                    .isLessThan(Duration.ofSeconds(10).toNanos());
        }
        assertThat(pool().path("counters").path("cancelled").asInt())
                .isEqualTo(pool().path("counters").path("submitted").asInt());
    }

    /**
     * test_traceback, test_wrapped_exception: the answer has the exception with its trace, without frames of the pool.
     */
    @Test
    void whatIsRaisedIsToldWithItsTraceback() throws IOException {
        Answer problem = call("map", "\"function\":\"behave\",\"items\":[\"well\",\"raise\",\"well\"]")
                .isProblem(ProblemType.FUNCTION_RAISED);
        assertThat(problem.json().path("index").asInt()).isEqualTo(1);
        assertThat(problem.json().path("exception").asString()).isEqualTo("java.lang.IllegalStateException");
        assertThat(problem.json().path("traceback").asString())
                .contains("Misbehaving.raise")
                .doesNotContain("dev.motorpool.worker");
    }

    /** Large errors: a message of a mebibyte, many in a row. */
    @Test
    void largeErrorsAreLines() throws IOException {
        String items = IntStream.range(0, 8)
                .mapToObj(i -> '"' + "x".repeat(1 << 20) + i + '"')
                .collect(Collectors.joining(",", "[", "]"));
        List<String> lines = call("imap", "\"function\":\"raise\",\"items\":" + items)
                .is(200)
                .text()
                .lines()
                .toList();
        assertThat(lines).hasSize(9);
        assertThat(lines.getLast()).isEqualTo("{\"end\":true,\"count\":8,\"failed\":8}");
        assertThat(lines.subList(0, 8)).allMatch(line -> line.contains("\"type\":\"function-raised\""));
    }

    /** test_unpickleable_result: twenty in a row, and the pool survives. */
    @Test
    void twentyValuesThatCannotBeSentInARow() throws IOException {
        String items = IntStream.range(0, 20).mapToObj(i -> "[]").collect(Collectors.joining(",", "[", "]"));
        Answer job = call("starmap", "\"function\":\"not_json\",\"on_error\":\"collect\",\"items\":" + items)
                .is(200);
        assertThat(job.json().path("errors").size()).isEqualTo(20);
        assertThat(job.json().path("errors").path(0).path("error").path("type").asString())
                .isEqualTo("value-not-json");
        call("apply", "\"function\":\"echo\",\"args\":[1]").is(200);
    }

    /** test_pool_worker_lifetime: a worker retires after a number of items, not of chunks (gh-68663). */
    @Test
    void aWorkerLeavesAfterSoManyItems() throws IOException {
        client.put("/v1/pools/python", "{\"max_tasks_per_child\":10}").is(200);
        assertThat(call("map", "\"function\":\"echo\",\"chunksize\":30,\"items\":" + range(300))
                        .is(200)
                        .json()
                        .path("value")
                        .toString())
                .isEqualTo(range(300));
        Eventually.within(Duration.ofSeconds(30), () -> assertThat(
                        pool().path("counters").path("workers_started").asInt())
                .isGreaterThanOrEqualTo(30));
    }

    /** test_pool_worker_lifetime_early_close: a pool that is closed early finishes its calls. */
    @Test
    void aPoolThatIsClosedEarlyFinishesWhatItHas() throws Exception {
        client.put("/v1/pools/python", "{\"max_tasks_per_child\":1}").is(200);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<Answer> map = threads.submit(
                    () -> call("map", "\"function\":\"sleep\",\"chunksize\":1,\"items\":[0.3,0.3,0.3,0.3,0.3,0.3]"));
            Eventually.within(
                    Duration.ofSeconds(30),
                    () -> assertThat(pool().path("running").asInt()).isPositive());
            client.post("/v1/pools/python/close").is(200);
            assertThat(map.get().is(200).json().path("value").toString()).isEqualTo("[0.3,0.3,0.3,0.3,0.3,0.3]");
            client.get("/v1/pools/python/join?timeout=30").is(200);
        }
    }

    /** Early close of an iterator: its client disconnects, and the pool is free. */
    @Test
    void aStreamThatIsLeftEarlyFreesThePool() throws IOException {
        try (StreamConnection stream = new StreamConnection(client, "/v1/imap?function=sleep&pool=python")) {
            stream.send("0\n" + "100\n".repeat(50));
            assertThat(stream.line()).isEqualTo("{\"index\":0,\"value\":0}");
        }
        Eventually.within(Duration.ofSeconds(5), () -> {
            assertThat(pool().path("running").asInt()).isZero();
            assertThat(pool().path("queued").asInt()).isZero();
        });
        call("apply", "\"function\":\"echo\",\"args\":[1]").is(200);
    }
}
