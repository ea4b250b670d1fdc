package dev.motorpool.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.motorpool.http.LiveConnection.Event;
import dev.motorpool.http.ServiceExtension.Service;
import dev.motorpool.http.server.ClientWatch;
import dev.motorpool.job.ProblemType;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
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

/** Live streams of detached jobs: items, events, jobs as they finish. */
@ExtendWith(ServiceExtension.class)
@Tag("slow")
class JobStreamTest {

    private static final String EVENTS = "Accept: text/event-stream";

    private final CheckedClient client;
    private final JobClient jobs;
    private final ClientWatch watch;

    JobStreamTest(CheckedClient client, Service service) {
        this.client = client;
        this.jobs = new JobClient(client);
        this.watch = service.part(ClientWatch.class);
    }

    @BeforeEach
    void makeThePool() throws IOException {
        jobs.pausedPool("held", 4);
    }

    @AfterEach
    void forgetThePoolAndAllStreams() throws IOException {
        jobs.forget("held");
        untilNobodyListens();
    }

    private void untilNobodyListens() {
        Awaitility.await().atMost(Duration.ofSeconds(10)).until(() -> watch.waiting() == 0);
    }

    private void untilSoManyListen(int count) {
        Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> watch.waiting() == count);
    }

    @Test
    void streamsOfEventsOnWhichNothingHappensPing() throws IOException {
        String id = jobs.map("echo", "\"items\":[1,2],\"pool\":\"held\"");
        long begin = System.nanoTime();
        try (LiveConnection events = LiveConnection.get(client, "/v1/jobs/" + id + "/events", EVENTS);
                LiveConnection items = LiveConnection.get(client, "/v1/jobs/" + id + "/items", EVENTS)) {
            assertThat(events.line()).isEqualTo("event: state");
            List<String> lines = new ArrayList<>();
            while (!lines.contains(": ping")) {
                lines.add(String.valueOf(events.line()));
            }
            assertThat(lines.getLast()).isEqualTo(": ping");
            assertThat(Duration.ofNanos(System.nanoTime() - begin))
                    .isBetween(Duration.ofSeconds(14), Duration.ofSeconds(29));
            assertThat(items.line()).isEqualTo(": ping");
        }
        client.post("/v1/jobs/" + id + "/cancel").is(200);
    }

    private static String numbers(int count) {
        return IntStream.range(0, count).mapToObj(Integer::toString).collect(Collectors.joining(",", "[", "]"));
    }

    private String ended(String members) throws IOException {
        String id = jobs.map("echo", members);
        jobs.endedAs(id, "succeeded");
        return id;
    }

    private List<JsonNode> items(String id, String query) throws IOException {
        return client.get("/v1/jobs/" + id + "/items" + query).is(200).lines();
    }

    private static List<Integer> numbers(List<JsonNode> lines, String member) {
        return lines.stream()
                .limit(lines.size() - 1)
                .map(line -> line.path(member).asInt())
                .toList();
    }

    private static List<Integer> upTo(int from, int end) {
        return IntStream.range(from, end).boxed().toList();
    }

    @Test
    void theItemsOfAFinishedMapComeInTheirOrder() throws IOException {
        String id = ended("\"items\":" + numbers(300) + ",\"chunksize\":7");
        List<JsonNode> lines = items(id, "");
        assertThat(numbers(lines, "index")).isEqualTo(upTo(0, 300));
        assertThat(numbers(lines, "value")).isEqualTo(upTo(0, 300));
        assertThat(numbers(lines, "seq")).containsExactlyInAnyOrderElementsOf(upTo(0, 300));
        assertThat(lines.getLast().toString()).isEqualTo("{\"end\":true,\"count\":300,\"failed\":0}");
        assertThat(items(id, "?order=input")).isEqualTo(lines);
    }

    @Test
    void orInThatOfTheirCompletion() throws IOException {
        String id = ended("\"items\":" + numbers(300) + ",\"chunksize\":7");
        List<JsonNode> lines = items(id, "?order=completion");
        assertThat(numbers(lines, "seq")).isEqualTo(upTo(0, 300));
        assertThat(numbers(lines, "index")).containsExactlyInAnyOrderElementsOf(upTo(0, 300));
        assertThat(lines.getLast().toString()).isEqualTo("{\"end\":true,\"count\":300,\"failed\":0}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"input", "completion"})
    void bothGoOnAfterWhatIsKnown(String order) throws IOException {
        String id = ended("\"items\":" + numbers(100) + ",\"chunksize\":9");
        List<JsonNode> all = items(id, "?order=" + order);
        for (int after : List.of(0, 7, 8, 9, 50, 98)) {
            List<JsonNode> rest = items(id, "?order=" + order + "&after=" + after);
            assertThat(rest.subList(0, rest.size() - 1)).isEqualTo(all.subList(after + 1, 100));
            assertThat(rest.getLast().path("count").asInt()).isEqualTo(99 - after);
        }
        for (int after : List.of(99, 100, 1_000_000, Integer.MAX_VALUE)) {
            assertThat(items(id, "?order=" + order + "&after=" + after)).hasSize(1);
        }
    }

    @Test
    void aBrowserGoesOnAfterItsLastEvent() throws IOException {
        String id = ended("\"items\":" + numbers(10));
        try (LiveConnection live =
                LiveConnection.get(client, "/v1/jobs/" + id + "/items?after=2", EVENTS, "Last-Event-ID: 7")) {
            for (int i = 8; i < 10; i++) {
                Event event = Objects.requireNonNull(live.event());
                assertThat(event.name()).isEqualTo("item");
                assertThat(event.id()).isEqualTo(Integer.toString(i));
                assertThat(event.data().path("value").asInt()).isEqualTo(i);
            }
            Event end = Objects.requireNonNull(live.event());
            assertThat(end.name()).isEqualTo("end");
            assertThat(end.id()).isEqualTo("9");
            assertThat(end.data().path("count").asInt()).isEqualTo(2);
            assertThat(live.event()).isNull();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "1.5", "-2", "99999999999", "1 2"})
    void lastEventsThatAreNoneAreRefused(String last) throws IOException {
        String id = ended("\"items\":[1]");
        client.request("GET", "/v1/jobs/" + id + "/items")
                .header("Last-Event-ID", last)
                .send()
                .isProblem(ProblemType.MALFORMED_REQUEST, "Last-Event-ID");
    }

    @ParameterizedTest
    @CsvSource({
        "?order=x,order",
        "?order=,order",
        "?after=x,after",
        "?after=-2,after",
        "?after=1.5,after",
        "?limit=1,limit"
    })
    void wrongParametersAreRefusedByName(String query, String name) throws IOException {
        String id = ended("\"items\":[1]");
        client.get("/v1/jobs/" + id + "/items" + query).isProblem(ProblemType.MALFORMED_REQUEST, name);
    }

    @Test
    void aSingleCallHasNoItems() throws IOException {
        String id = jobs.apply("echo", "\"args\":[1]");
        client.get("/v1/jobs/" + id + "/items").isProblem(ProblemType.NOT_A_MAP);
        client.request("HEAD", "/v1/jobs/" + id + "/items").send().is(409);
    }

    @Test
    void itemsComeWhileTheMapRunsEachWhenItsTurnIsFinal() throws IOException {
        jobs.resume("held");
        String id = jobs.map("sleep", "\"items\":[0.6,0,0.3,0],\"chunksize\":1,\"pool\":\"held\"");
        try (LiveConnection inOrder = LiveConnection.get(client, "/v1/jobs/" + id + "/items");
                LiveConnection byEnd = LiveConnection.get(client, "/v1/jobs/" + id + "/items?order=completion")) {
            List<Integer> ends = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                JsonNode line = byEnd.json();
                assertThat(line.path("seq").asInt()).isEqualTo(i);
                ends.add(line.path("index").asInt());
                if (i == 2) {
                    assertThat(jobs.state(id)).isEqualTo("running");
                }
            }
            assertThat(ends.subList(0, 2)).containsExactlyInAnyOrder(1, 3);
            assertThat(ends.subList(2, 4)).containsExactly(2, 0);
            assertThat(byEnd.json().path("count").asInt()).isEqualTo(4);
            assertThat(byEnd.line()).isNull();
            for (int i = 0; i < 4; i++) {
                assertThat(inOrder.json().path("index").asInt()).isEqualTo(i);
            }
            assertThat(inOrder.json().path("end").asBoolean()).isTrue();
        }
    }

    @Test
    void aLiveStreamCanBeTakenUpAgain() throws IOException {
        String id = jobs.map("echo", "\"items\":" + numbers(20) + ",\"chunksize\":1,\"pool\":\"held\"");
        try (LiveConnection live = LiveConnection.get(client, "/v1/jobs/" + id + "/items?order=completion&after=15")) {
            live.head().is(200);
            jobs.resume("held");
            for (int i = 16; i < 20; i++) {
                assertThat(live.json().path("seq").asInt()).isEqualTo(i);
            }
            assertThat(live.json().path("count").asInt()).isEqualTo(4);
        }
    }

    @Test
    void failedItemsAreErrorLinesAndDroppedOnesHaveNone() throws IOException {
        String collects =
                jobs.map("behave", "\"items\":[\"well\",\"raise\"],\"on_error\":\"collect\",\"pool\":\"threads\"");
        List<JsonNode> lines = items(collects, "");
        assertThat(lines.get(1).path("error").path("type").asString()).isEqualTo("function-raised");
        assertThat(lines.get(1).path("index").asInt()).isEqualTo(1);
        assertThat(lines.getLast().path("failed").asInt()).isEqualTo(1);
        assertThat(lines.getLast().has("error")).isFalse();
        String fails =
                jobs.map("behave", "\"items\":[\"well\",\"raise\",\"hang\"],\"chunksize\":3,\"pool\":\"processes\"");
        lines = items(fails, "");
        assertThat(lines.getLast().path("error").path("type").asString()).isEqualTo("function-raised");
        assertThat(numbers(lines, "index")).doesNotContain(2);
    }

    @Test
    void anEmptyMapHasOnlyAnEnd() throws IOException {
        assertThat(client.get("/v1/jobs/" + ended("\"items\":[]") + "/items").text())
                .isEqualTo("{\"end\":true,\"count\":0,\"failed\":0}\n");
    }

    @Test
    void whatHappensToAJobIsToldUntilItsEnd() throws IOException {
        String id = jobs.apply("echo", "\"args\":[42],\"pool\":\"held\"");
        try (LiveConnection live = LiveConnection.get(client, "/v1/jobs/" + id + "/events")) {
            Answer head = live.head().is(200);
            assertThat(head.header("content-type")).isEqualTo("text/event-stream");
            Event first = Objects.requireNonNull(live.event());
            assertThat(first.name()).isEqualTo("state");
            assertThat(first.data().path("state").asString()).isEqualTo("queued");
            assertThat(first.data().path("id").asString()).isEqualTo(id);
            jobs.resume("held");
            List<String> states = new ArrayList<>();
            JsonNode last = first.data();
            for (Event event = live.event(); event != null; event = live.event()) {
                if (event.name().equals("state")) {
                    states.add(event.data().path("state").asString());
                    last = event.data();
                }
            }
            assertThat(states).last().isEqualTo("succeeded");
            assertThat(last.path("value").asInt()).isEqualTo(42);
        }
        try (LiveConnection again = LiveConnection.get(client, "/v1/jobs/" + id + "/events", EVENTS)) {
            assertThat(Objects.requireNonNull(again.event())
                            .data()
                            .path("state")
                            .asString())
                    .isEqualTo("succeeded");
            assertThat(again.event()).isNull();
        }
    }

    @Test
    void progressAndOutputAreToldAsTheyCome() throws IOException {
        jobs.resume("held");
        String map = jobs.map("sleep", "\"items\":[0,0.3,0.6],\"chunksize\":1,\"pool\":\"held\"");
        try (LiveConnection live = LiveConnection.get(client, "/v1/jobs/" + map + "/events")) {
            List<Event> events = all(live);
            assertThat(events)
                    .filteredOn(event -> event.name().equals("progress"))
                    .isNotEmpty();
            assertThat(events.getLast().name()).isEqualTo("state");
        }
        String prints = jobs.apply("flood", "\"args\":[1],\"pool\":\"processes\",\"delay\":0.3");
        try (LiveConnection live = LiveConnection.get(client, "/v1/jobs/" + prints + "/events")) {
            List<Event> events = all(live);
            assertThat(events)
                    .filteredOn(event -> event.name().equals("output"))
                    .isNotEmpty()
                    .allSatisfy(event -> assertThat(event.data().path("text").asString())
                            .isNotEmpty()
                            .matches("[x\\n]+"));
            for (int i = 0; i < events.size(); i++) {
                assertThat(events.get(i).id()).isEqualTo(Integer.toString(i));
            }
        }
    }

    private static List<Event> all(LiveConnection live) throws IOException {
        List<Event> events = new ArrayList<>();
        for (Event event = live.event(); event != null; event = live.event()) {
            events.add(event);
        }
        return events;
    }

    @Test
    void eventsComeInNoOtherForm() throws IOException {
        String id = jobs.apply("echo", "\"args\":[1]");
        client.request("GET", "/v1/jobs/" + id + "/events")
                .header("Accept", "application/json")
                .send()
                .isProblem(ProblemType.NOT_ACCEPTABLE);
    }

    private static String ids(String... ids) {
        return "{\"ids\":[\"" + String.join("\",\"", ids) + "\"]}";
    }

    @Test
    void jobsComeAsTheyFinish() throws IOException {
        jobs.resume("held");
        String slow = jobs.apply("sleep", "\"args\":[3600],\"pool\":\"coroutines\"");
        String quick = jobs.apply("echo", "\"args\":[[1, 2]],\"pool\":\"held\"");
        String failed = jobs.apply("raise", "\"pool\":\"held\"");
        jobs.endedAs(failed, "failed");
        jobs.endedAs(quick, "succeeded");
        try (LiveConnection live = LiveConnection.post(client, "/v1/as_completed", ids(slow, quick, failed, quick))) {
            assertThat(live.head().is(200).header("content-type")).isEqualTo("application/x-ndjson");
            assertThat(List.of(id(live.json()), id(live.json()))).containsExactlyInAnyOrder(quick, failed);
            client.post("/v1/jobs/" + slow + "/cancel").is(200);
            JsonNode last = live.json();
            assertThat(id(last)).isEqualTo(slow);
            assertThat(last.path("state").asString()).isEqualTo("cancelled");
            assertThat(live.line()).isEqualTo("{\"end\":true,\"count\":3}");
        }
    }

    private static String id(JsonNode job) {
        return job.path("id").asString();
    }

    @Test
    void mapsComeWithTheirValues() throws IOException {
        String map = jobs.map("behave", "\"items\":[\"well\",\"raise\"],\"on_error\":\"collect\",\"pool\":\"threads\"");
        JsonNode line =
                client.post("/v1/as_completed", ids(map)).is(200).lines().getFirst();
        assertThat(line).isEqualTo(jobs.job(map));
        assertThat(line.path("value").toString()).isEqualTo("[\"well\",null]");
    }

    @Test
    void jobsComeAsEventsToo() throws IOException {
        String first = jobs.apply("echo", "\"args\":[1]");
        try (LiveConnection live = LiveConnection.post(client, "/v1/as_completed", ids(first), EVENTS)) {
            Event event = Objects.requireNonNull(live.event());
            assertThat(event.name()).isEqualTo("item");
            assertThat(event.id()).isEqualTo("0");
            assertThat(event.data().path("id").asString()).isEqualTo(first);
            assertThat(Objects.requireNonNull(live.event()).name()).isEqualTo("end");
            assertThat(live.event()).isNull();
        }
    }

    @Test
    void unknownJobsAreToldBeforeAnythingIsAwaited() throws IOException {
        String waiting = jobs.apply("echo", "\"args\":[1],\"pool\":\"held\"");
        client.post("/v1/as_completed", ids(waiting, UUID.randomUUID().toString()))
                .isProblem(ProblemType.UNKNOWN_JOB);
        client.post("/v1/as_completed", ids("x")).isProblem(ProblemType.UNKNOWN_JOB);
        client.post("/v1/as_completed", "{\"ids\":[]}").isProblem(ProblemType.MALFORMED_REQUEST, "/ids");
        client.post("/v1/as_completed", "{\"ids\":[\"a\"],\"timeout\":1}")
                .isProblem(ProblemType.MALFORMED_REQUEST, "/timeout");
    }

    @Test
    void clientsThatVanishLeaveNothingBehind() throws IOException {
        String job = jobs.apply("echo", "\"args\":[1],\"pool\":\"held\"");
        String map = jobs.map("echo", "\"items\":[1],\"pool\":\"held\"");
        List<LiveConnection> all = List.of(
                LiveConnection.get(client, "/v1/jobs/" + job + "/events"),
                LiveConnection.get(client, "/v1/jobs/" + map + "/items"),
                LiveConnection.get(client, "/v1/jobs/" + map + "/items?order=completion", EVENTS),
                LiveConnection.post(client, "/v1/as_completed", ids(job, map)),
                LiveConnection.post(client, "/v1/as_completed", ids(job, map), EVENTS));
        for (LiveConnection live : all) {
            live.head().is(200);
        }
        untilSoManyListen(all.size());
        for (LiveConnection live : all) {
            live.close();
        }
        Awaitility.await().atMost(Duration.ofSeconds(5)).until(() -> watch.waiting() == 0);
        assertThat(jobs.state(job)).isEqualTo("queued");
    }

    @Test
    void aClientThatSendsNothingMoreStillReads() throws Exception {
        String job = jobs.apply("echo", "\"args\":[1],\"pool\":\"held\"");
        try (LiveConnection live = LiveConnection.post(client, "/v1/as_completed", ids(job))) {
            live.head().is(200);
            live.raw().socket().shutdownOutput();
            Awaitility.await()
                    .pollDelay(Duration.ofSeconds(3))
                    .atMost(Duration.ofSeconds(5))
                    .until(() -> watch.waiting() == 1);
            jobs.resume("held");
            assertThat(live.json().path("id").asString()).isEqualTo(job);
            assertThat(live.json().path("end").asBoolean()).isTrue();
            assertThat(live.line()).isNull();
        }
    }

    @Test
    void aThousandListenAtOnce() throws IOException {
        String job = jobs.apply("echo", "\"args\":[1],\"pool\":\"held\"");
        int count = 1_000;
        List<LiveConnection> all = new ArrayList<>();
        try {
            int platform = Thread.getAllStackTraces().size();
            for (int i = 0; i < count; i++) {
                all.add(
                        i % 2 == 0
                                ? LiveConnection.get(client, "/v1/jobs/" + job + "/events")
                                : LiveConnection.post(client, "/v1/as_completed", ids(job)));
            }
            untilSoManyListen(count);
            assertThat(Thread.getAllStackTraces().size() - platform).isLessThan(30);
            jobs.resume("held");
            for (int i = 0; i < count; i++) {
                LiveConnection live = all.get(i);
                String last = "";
                for (String line = live.line(); line != null; line = live.line()) {
                    last = line.isEmpty() ? last : line;
                }
                assertThat(last).contains(i % 2 == 0 ? "\"succeeded\"" : "{\"end\":true,\"count\":1}");
            }
        } finally {
            for (LiveConnection live : all) {
                live.close();
            }
        }
    }
}
