package dev.motorpool.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.motorpool.job.ProblemType;
import dev.motorpool.testing.Eventually;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** The verbs that do not wait, and how their jobs end. */
@ExtendWith(ServiceExtension.class)
@Tag("service")
class AsyncTest {

    private final CheckedClient client;
    private final JobClient jobs;

    AsyncTest(CheckedClient client) {
        this.client = client;
        this.jobs = new JobClient(client);
    }

    private static Instant time(JsonNode job, String member) {
        return Instant.parse(job.path(member).asString());
    }

    @Test
    void anAcceptedJobIsThereAndHasAllMembersInOrder() throws IOException {
        Answer accepted = client.post(
                        "/v1/apply_async",
                        "{\"function\":\"fib\",\"args\":[12],\"priority\":7,\"tags\":{\"customer\":\"4711\"}}")
                .is(202);
        String id = accepted.json().path("id").asString();
        assertThat(accepted.header("location")).isEqualTo("/v1/jobs/" + id);
        assertThat(accepted.header("idempotent-replayed")).isNull();
        assertThat(accepted.json().path("verb").asString()).isEqualTo("apply_async");
        assertThat(accepted.json().path("state").asString()).isIn("queued", "running", "succeeded");

        jobs.ended(id);
        Answer ended = client.get("/v1/jobs/" + id).is(200);
        assertThat(ended.members())
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
                        "worker",
                        "attempts",
                        "waiting");
        JsonNode job = ended.json();
        assertThat(job.path("state").asString()).isEqualTo("succeeded");
        assertThat(job.path("value").asInt()).isEqualTo(144);
        assertThat(job.path("error").isNull()).isTrue();
        assertThat(job.path("attempt").asInt()).isEqualTo(1);
        assertThat(job.path("priority").asInt()).isEqualTo(7);
        assertThat(job.path("tags").path("customer").asString()).isEqualTo("4711");
        assertThat(job.path("function").asString()).isEqualTo("fib");
        assertThat(job.path("pool").asString()).isEqualTo("processes");
        assertThat(time(job, "created_at")).isBeforeOrEqualTo(time(job, "started_at"));
        assertThat(time(job, "started_at")).isBeforeOrEqualTo(time(job, "finished_at"));
        assertThat(job.path("worker").path("id").asString()).startsWith("processes-");
        assertThat(job.path("worker").path("pid").asLong()).isPositive();
        JsonNode attempt = job.path("attempts").path(0);
        assertThat(job.path("attempts")).hasSize(1);
        assertThat(new ArrayList<>(attempt.propertyNames()))
                .containsExactly("attempt", "started_at", "finished_at", "worker", "error");
        assertThat(attempt.path("attempt").asInt()).isEqualTo(1);
        assertThat(attempt.path("error").isNull()).isTrue();
        assertThat(attempt.path("worker")).isEqualTo(job.path("worker"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "null",
                "\"\"",
                "12345678901234567890123456789",
                "1.50",
                "[ 1 , {\"a\" : [] } ]",
                "\"\\u00e4\\ud83d\\ude00\""
            })
    void aValueComesBackAsItWas(String value) throws IOException {
        String id = jobs.apply("echo", "\"args\":[" + value + "]");
        assertThat(jobs.result(id).is(200).text()).isEqualTo("{\"value\":" + value + "}");
        assertThat(client.get("/v1/jobs/" + id).text()).contains("\"value\":" + value + ",\"error\":null");
    }

    @Test
    void aLargeValueComesBackWhole() throws IOException {
        String text = "x".repeat(3_000_000);
        String id = jobs.apply("echo", "\"args\":[\"" + text + "\"]");
        assertThat(jobs.result(id).is(200).json().path("value").asString()).isEqualTo(text);
        assertThat(client.get("/v1/jobs/" + id + "?value=false").is(200).json().has("value"))
                .isFalse();
    }

    @Test
    void aMapHasAllValuesInTheOrderOfItsItems() throws IOException {
        String items = IntStream.range(0, 500).mapToObj(Integer::toString).collect(Collectors.joining(",", "[", "]"));
        String id = jobs.map("echo", "\"items\":" + items + ",\"pool\":\"processes\"");
        JsonNode job = jobs.endedAs(id, "succeeded");
        assertThat(job.path("verb").asString()).isEqualTo("map_async");
        assertThat(job.path("value").toString()).isEqualTo(items);
        assertThat(job.path("progress").path("done").asInt()).isEqualTo(500);
        assertThat(job.path("progress").path("total").asInt()).isEqualTo(500);
        assertThat(job.path("worker").isNull()).isTrue();
        assertThat(job.has("errors")).isFalse();
        assertThat(jobs.result(id).is(200).text()).isEqualTo("{\"value\":" + items + "}");
    }

    @Test
    void aStarmapSpreadsTheArguments() throws IOException {
        String id = jobs.submit("starmap_async", "\"function\":\"mine\",\"items\":[[\"a\",0],[\"b\",1]]");
        JsonNode job = jobs.endedAs(id, "succeeded");
        assertThat(job.path("verb").asString()).isEqualTo("starmap_async");
        assertThat(job.path("value").path(1).path("hash").asString()).startsWith("0");
    }

    @ParameterizedTest
    @ValueSource(strings = {"map_async", "starmap_async"})
    void anEmptyMapHasAnEmptyValue(String verb) throws IOException {
        String id = jobs.submit(verb, "\"function\":\"fib\",\"items\":[]");
        assertThat(jobs.endedAs(id, "succeeded").path("value").toString()).isEqualTo("[]");
        assertThat(jobs.result(id).is(200).text()).isEqualTo("{\"value\":[]}");
    }

    @Test
    void aMapThatCollectsHasNullAndAnErrorForEachFailedItem() throws IOException {
        String id = jobs.map(
                "behave",
                "\"items\":[\"well\",\"raise\",\"well\",\"raise\"],\"on_error\":\"collect\",\"pool\":\"threads\"");
        JsonNode job = jobs.endedAs(id, "succeeded");
        assertThat(job.path("value").toString()).isEqualTo("[\"well\",null,\"well\",null]");
        assertThat(job.path("errors")).hasSize(2);
        assertThat(job.path("errors").path(0).path("index").asInt()).isEqualTo(1);
        assertThat(job.path("errors").path(1).path("index").asInt()).isEqualTo(3);
        assertThat(job.path("errors").path(1).path("error").path("type").asString())
                .isEqualTo("function-raised");
        assertThat(jobs.result(id).is(200).text()).isEqualTo("{\"value\":[\"well\",null,\"well\",null]}");
        String none = jobs.map("fib", "\"items\":[1],\"on_error\":\"collect\"");
        assertThat(jobs.endedAs(none, "succeeded").path("errors").toString()).isEqualTo("[]");
    }

    @Test
    void aMapThatDoesNotCollectFailsWithItsFirstFailure() throws IOException {
        String id = jobs.map("behave", "\"items\":[\"well\",\"raise\"],\"pool\":\"threads\"");
        JsonNode job = jobs.endedAs(id, "failed");
        assertThat(job.path("value").isNull()).isTrue();
        assertThat(job.path("error").path("index").asInt()).isEqualTo(1);
        Answer problem = jobs.result(id).isProblem(ProblemType.FUNCTION_RAISED);
        assertThat(problem.json().path("index").asInt()).isEqualTo(1);
        assertThat(problem.json().path("instance").asString()).isEqualTo("urn:uuid:" + id);
    }

    @Test
    void whatAFunctionRaisesIsToldFlat() throws IOException {
        String id = jobs.apply("raise", "\"args\":[\"so it is\"],\"pool\":\"threads\"");
        JsonNode error = jobs.endedAs(id, "failed").path("error");
        assertThat(new ArrayList<>(error.propertyNames())).containsExactly("type", "message", "exception", "traceback");
        assertThat(error.path("message").asString()).isEqualTo("so it is");
        JsonNode problem =
                jobs.result(id).isProblem(ProblemType.FUNCTION_RAISED).json();
        assertThat(problem.path("instance").asString()).isEqualTo("urn:uuid:" + id);
        assertThat(problem.path("detail").asString()).isEqualTo("so it is");
        assertThat(problem.path("message").asString()).isEqualTo("so it is");
        assertThat(problem.path("exception").asString()).isEqualTo("java.lang.IllegalStateException");
        assertThat(problem.path("traceback").asString()).contains("so it is");
    }

    @ParameterizedTest
    @CsvSource({
        "not_json,VALUE_NOT_JSON",
        "exit,WORKER_LOST",
        "crash,WORKER_LOST",
    })
    void otherFailuresAreToldWithTheirProblems(String function, ProblemType type) throws IOException {
        String id = jobs.apply(function, "\"pool\":\"processes\"");
        assertThat(jobs.endedAs(id, "failed").path("error").path("type").asString())
                .isEqualTo(type.word());
        Answer problem = jobs.result(id).isProblem(type);
        if (function.equals("exit")) {
            assertThat(problem.json().path("exit_code").asInt()).isEqualTo(1);
        }
        if (function.equals("crash")) {
            assertThat(problem.json().path("signal").asInt()).isEqualTo(9);
        }
    }

    @Test
    void aCallThatRunsTooLongHasFailed() throws IOException {
        String id = jobs.apply("sleep", "\"args\":[60],\"timeout\":0.2");
        JsonNode error = jobs.endedAs(id, "failed").path("error");
        assertThat(error.path("type").asString()).isEqualTo("job-timeout");
        assertThat(error.path("timeout").asDouble()).isEqualTo(0.2);
        assertThat(jobs.result(id)
                        .isProblem(ProblemType.JOB_TIMEOUT)
                        .json()
                        .path("timeout")
                        .asDouble())
                .isEqualTo(0.2);
    }

    @Test
    void aJobThatDoesNotStartInTimeHasExpired() throws IOException {
        jobs.pausedPool("waiting", 1);
        try {
            String id = jobs.apply("echo", "\"args\":[1],\"pool\":\"waiting\",\"expires\":0.2");
            JsonNode job = jobs.endedAs(id, "expired");
            assertThat(job.path("attempt").asInt()).isZero();
            assertThat(job.path("attempts")).isEmpty();
            assertThat(job.path("started_at").isNull()).isTrue();
            assertThat(job.path("worker").isNull()).isTrue();
            assertThat(job.path("run_seconds").isNull()).isTrue();
            assertThat(job.path("queue_seconds").asDouble()).isGreaterThanOrEqualTo(0.2);
            assertThat(jobs.result(id)
                            .isProblem(ProblemType.JOB_EXPIRED)
                            .json()
                            .path("job")
                            .asString())
                    .isEqualTo(id);
        } finally {
            jobs.forget("waiting");
        }
    }

    @Test
    void failedAttemptsAreRepeatedAndListed() throws IOException {
        String id = jobs.apply("raise", "\"pool\":\"threads\",\"retries\":2,\"retry_delay\":0.01");
        JsonNode job = jobs.endedAs(id, "failed");
        assertThat(job.path("attempt").asInt()).isEqualTo(3);
        assertThat(job.path("attempts")).hasSize(3);
        for (int i = 0; i < 3; i++) {
            JsonNode attempt = job.path("attempts").path(i);
            assertThat(attempt.path("attempt").asInt()).isEqualTo(i + 1);
            assertThat(attempt.path("error").path("type").asString()).isEqualTo("function-raised");
            assertThat(time(attempt, "started_at")).isBeforeOrEqualTo(time(attempt, "finished_at"));
        }
    }

    @Test
    void lostWorkersAndTimeoutsUseUpRetriesToo() throws IOException {
        String lost = jobs.apply("exit", "\"pool\":\"processes\",\"retries\":1,\"retry_delay\":0");
        String slow = jobs.apply("sleep", "\"args\":[60],\"timeout\":0.1,\"retries\":1,\"retry_delay\":0");
        assertThat(jobs.endedAs(lost, "failed").path("attempts")).hasSize(2);
        JsonNode job = jobs.endedAs(slow, "failed");
        assertThat(job.path("attempts").path(0).path("error").path("type").asString())
                .isEqualTo("job-timeout");
        assertThat(job.path("attempts")).hasSize(2);
    }

    @Test
    void aJobThatWaitsForItsNextAttemptIsScheduled() throws IOException {
        String id = jobs.apply("raise", "\"pool\":\"threads\",\"retries\":1,\"retry_delay\":600");
        JsonNode job = jobs.until(id, "scheduled");
        assertThat(job.path("attempt").asInt()).isEqualTo(1);
        assertThat(job.path("error").isNull()).isTrue();
        assertThat(job.path("position").isNull()).isTrue();
        assertThat(time(job, "estimated_start")).isAfter(Instant.now().plusSeconds(200));
        client.post("/v1/jobs/" + id + "/cancel").is(200);
    }

    @Test
    void aDelayedJobStartsWhenItIsDue() throws IOException {
        Instant before = Instant.now();
        String id = jobs.apply("echo", "\"args\":[1],\"delay\":0.5");
        JsonNode waiting = jobs.job(id);
        assertThat(waiting.path("state").asString()).isEqualTo("scheduled");
        assertThat(waiting.path("queue_seconds").isNull()).isTrue();
        JsonNode job = jobs.endedAs(id, "succeeded");
        assertThat(Duration.between(before, time(job, "started_at"))).isGreaterThanOrEqualTo(Duration.ofMillis(499));
    }

    @Test
    void aStartThatIsOverIsAtOnce() throws IOException {
        String id = jobs.apply("echo", "\"args\":[1],\"start_at\":\"2020-01-01T00:00:00Z\"");
        jobs.endedAs(id, "succeeded");
    }

    @Test
    void waitingJobsKnowTheirPlace() throws IOException {
        jobs.pausedPool("waiting", 1);
        try {
            List<String> ids = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                ids.add(jobs.apply("echo", "\"args\":[1],\"pool\":\"waiting\",\"priority\":" + (i == 3 ? 1 : 0)));
            }
            assertThat(jobs.job(ids.get(3)).path("position").asInt()).isZero();
            for (int i = 0; i < 3; i++) {
                JsonNode job = jobs.job(ids.get(i));
                assertThat(job.path("state").asString()).isEqualTo("queued");
                assertThat(job.path("position").asInt()).isEqualTo(i + 1);
                assertThat(job.has("estimated_start")).isTrue();
            }
            assertThat(client.get("/v1/pools/waiting").json().path("queued").asInt())
                    .isEqualTo(4);
            jobs.resume("waiting");
            List<Instant> starts = new ArrayList<>();
            for (String id : List.of(ids.get(3), ids.get(0), ids.get(1), ids.get(2))) {
                starts.add(time(jobs.endedAs(id, "succeeded"), "started_at"));
            }
            assertThat(starts).isSorted();
        } finally {
            jobs.forget("waiting");
        }
    }

    @Test
    void whatCannotRunIsRefusedAtOnce() throws IOException {
        client.post("/v1/apply_async", "{\"function\":\"fibb\"}").isProblem(ProblemType.UNKNOWN_FUNCTION);
        client.post("/v1/apply_async", "{\"function\":\"fib\",\"args\":[1],\"pool\":\"x\"}")
                .isProblem(ProblemType.UNKNOWN_POOL);
        client.post("/v1/apply_async", "{\"function\":\"fib\",\"args\":[93]}")
                .isProblem(ProblemType.INVALID_ARGUMENTS, "/args/0");
        client.post("/v1/map_async", "{\"function\":\"fib\",\"items\":[1,93]}")
                .isProblem(ProblemType.INVALID_ARGUMENTS, "/items/1");
        client.post("/v1/starmap_async", "{\"function\":\"fib\",\"items\":[1]}")
                .isProblem(ProblemType.INVALID_ARGUMENTS, "/items/0");
        client.post("/v1/apply_async", "{\"function\":\"echo\",\"args\":[1],\"callback\":\"http://10.0.0.1/\"}")
                .isProblem(ProblemType.FORBIDDEN_ADDRESS, "/callback");
        client.post("/v1/map_async", "{\"function\":\"echo\",\"items\":[1],\"error_callback\":\"http://10.0.0.1/\"}")
                .isProblem(ProblemType.FORBIDDEN_ADDRESS, "/error_callback");
        client.post(
                        "/v1/apply_async",
                        "{\"function\":\"echo\",\"args\":[1],\"delay\":1,\"start_at\":\"2030-01-01T00:00:00Z\"}")
                .isProblem(ProblemType.MALFORMED_REQUEST, "/start_at");
        jobs.pool("shut", 1);
        client.post("/v1/pools/shut/close").is(200);
        client.post("/v1/apply_async", "{\"function\":\"echo\",\"args\":[1],\"pool\":\"shut\"}")
                .isProblem(ProblemType.POOL_CLOSED);
        jobs.forget("shut");
    }

    @Test
    void aJobIsForgottenWhenItsTimeToStayIsOver() throws IOException {
        String id = jobs.apply("echo", "\"args\":[1],\"retain\":0");
        Eventually.until(JobClient.PATIENCE, () -> client.get("/v1/jobs/" + id).isProblem(ProblemType.UNKNOWN_JOB));
    }

    @Test
    void aJobThatIsWaitedForIsNotStored() throws IOException {
        String id = client.apply("{\"function\":\"echo\",\"args\":[1]}")
                .is(200)
                .json()
                .path("id")
                .asString();
        client.get("/v1/jobs/" + id).isProblem(ProblemType.UNKNOWN_JOB);
    }

    @Test
    void idsGrow() throws IOException {
        String first = jobs.apply("echo", "\"args\":[1]");
        String second = jobs.map("echo", "\"items\":[1]");
        assertThat(first).isLessThan(second);
    }

    @Test
    void theJobsOfATerminatedPoolAreCancelled() throws IOException {
        jobs.pool("ending", 1);
        String running = jobs.apply("sleep", "\"args\":[60],\"pool\":\"ending\"");
        String waiting = jobs.apply("sleep", "\"args\":[60],\"pool\":\"ending\"");
        jobs.until(running, "running");
        client.post("/v1/pools/ending/terminate").is(200);
        jobs.endedAs(running, "cancelled");
        jobs.endedAs(waiting, "cancelled");
        jobs.result(waiting).isProblem(ProblemType.JOB_CANCELLED);
        jobs.forget("ending");
    }
}
