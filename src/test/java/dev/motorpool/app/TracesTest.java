package dev.motorpool.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.motorpool.testing.Eventually;
import dev.motorpool.testing.HookReceiver;
import dev.motorpool.testing.HookReceiver.Message;
import dev.motorpool.testing.ServiceProcess;
import dev.motorpool.testing.SpanReceiver;
import dev.motorpool.testing.SpanReceiver.Kept;
import io.opentelemetry.proto.trace.v1.Span.SpanKind;
import io.opentelemetry.proto.trace.v1.Status.StatusCode;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The spans of requests, calls and webhooks, as their receiver sees them. */
@Tag("service")
class TracesTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final String CALLER = "b7ad6b7169203331";

    @TempDir
    static Path home;

    private static @Nullable SpanReceiver receiver;
    private static @Nullable ServiceProcess service;

    /** The trace of this test. */
    private final String trace = fresh();

    private static String fresh() {
        byte[] bytes = new byte[16];
        ThreadLocalRandom.current().nextBytes(bytes);
        bytes[0] = 1;
        return HexFormat.of().formatHex(bytes);
    }

    @BeforeAll
    static void start() throws Exception {
        receiver = new SpanReceiver();
        service = ServiceProcess.start(
                home,
                "--" + TracesWhereConfigured.ENDPOINT + "=" + receiver.endpoint(),
                "--management.tracing.sampling.probability=1",
                "--management.opentelemetry.tracing.export.schedule-delay=100ms");
        service.ready();
    }

    @AfterAll
    static void stop() {
        try (SpanReceiver spans = Objects.requireNonNull(receiver);
                ServiceProcess over = service()) {
            assertThat(spans.spans()).isNotEmpty();
            assertThat(over.output()).doesNotContain("WARN", "ERROR", "Exception");
        }
    }

    private static ServiceProcess service() {
        return Objects.requireNonNull(service);
    }

    private static List<Kept> spans(String trace) {
        return Objects.requireNonNull(receiver).spans().stream()
                .filter(span -> span.trace().equals(trace))
                .toList();
    }

    private HttpResponse<String> post(String verb, String json) throws Exception {
        return service().post("/v1/" + verb, json, Map.of("traceparent", "00-" + trace + "-" + CALLER + "-01"));
    }

    private Kept only(String name) {
        return Eventually.until(PATIENCE, () -> {
            List<Kept> named = spans(trace).stream()
                    .filter(span -> span.name().equals(name))
                    .toList();
            assertThat(named).as("%s in %s", name, spans(trace)).hasSize(1);
            return named.getFirst();
        });
    }

    private static void inOrder(Kept first, Kept second) {
        assertThat(first.whole().getStartTimeUnixNano())
                .isLessThanOrEqualTo(first.whole().getEndTimeUnixNano());
        assertThat(second.whole().getStartTimeUnixNano())
                .isLessThanOrEqualTo(second.whole().getEndTimeUnixNano());
        // The two times come from clocks that are read one after the other.
        assertThat(first.whole().getEndTimeUnixNano()).isLessThan(second.whole().getStartTimeUnixNano() + 50_000_000);
    }

    @Test
    void aCallWaitsAndRunsWithinItsRequest() throws Exception {
        HttpResponse<String> answer = post("apply", "{\"function\":\"echo\",\"args\":[1],\"pool\":\"threads\"}");
        assertThat(answer.statusCode()).isEqualTo(200);

        Kept request = only("POST /v1/apply");
        assertThat(request.parent()).isEqualTo(CALLER);
        assertThat(request.kind()).isEqualTo(SpanKind.SPAN_KIND_SERVER);
        assertThat(request.attribute("http.response.status_code")).isEqualTo("200");
        assertThat(request.attribute("http.route")).isEqualTo("/v1/apply");
        Kept queue = only("queue threads");
        Kept run = only("run echo");
        for (Kept part : List.of(queue, run)) {
            assertThat(part.parent()).isEqualTo(request.id());
            assertThat(part.attribute("motorpool.pool")).isEqualTo("threads");
            assertThat(part.attribute("motorpool.function")).isEqualTo("echo");
            assertThat(part.attribute("motorpool.attempt")).isEqualTo("1");
            assertThat(answer.body()).contains("\"id\":\"" + part.attribute("motorpool.job") + "\"");
        }
        assertThat(run.attribute("motorpool.outcome")).isEqualTo("succeeded");
        inOrder(queue, run);
        assertThat(spans(trace)).hasSize(3);
        assertThat(Objects.requireNonNull(receiver).services()).containsOnly("motorpool");
    }

    @Test
    void aTraceBeginsWithARequestThatBringsNone() throws Exception {
        assertThat(service().get("/v1/pools/coroutines").statusCode()).isEqualTo(200);

        Eventually.within(
                PATIENCE,
                () -> assertThat(Objects.requireNonNull(receiver).spans()).anySatisfy(span -> {
                    assertThat(span.name()).isEqualTo("GET /v1/pools/{name}");
                    assertThat(span.parent()).isEmpty();
                }));
    }

    @Test
    void whatAFunctionAsksForIsAPartOfItsRun() throws Exception {
        try (HookReceiver server = new HookReceiver()) {
            assertThat(post("apply", "{\"function\":\"fetch\",\"args\":[\"" + server.url("/") + "\"]}")
                            .statusCode())
                    .isEqualTo(200);

            Kept run = only("run fetch");
            assertThat(server.messages().getFirst().header("traceparent"))
                    .isEqualTo("00-" + trace + "-" + run.id() + "-01");
        }
    }

    @Test
    void failureIsShown() throws Exception {
        assertThat(post("apply", "{\"function\":\"fetch\",\"args\":[\"http://127.0.0.1:1/\"]}")
                        .statusCode())
                .isEqualTo(422);

        Kept run = only("run fetch");
        assertThat(run.attribute("motorpool.outcome")).isEqualTo("failed");
        assertThat(run.whole().getStatus().getCode()).isEqualTo(StatusCode.STATUS_CODE_ERROR);
        assertThat(only("POST /v1/apply").attribute("http.response.status_code"))
                .isEqualTo("422");
    }

    @Test
    void aMapHasOneRunForAllItsItems() throws Exception {
        assertThat(post("map", "{\"function\":\"echo\",\"items\":[1,2,3,4,5,6,7,8,9],\"chunksize\":2}")
                        .statusCode())
                .isEqualTo(200);

        Kept run = only("run echo");
        assertThat(run.attribute("motorpool.items")).isEqualTo("9");
        assertThat(run.attribute("motorpool.outcome")).isEqualTo("finished");
        assertThat(run.parent()).isEqualTo(only("POST /v1/map").id());
        only("queue threads");
    }

    @Test
    void aDetachedJobAndItsWebhookArePartsOfItsSubmission() throws Exception {
        try (HookReceiver hooks = new HookReceiver()) {
            hooks.manners(HookReceiver.status(204));
            assertThat(post(
                                    "apply_async",
                                    "{\"function\":\"echo\",\"args\":[1],\"pool\":\"threads\",\"callback\":\""
                                            + hooks.url("/") + "\"}")
                            .statusCode())
                    .isEqualTo(202);

            Kept request = only("POST /v1/apply_async");
            Kept run = only("run echo");
            Kept webhook = only("webhook");
            assertThat(List.of(only("queue threads").parent(), run.parent(), webhook.parent()))
                    .containsOnly(request.id());
            assertThat(webhook.kind()).isEqualTo(SpanKind.SPAN_KIND_CLIENT);
            assertThat(webhook.attribute("motorpool.job")).isEqualTo(run.attribute("motorpool.job"));
            assertThat(webhook.attribute("motorpool.try")).isEqualTo("1");
            assertThat(webhook.attribute("http.response.status_code")).isEqualTo("204");
            Message hook = hooks.messages().getFirst();
            assertThat(hook.header("traceparent")).isEqualTo("00-" + trace + "-" + webhook.id() + "-01");
            inOrder(run, webhook);
        }
    }

    @Test
    void whatItsCallerDoesNotKeepIsNotKept() throws Exception {
        String unkept = "00-" + trace + "-" + CALLER + "-00";
        assertThat(service()
                        .post("/v1/apply", "{\"function\":\"echo\",\"args\":[1]}", Map.of("traceparent", unkept))
                        .statusCode())
                .isEqualTo(200);

        // Later spans have arrived, so this one would have too.
        String other = fresh();
        service()
                .post(
                        "/v1/apply",
                        "{\"function\":\"echo\",\"args\":[1]}",
                        Map.of("traceparent", "00-" + other + "-" + CALLER + "-01"));
        Eventually.within(PATIENCE, () -> assertThat(spans(other)).hasSize(3));
        assertThat(spans(trace)).isEmpty();
    }
}
