package dev.motorpool.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.motorpool.job.ProblemType;
import dev.motorpool.testing.Eventually;
import dev.motorpool.testing.HookReceiver;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** What a key with {@code submit} and without {@code read} can see of jobs, its own and those of others. */
@Tag("service")
class WithoutReadingTest {

    /** Part of everything that such a key must not see. */
    private static final String MARK = "a-mark-of-contents";

    private static ServiceExtension.Service service;

    @BeforeAll
    static void start() {
        List<String> settings = new ArrayList<>(TestKeys.settings("submit", "submit", "may submit"));
        settings.addAll(TestKeys.settings("all", "submit,read,operate", "may do all"));
        settings.add("--motorpool.webhooks.allow=127.0.0.0/8");
        service = new ServiceExtension.Service(settings.toArray(String[]::new));
    }

    @AfterAll
    static void stop() throws IOException {
        service.close();
    }

    private static CheckedClient.Request request(String method, String target, String secret) {
        return service.client().request(method, target).header("X-API-Key", secret);
    }

    private static Answer submit(String target) throws IOException {
        return request("POST", target, "may submit").send();
    }

    /** The answer to a call that is sent twice with one {@code Idempotency-Key}. */
    private static Answer call(String key, String members) throws IOException {
        return request("POST", "/v1/apply_async", "may submit")
                .header("Idempotency-Key", key)
                .body("{\"tags\":{\"of\":\"" + MARK + "\"}," + members + "}")
                .send();
    }

    private static String id(Answer answer) {
        return answer.json().path("id").asString();
    }

    /** Waits for the end of the job with a key that may read all of it. */
    private static JsonNode ended(String id) throws IOException {
        Answer job = request("GET", "/v1/jobs/" + id + "?wait=30", "may do all")
                .send()
                .is(200);
        assertThat(job.text()).contains(MARK);
        return job.json();
    }

    private static void showsNothing(Answer answer, String state) {
        assertThat(answer.text()).doesNotContain(MARK);
        JsonNode job = answer.json();
        assertThat(job.path("id").asString()).isNotEmpty();
        assertThat(job.path("state").asString()).as("%s", job).isEqualTo(state);
        assertThat(job.path("value").isMissingNode()).isTrue();
    }

    @Test
    void aSubmissionAndItsReplayHaveNoValueAndNothingThatWasSent() throws IOException {
        String call = "\"function\":\"echo\",\"args\":[\"" + MARK + "\"]";
        Answer first = call("echo", call).is(202);
        assertThat(first.text()).doesNotContain(MARK);
        assertThat(ended(id(first)).path("value").asString()).isEqualTo(MARK);

        Answer replay = call("echo", call).is(200);
        assertThat(replay.header("idempotent-replayed")).isEqualTo("true");
        showsNothing(replay, "succeeded");
        showsNothing(submit("/v1/jobs/" + id(first) + "/cancel").is(200), "succeeded");
        submit("/v1/jobs/" + id(first) + "/retry").isProblem(ProblemType.JOB_NOT_FAILED);
    }

    @Test
    void ofAnErrorOnlyTheTypeIsShownOfEachAttempt() throws IOException {
        String call = "\"function\":\"raise\",\"args\":[\"" + MARK + "\"],\"retries\":1,\"retry_delay\":0.01";
        Answer first = call("raise", call).is(202);
        assertThat(ended(id(first)).at("/attempts/1/error/message").asString()).contains(MARK);

        Answer replay = call("raise", call).is(200);
        showsNothing(replay, "failed");
        assertThat(replay.json().path("error").toString()).isEqualTo("{\"type\":\"function-raised\"}");
        assertThat(replay.json().at("/attempts/0/error").toString()).isEqualTo("{\"type\":\"function-raised\"}");
        assertThat(replay.json().at("/attempts/1/error").toString()).isEqualTo("{\"type\":\"function-raised\"}");
        showsNothing(submit("/v1/jobs/" + id(first) + "/cancel").is(200), "failed");

        Answer again = submit("/v1/jobs/" + id(first) + "/retry").is(202);
        assertThat(again.text()).doesNotContain(MARK);
        ended(id(first));
    }

    @Test
    void aMapShowsNeitherValuesNorErrors() throws IOException {
        String id = id(request("POST", "/v1/map_async", "may submit")
                .body("{\"function\":\"raise\",\"items\":[\"" + MARK + "\"],\"on_error\":\"collect\"}")
                .send()
                .is(202));
        ended(id);
        Answer cancelled = submit("/v1/jobs/" + id + "/cancel").is(200);
        showsNothing(cancelled, "succeeded");
        assertThat(cancelled.json().path("errors").isMissingNode()).isTrue();
    }

    @Test
    void progressThatTheFunctionReportsIsNotShown() throws IOException {
        String id = id(call("print", "\"function\":\"print\",\"args\":[\"" + MARK + "\",3600],\"pool\":\"threads\"")
                .is(202));
        JsonNode progress = Eventually.until(JobClient.PATIENCE, () -> {
            JsonNode job = request("GET", "/v1/jobs/" + id, "may do all").send().json();
            assertThat(job.path("progress").isObject()).isTrue();
            return job.path("progress");
        });
        assertThat(progress.path("message").asString()).isNotEmpty();
        Answer cancelled = submit("/v1/jobs/" + id + "/cancel").is(200);
        showsNothing(cancelled, "cancelled");
        assertThat(cancelled.json().path("progress").isNull()).isTrue();
    }

    @Test
    void aDeliveryShowsNeitherWhereItGoesNorWhatCameBack() throws IOException {
        try (HookReceiver receiver = new HookReceiver()) {
            String url = receiver.url("/" + MARK);
            String id = id(call("hook", "\"function\":\"echo\",\"args\":[1],\"callback\":\"" + url + "\"")
                    .is(202));
            String deliveries = "/v1/jobs/" + id + "/deliveries";
            String delivery = Eventually.until(JobClient.PATIENCE, () -> {
                JsonNode items = request("GET", deliveries, "may do all")
                        .send()
                        .is(200)
                        .json()
                        .path("items");
                assertThat(items.size()).isOne();
                assertThat(items.get(0).path("url").asString()).isEqualTo(url);
                return items.get(0).path("id").asString();
            });
            Answer again = submit(deliveries + "/" + delivery + "/retry").is(202);
            assertThat(again.text()).doesNotContain(MARK);
            assertThat(again.json().path("state").asString()).isEqualTo("pending");
            submit(deliveries + "/none/retry").isProblem(ProblemType.UNKNOWN_DELIVERY);
        }
    }
}
