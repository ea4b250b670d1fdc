package dev.motorpool.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.motorpool.job.ProblemType;
import dev.motorpool.testing.Eventually;
import dev.motorpool.testing.HookReceiver;
import dev.motorpool.testing.HookReceiver.Message;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Webhooks of jobs, as clients query them and receivers get them. */
@ExtendWith(ServiceExtension.class)
@Tag("service")
class DeliveryTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final JsonMapper JSON = new JsonMapper();

    private final CheckedClient client;
    private final JobClient jobs;

    DeliveryTest(CheckedClient client) {
        this.client = client;
        this.jobs = new JobClient(client);
    }

    private static String hooks(HookReceiver receiver) {
        return ",\"callback\":\"" + receiver.url("/well") + "\",\"error_callback\":\"" + receiver.url("/badly") + "\"";
    }

    private static List<Message> received(HookReceiver receiver, int count) {
        return Eventually.until(PATIENCE, () -> {
            List<Message> messages = new ArrayList<>(receiver.messages());
            assertThat(messages).hasSizeGreaterThanOrEqualTo(count);
            return messages;
        });
    }

    /** Checks that the only webhook of a job has the job as its body. */
    private void tells(String id, HookReceiver receiver, String path, String type) throws IOException {
        JsonNode job = jobs.ended(id);
        Message message = received(receiver, 1).getFirst();
        JsonNode body = JSON.readTree(message.text());
        assertThat(message.path()).isEqualTo(path);
        assertThat(message.header("webhook-id")).isEqualTo(id + "-1");
        assertThat(body.propertyNames()).containsExactly("type", "timestamp", "data");
        assertThat(body.path("type").asString()).isEqualTo(type);
        assertThat(body.path("timestamp")).isEqualTo(job.path("finished_at"));
        assertThat(message.text())
                .contains("\"data\":" + client.get("/v1/jobs/" + id).is(200).text());
    }

    @Test
    void successIsTold() throws Exception {
        try (HookReceiver receiver = new HookReceiver()) {
            String id = jobs.apply("echo", "\"args\":[\"x\"],\"tags\":{\"a\":\"b\"}" + hooks(receiver));
            tells(id, receiver, "/well", "job.succeeded");
            JsonNode delivery = Eventually.until(PATIENCE, () -> {
                JsonNode only = client.get("/v1/jobs/" + id + "/deliveries")
                        .is(200)
                        .json()
                        .path("items")
                        .path(0);
                assertThat(only.path("state").asString()).isEqualTo("delivered");
                return only;
            });
            assertThat(delivery.path("id").asString()).isEqualTo(id + "-1");
            assertThat(delivery.path("url").asString()).isEqualTo(receiver.url("/well"));
            assertThat(delivery.path("tries").size()).isEqualTo(1);
            assertThat(delivery.path("tries").path(0).path("status").asInt()).isEqualTo(204);
            assertThat(delivery.path("next_try_at").isNull()).isTrue();
        }
    }

    @Test
    void longValuesAreTold() throws Exception {
        try (HookReceiver receiver = new HookReceiver()) {
            String id = jobs.apply("echo", "\"args\":[\"" + "x".repeat(3_000_000) + "\"]" + hooks(receiver));
            tells(id, receiver, "/well", "job.succeeded");
        }
    }

    @Test
    void failureIsToldAfterTheLastAttempt() throws Exception {
        try (HookReceiver receiver = new HookReceiver()) {
            String id = jobs.apply("raise", "\"args\":[\"x\"],\"retries\":2,\"retry_delay\":0" + hooks(receiver));
            tells(id, receiver, "/badly", "job.failed");
            assertThat(receiver.messages()).hasSize(1);
        }
    }

    @Test
    void cancellationIsTold() throws Exception {
        try (HookReceiver receiver = new HookReceiver()) {
            String id = jobs.apply("sleep", "\"args\":[60]" + hooks(receiver));
            jobs.until(id, "running");
            client.post("/v1/jobs/" + id + "/cancel").is(200);
            tells(id, receiver, "/badly", "job.cancelled");
        }
    }

    @Test
    void bulkCancellationIsTold() throws Exception {
        try (HookReceiver receiver = new HookReceiver()) {
            String mark = UUID.randomUUID().toString();
            String id = jobs.apply(
                    "echo", "\"args\":[1],\"delay\":1000,\"tags\":{\"mark\":\"" + mark + "\"}" + hooks(receiver));
            client.post("/v1/jobs/cancel?tag=mark:" + mark).is(200);
            tells(id, receiver, "/badly", "job.cancelled");
        }
    }

    @Test
    void expiryIsTold() throws Exception {
        try (HookReceiver receiver = new HookReceiver()) {
            jobs.pausedPool("expiring", 1);
            String id = jobs.apply("echo", "\"args\":[1],\"pool\":\"expiring\",\"expires\":0.1" + hooks(receiver));
            tells(id, receiver, "/badly", "job.expired");
            jobs.forget("expiring");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ",\"on_error\":\"collect\""})
    void mapsAreToldWithTheirValues(String onError) throws Exception {
        try (HookReceiver receiver = new HookReceiver()) {
            String id = jobs.map("echo", "\"items\":[1,\"a\",null,[2],{}]" + onError + hooks(receiver));
            tells(id, receiver, "/well", "job.succeeded");
        }
    }

    @Test
    void mapsThatCollectAreToldWithTheirErrors() throws Exception {
        try (HookReceiver receiver = new HookReceiver()) {
            String id = jobs.map("raise", "\"items\":[\"x\",\"y\"],\"on_error\":\"collect\"" + hooks(receiver));
            tells(id, receiver, "/well", "job.succeeded");
        }
    }

    @Test
    void whatAsksForNothingIsNotTold() throws Exception {
        try (HookReceiver receiver = new HookReceiver()) {
            String id = jobs.apply("echo", "\"args\":[1],\"error_callback\":\"" + receiver.url("/badly") + "\"");
            jobs.endedAs(id, "succeeded");
            assertThat(client.get("/v1/jobs/" + id + "/deliveries")
                            .is(200)
                            .json()
                            .path("items")
                            .isEmpty())
                    .isTrue();
            assertThat(receiver.messages()).isEmpty();
        }
    }

    @Test
    void aNewRoundHasADeliveryOfItsOwn() throws Exception {
        try (HookReceiver receiver = new HookReceiver()) {
            String id = jobs.apply("raise", "\"args\":[\"x\"]" + hooks(receiver));
            received(receiver, 1);
            client.post("/v1/jobs/" + id + "/retry").is(202);
            assertThat(received(receiver, 2))
                    .extracting(message -> message.header("webhook-id"))
                    .containsExactly(id + "-1", id + "-2");
            assertThat(client.get("/v1/jobs/" + id + "/deliveries")
                            .is(200)
                            .json()
                            .path("items")
                            .size())
                    .isEqualTo(2);
        }
    }

    @Test
    void aDeliveryIsRetriedByHandUnderItsId() throws Exception {
        try (HookReceiver receiver = new HookReceiver(HookReceiver.status(500))) {
            String id = jobs.apply("echo", "\"args\":[1]" + hooks(receiver));
            received(receiver, 1);
            receiver.manners(HookReceiver.status(200));
            Answer renewed = client.post("/v1/jobs/" + id + "/deliveries/" + id + "-1/retry")
                    .is(202);
            assertThat(renewed.json().path("state").asString()).isEqualTo("pending");
            Eventually.until(PATIENCE, () -> {
                JsonNode all =
                        client.get("/v1/jobs/" + id + "/deliveries").is(200).json();
                assertThat(all.path("items").path(0).path("state").asString()).isEqualTo("delivered");
                return all;
            });
            assertThat(receiver.messages()).allSatisfy(message -> assertThat(message.header("webhook-id"))
                    .isEqualTo(id + "-1"));
        }
    }

    @Test
    void deliveriesOutliveTheirJob() throws Exception {
        try (HookReceiver receiver = new HookReceiver(HookReceiver.status(500))) {
            String id = jobs.apply("echo", "\"args\":[1]" + hooks(receiver));
            jobs.ended(id);
            received(receiver, 1);
            client.delete("/v1/jobs/" + id).is(204);
            receiver.manners(HookReceiver.status(200));
            client.post("/v1/jobs/" + id + "/deliveries/" + id + "-1/retry").is(202);
            received(receiver, 2);
            client.get("/v1/jobs/" + id).isProblem(ProblemType.UNKNOWN_JOB);
            client.get("/v1/jobs/" + id + "/deliveries").is(200);
        }
    }

    @Test
    void whatIsNotThereIsUnknown() throws Exception {
        String nobody = UUID.randomUUID().toString();
        client.get("/v1/jobs/" + nobody + "/deliveries").isProblem(ProblemType.UNKNOWN_JOB);
        client.post("/v1/jobs/" + nobody + "/deliveries/" + nobody + "-1/retry").isProblem(ProblemType.UNKNOWN_JOB);
        String id = jobs.apply("echo", "\"args\":[1]");
        for (String delivery : List.of("x", id, id + "-1", id + "-01", nobody + "-1")) {
            client.post("/v1/jobs/" + id + "/deliveries/" + delivery + "/retry")
                    .isProblem(ProblemType.UNKNOWN_DELIVERY);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://10.0.0.1/",
                "http://192.168.1.1:8080/x",
                "http://169.254.169.254/",
                "http://[fe80::1]/",
                "http://[fd00::1]/",
                "http://[::ffff:10.0.0.1]/",
                "http://[64:ff9b::10.0.0.1]/",
                "http://[2002:a00:1::]/",
                "http://0x0a000001/",
                "http://012.0.0.1/",
                "http://10.1/",
                "http://167772161/",
                "http://0.0.0.0/",
                "http://224.0.0.1/",
                "http://user@example.com/",
                "http://example.com:0/",
                "ftp://example.com/"
            })
    void forbiddenAddressesAreRefusedInEverySpelling(String url) throws IOException {
        for (String member : List.of("callback", "error_callback")) {
            client.post("/v1/apply_async", "{\"function\":\"echo\",\"args\":[1],\"" + member + "\":\"" + url + "\"}")
                    .isProblem(ProblemType.FORBIDDEN_ADDRESS, "/" + member);
        }
    }

    @Test
    void whatIsNoUrlIsMalformed() throws IOException {
        for (String member : List.of("callback", "error_callback")) {
            client.post("/v1/apply_async", "{\"function\":\"echo\",\"args\":[1],\"" + member + "\":\"nonsense\"}")
                    .isProblem(ProblemType.MALFORMED_REQUEST, "/" + member);
        }
    }
}
