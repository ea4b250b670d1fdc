package dev.motorpool.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.motorpool.job.ProblemType;
import dev.motorpool.testing.Eventually;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Operations on detached jobs that do not wait: cancel, retry, lists, output, deletion. */
@ExtendWith(ServiceExtension.class)
@Tag("service")
class JobRoutesTest {

    private static final String POOL = "held";

    private final CheckedClient client;
    private final JobClient jobs;

    /** A tag that only the jobs of one test have. */
    private final String mark = UUID.randomUUID().toString();

    JobRoutesTest(CheckedClient client) {
        this.client = client;
        this.jobs = new JobClient(client);
    }

    @BeforeEach
    void makeThePool() throws IOException {
        jobs.pausedPool(POOL, 4);
    }

    @AfterEach
    void forgetThePool() throws IOException {
        jobs.forget(POOL);
    }

    private String waiting() throws IOException {
        return jobs.apply("echo", "\"args\":[1],\"pool\":\"held\",\"tags\":{\"mark\":\"" + mark + "\"}");
    }

    private String done() throws IOException {
        String id = jobs.apply("echo", "\"args\":[1],\"tags\":{\"mark\":\"" + mark + "\",\"sort\":\"done\"}");
        jobs.endedAs(id, "succeeded");
        return id;
    }

    private Answer cancel(String id) throws IOException {
        return client.post("/v1/jobs/" + id + "/cancel");
    }

    /** The ids of all pages. */
    private List<String> all(String query) throws IOException {
        List<String> ids = new ArrayList<>();
        JsonNode page = client.get("/v1/jobs?" + query).is(200).json();
        while (true) {
            page.path("items").forEach(job -> ids.add(job.path("id").asString()));
            if (page.path("next_cursor").isNull()) {
                return ids;
            }
            page = client.get("/v1/jobs?" + query + "&cursor="
                            + page.path("next_cursor").asString())
                    .is(200)
                    .json();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET /v1/jobs/%s",
                "GET /v1/jobs/%s/result",
                "GET /v1/jobs/%s/items",
                "GET /v1/jobs/%s/events",
                "GET /v1/jobs/%s/output",
                "POST /v1/jobs/%s/cancel",
                "POST /v1/jobs/%s/retry",
                "DELETE /v1/jobs/%s"
            })
    void whatIsNoIdOfAJobIsUnknown(String route) throws IOException {
        String[] parts = route.split(" ", 2);
        String unknown = UUID.randomUUID().toString();
        for (String id : List.of(unknown, "nonsense", "1-1-1-1-1", "%20", unknown + "0")) {
            Answer answer = client.request(parts[0], parts[1].formatted(id))
                    .header("Accept", "*/*")
                    .send()
                    .isProblem(ProblemType.UNKNOWN_JOB);
            assertThat(answer.json().path("suggestion").isNull()).isTrue();
        }
    }

    @Test
    void idsMayBeWrittenInCapitals() throws IOException {
        assertThat(client.get("/v1/jobs/" + done().toUpperCase(java.util.Locale.ROOT))
                        .is(200)
                        .json()
                        .path("value")
                        .asInt())
                .isEqualTo(1);
    }

    @Test
    void aWaitingJobThatIsCancelledNeverRuns() throws IOException {
        String id = waiting();
        JsonNode job = cancel(id).is(200).json();
        assertThat(job.path("state").asString()).isEqualTo("cancelled");
        assertThat(job.path("attempt").asInt()).isZero();
        assertThat(job.path("error").path("type").asString()).isEqualTo("job-cancelled");
        assertThat(job.path("finished_at").isNull()).isFalse();
        assertThat(cancel(id).is(200).json()).isEqualTo(job);
        jobs.resume(POOL);
        assertThat(jobs.result(id)
                        .isProblem(ProblemType.JOB_CANCELLED)
                        .json()
                        .path("job")
                        .asString())
                .isEqualTo(id);
    }

    @Test
    void aScheduledJobCanBeCancelled() throws IOException {
        String id = jobs.apply("echo", "\"args\":[1],\"delay\":600");
        assertThat(cancel(id).is(200).json().path("state").asString()).isEqualTo("cancelled");
    }

    @Test
    void aRunningJobThatIsCancelledEndsAtOnce() throws IOException {
        jobs.resume(POOL);
        String id = jobs.apply("sleep", "\"args\":[600],\"pool\":\"held\"");
        jobs.until(id, "running");
        JsonNode job = cancel(id).is(200).json();
        assertThat(job.path("state").asString()).isEqualTo("cancelled");
        assertThat(job.path("attempt").asInt()).isEqualTo(1);
        assertThat(job.path("attempts").path(0).path("error").path("type").asString())
                .isEqualTo("job-cancelled");
        Eventually.within(JobClient.PATIENCE, () -> assertThat(unchecked(() ->
                        client.get("/v1/pools/held").json().path("running").asInt()))
                .isZero());
    }

    @Test
    void aFinishedJobStaysAsItIs() throws IOException {
        String id = done();
        JsonNode before = jobs.job(id);
        assertThat(cancel(id).is(200).json()).isEqualTo(before);
        assertThat(jobs.job(id)).isEqualTo(before);
    }

    @Test
    void theFinishedItemsOfACancelledMapStayReadable() throws IOException {
        jobs.resume(POOL);
        String id = jobs.map(
                "sleep", "\"items\":[0,0,600,0,600,600,600,600,600,600,600],\"chunksize\":1,\"pool\":\"held\"");
        Eventually.within(JobClient.PATIENCE, () -> assertThat(unchecked(
                        () -> jobs.job(id).path("progress").path("done").asInt()))
                .isEqualTo(3));
        JsonNode job = cancel(id).is(200).json();
        assertThat(job.path("state").asString()).isEqualTo("cancelled");
        List<JsonNode> lines = client.get("/v1/jobs/" + id + "/items").is(200).lines();
        assertThat(lines.stream().limit(lines.size() - 1).map(line -> line.path("index")
                        .asInt()))
                .containsExactly(0, 1, 3);
        assertThat(lines.getLast().path("error").path("type").asString()).isEqualTo("job-cancelled");
        assertThat(lines.getLast().path("count").asInt()).isEqualTo(3);
    }

    @Test
    void aFailedJobCanBeRetried() throws IOException {
        String id = jobs.apply("raise", "\"pool\":\"threads\"");
        jobs.endedAs(id, "failed");
        JsonNode retried = client.post("/v1/jobs/" + id + "/retry").is(202).json();
        assertThat(retried.path("id").asString()).isEqualTo(id);
        assertThat(retried.path("state").asString()).isIn("queued", "running", "failed");
        Eventually.until(JobClient.PATIENCE, () -> {
            JsonNode job = jobs.ended(id);
            assertThat(job.path("attempt").asInt()).isEqualTo(2);
            assertThat(job.path("attempts")).hasSize(2);
            return job;
        });
    }

    @Test
    void aCancelledJobCanBeRetriedAndSucceed() throws IOException {
        String id = waiting();
        cancel(id).is(200);
        assertThat(client.post("/v1/jobs/" + id + "/retry")
                        .is(202)
                        .json()
                        .path("state")
                        .asString())
                .isEqualTo("queued");
        jobs.resume(POOL);
        JsonNode job = jobs.endedAs(id, "succeeded");
        assertThat(job.path("attempt").asInt()).isEqualTo(1);
        assertThat(job.path("value").asInt()).isEqualTo(1);
    }

    @Test
    void aRetriedMapRunsOnlyWhatHadNotSucceeded() throws IOException {
        jobs.resume(POOL);
        String id = jobs.map("sleep", "\"items\":[0,0,0.0,600],\"chunksize\":1,\"timeout\":1,\"pool\":\"held\"");
        jobs.endedAs(id, "failed");
        client.post("/v1/jobs/" + id + "/retry").is(202);
        Eventually.until(JobClient.PATIENCE, () -> {
            JsonNode job = jobs.ended(id);
            assertThat(job.path("attempt").asInt()).isEqualTo(2);
            return job;
        });
        assertThat(client.get("/v1/pools/held")
                        .json()
                        .path("counters")
                        .path("succeeded")
                        .asInt())
                .isEqualTo(3);
    }

    @Test
    void whatHasNotFailedCannotBeRetried() throws IOException {
        client.post("/v1/jobs/" + done() + "/retry").isProblem(ProblemType.JOB_NOT_FAILED);
        client.post("/v1/jobs/" + waiting() + "/retry").isProblem(ProblemType.JOB_NOT_FAILED);
    }

    @Test
    void onlyAFinishedJobCanBeForgotten() throws IOException {
        String id = waiting();
        client.delete("/v1/jobs/" + id).isProblem(ProblemType.JOB_NOT_FINISHED);
        cancel(id).is(200);
        client.delete("/v1/jobs/" + id).is(204);
        client.delete("/v1/jobs/" + id).isProblem(ProblemType.UNKNOWN_JOB);
        client.get("/v1/jobs/" + id).isProblem(ProblemType.UNKNOWN_JOB);
    }

    @Test
    void listsHaveJobsWithoutValuesNewestFirst() throws IOException {
        List<String> ids = List.of(done(), waiting(), done());
        JsonNode items = client.get("/v1/jobs?tag=mark:" + mark).is(200).json().path("items");
        assertThat(items).hasSize(3);
        for (int i = 0; i < 3; i++) {
            assertThat(items.path(i).path("id").asString()).isEqualTo(ids.get(2 - i));
            assertThat(items.path(i).has("value")).isFalse();
        }
        assertThat(items.path(1).path("state").asString()).isEqualTo("queued");
    }

    @Test
    void pagesAreShorterWhereJobsAreLongAndHaveEachJobOnce() throws IOException {
        String filler = IntStream.range(0, 60)
                .mapToObj(i -> "\"%d\":\"%s\"".formatted(i, "x".repeat(260)))
                .collect(Collectors.joining(","));
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < 150; i++) {
            ids.addFirst(jobs.apply(
                    "echo", "\"args\":[1],\"delay\":900,\"tags\":{\"mark\":\"" + mark + "\"," + filler + "}"));
        }
        JsonNode first =
                client.get("/v1/jobs?limit=1000&tag=mark:" + mark).is(200).json();
        assertThat(first.path("items").size()).isBetween(1, 149);
        assertThat(first.path("next_cursor").isNull()).isFalse();
        assertThat(all("limit=1000&tag=mark:" + mark)).containsExactlyElementsOf(ids);
        assertThat(client.post("/v1/jobs/cancel?tag=mark:" + mark)
                        .is(200)
                        .json()
                        .path("cancelled")
                        .asInt())
                .isEqualTo(150);
        assertThat(client.post("/v1/jobs/cancel?tag=mark:" + mark)
                        .is(200)
                        .json()
                        .path("cancelled")
                        .asInt())
                .isZero();
    }

    @Test
    void filtersCombine() throws IOException {
        String first = done();
        String second = waiting();
        String third = jobs.apply("raise", "\"pool\":\"threads\",\"tags\":{\"mark\":\"" + mark + "\"}");
        jobs.endedAs(third, "failed");
        String tag = "tag=mark:" + mark;
        assertThat(all(tag)).containsExactly(third, second, first);
        assertThat(all(tag + "&state=succeeded")).containsExactly(first);
        assertThat(all(tag + "&state=succeeded&state=failed")).containsExactly(third, first);
        assertThat(all(tag + "&function=echo")).containsExactly(second, first);
        assertThat(all(tag + "&function=echo&pool=held")).containsExactly(second);
        assertThat(all(tag + "&pool=nowhere")).isEmpty();
        assertThat(all(tag + "&tag=sort:done")).containsExactly(first);
        assertThat(all(tag + "&tag=sort:other")).isEmpty();
        assertThat(all(tag + "&tag=mark:other")).isEmpty();
        assertThat(all(tag + "&" + tag)).containsExactly(third, second, first);
    }

    @Test
    void tagsWhoseNamesHaveColonsAreFound() throws IOException {
        String named = jobs.apply("echo", "\"args\":[1],\"tags\":{\"" + mark + ":a\":\"b\"}");
        String valued = jobs.apply("echo", "\"args\":[1],\"tags\":{\"" + mark + "\":\"a:b\"}");
        assertThat(all("tag=" + mark + ":a:b")).containsExactly(valued, named);
        assertThat(all("tag=" + mark + ":a:b&tag=" + mark + ":other")).isEmpty();
    }

    @Test
    void tagsMayHoldWhatTheyLike() throws IOException {
        String value = mark + ":&=%20\u00e4\ud83d\ude00'\"\\";
        String id = jobs.apply(
                "echo",
                "\"args\":[1],\"tags\":{\"a'b\":\""
                        + value.replace("\\", "\\\\").replace("\"", "\\\"") + "\"}");
        assertThat(all("tag=" + URLEncoder.encode("a'b:" + value, StandardCharsets.UTF_8)))
                .containsExactly(id);
        assertThat(jobs.job(id).path("tags").path("a'b").asString()).isEqualTo(value);
    }

    @Test
    void allPagesTogetherHaveEachJobOnceWhileOthersCome() throws Exception {
        List<String> before = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            before.add(waiting());
        }
        AtomicBoolean over = new AtomicBoolean();
        CompletableFuture<Void> others = CompletableFuture.runAsync(() -> {
            while (!over.get()) {
                unchecked(this::waiting);
            }
        });
        List<String> paged = all("limit=7&tag=mark:" + mark);
        over.set(true);
        others.get();
        assertThat(new HashSet<>(paged)).as("each once").hasSameSizeAs(paged);
        assertThat(paged).isSortedAccordingTo(Collections.reverseOrder());
        assertThat(paged).containsAll(before);
    }

    @Test
    void aCursorIsForItsFiltersOnly() throws IOException {
        done();
        done();
        String tag = "tag=mark:" + mark;
        String cursor =
                client.get("/v1/jobs?limit=1&" + tag).json().path("next_cursor").asString();
        assertThat(client.get("/v1/jobs?limit=1&" + tag + "&cursor=" + cursor)
                        .is(200)
                        .json()
                        .path("items"))
                .hasSize(1);
        for (String query : List.of(
                "cursor=" + cursor,
                tag + "&state=succeeded&cursor=" + cursor,
                tag + "x&cursor=" + cursor,
                tag + "&cursor=" + cursor.substring(1),
                tag + "&cursor=abc",
                tag + "&cursor=")) {
            client.get("/v1/jobs?" + query).isProblem(ProblemType.MALFORMED_REQUEST, "cursor");
        }
        String pools =
                client.get("/v1/pools?limit=1").json().path("next_cursor").asString();
        client.get("/v1/jobs?cursor=" + pools).isProblem(ProblemType.MALFORMED_REQUEST, "cursor");
    }

    @ParameterizedTest
    @CsvSource({
        "/v1/jobs?state=nonsense,state",
        "/v1/jobs?state=,state",
        "/v1/jobs?state=SUCCEEDED,state",
        "/v1/jobs?state=failed&state=x,state",
        "/v1/jobs?tag=nocolon,tag",
        "/v1/jobs?limit=0,limit",
        "/v1/jobs?limit=1001,limit",
        "/v1/jobs?function=a&function=b,function",
        "/v1/jobs?pool=a&pool=b,pool",
        "/v1/jobs?wait=1,wait"
    })
    void wrongFiltersAreRefusedByName(String target, String name) throws IOException {
        client.get(target).isProblem(ProblemType.MALFORMED_REQUEST, name);
    }

    @Test
    void manyAreCancelledByTheirFilters() throws IOException {
        String finished = done();
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            ids.add(waiting());
        }
        String tag = "tag=mark:" + mark;
        assertThat(client.post("/v1/jobs/cancel?" + tag + "&tag=mark:other")
                        .is(200)
                        .text())
                .isEqualTo("{\"cancelled\":0}");
        assertThat(client.post("/v1/jobs/cancel?" + tag + "&state=running")
                        .is(200)
                        .text())
                .isEqualTo("{\"cancelled\":0}");
        assertThat(client.post("/v1/jobs/cancel?" + tag).is(200).text()).isEqualTo("{\"cancelled\":5}");
        assertThat(client.post("/v1/jobs/cancel?" + tag).is(200).text()).isEqualTo("{\"cancelled\":0}");
        for (String id : ids) {
            assertThat(jobs.state(id)).isEqualTo("cancelled");
        }
        assertThat(jobs.state(finished)).isEqualTo("succeeded");
    }

    @Test
    void cancellingAllJobsWithoutAFilterIsRefused() throws IOException {
        client.post("/v1/jobs/cancel").isProblem(ProblemType.MALFORMED_REQUEST, "state");
        client.post("/v1/jobs/cancel?limit=1").isProblem(ProblemType.MALFORMED_REQUEST, "limit");
        client.post("/v1/jobs/cancel?tag=x").isProblem(ProblemType.MALFORMED_REQUEST, "tag");
    }

    @Test
    void whatAJobPrintsIsKeptToTheLast64KiB() throws IOException {
        String id = jobs.apply("flood", "\"args\":[1],\"pool\":\"processes\"");
        jobs.endedAs(id, "succeeded");
        Answer output = client.get("/v1/jobs/" + id + "/output").is(200);
        assertThat(output.header("content-type")).isEqualTo("text/plain;charset=utf-8");
        assertThat(output.body().length).isBetween(60 << 10, 64 << 10);
        assertThat(output.text()).matches("x*\\n(x+\\n)+");
    }

    @Test
    void whatHasPrintedNothingHasEmptyOutput() throws IOException {
        assertThat(client.get("/v1/jobs/" + done() + "/output").is(200).body()).isEmpty();
        assertThat(client.get("/v1/jobs/" + waiting() + "/output").is(200).body())
                .isEmpty();
        client.request("GET", "/v1/jobs/" + done() + "/output")
                .header("Accept", "application/json")
                .send()
                .isProblem(ProblemType.NOT_ACCEPTABLE);
    }

    /** As an unchecked action. */
    private interface Action<T> {
        T run() throws IOException;
    }

    private static <T> T unchecked(Action<T> action) {
        try {
            return action.run();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
