package dev.motorpool.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.motorpool.testing.Eventually;
import dev.motorpool.testing.HookReceiver;
import dev.motorpool.testing.HookReceiver.Message;
import java.io.IOException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The W3C trace context of a request, through queue and worker, without any configuration of traces. */
@ExtendWith(ServiceExtension.class)
@Tag("service")
class TraceTest {

    private static final String PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    private final CheckedClient client;

    TraceTest(CheckedClient client) {
        this.client = client;
    }

    private Answer post(String verb, String body) throws IOException {
        return client.request("POST", "/v1/" + verb)
                .header("traceparent", PARENT)
                .header("tracestate", "vendor=a,other=b")
                .body(body)
                .send();
    }

    private static void carriesTheTrace(HookReceiver server) {
        assertThat(server.messages()).isNotEmpty();
        for (Message message : server.messages()) {
            assertThat(message.header("traceparent")).isEqualTo(PARENT);
            assertThat(message.header("tracestate")).isEqualTo("vendor=a,other=b");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"processes", "threads", "coroutines"})
    void aCallCarriesIt(String pool) throws IOException {
        try (HookReceiver server = new HookReceiver()) {
            post("apply", "{\"function\":\"fetch\",\"args\":[\"" + server.url("/") + "\"],\"pool\":\"" + pool + "\"}")
                    .is(200);
            carriesTheTrace(server);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"map", "imap", "imap_unordered"})
    void itemsCarryIt(String verb) throws IOException {
        try (HookReceiver server = new HookReceiver()) {
            String items = "\"" + server.url("/1") + "\",\"" + server.url("/2") + "\",\"" + server.url("/3") + "\"";
            post(verb, "{\"function\":\"fetch\",\"items\":[" + items + "],\"chunksize\":2}")
                    .is(200);
            assertThat(server.messages()).hasSize(3);
            carriesTheTrace(server);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"apply_async", "map_async"})
    void aDetachedJobAndItsWebhookCarryIt(String verb) throws IOException {
        try (HookReceiver server = new HookReceiver()) {
            String url = server.url("/");
            String what = verb.equals("apply_async") ? "\"args\":[\"" + url + "\"]" : "\"items\":[\"" + url + "\"]";
            post(verb, "{\"function\":\"fetch\"," + what + ",\"callback\":\"" + server.url("/hook") + "\"}")
                    .is(202);
            Eventually.within(JobClient.PATIENCE, () -> assertThat(
                            server.messages().stream().map(Message::path))
                    .containsExactly("/", "/hook"));
            carriesTheTrace(server);
        }
    }

    @Test
    void withoutItNothingIsSent() throws IOException {
        try (HookReceiver server = new HookReceiver()) {
            client.apply("{\"function\":\"fetch\",\"args\":[\"" + server.url("/") + "\"]}")
                    .is(200);
            assertThat(server.messages().getFirst().headers()).doesNotContainKeys("traceparent", "tracestate");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"nonsense", PARENT + "," + PARENT, "00-00000000000000000000000000000000-b7ad6b7169203331-01"})
    void oneThatIsMalformedIsAsNone(String parent) throws IOException {
        try (HookReceiver server = new HookReceiver()) {
            client.request("POST", "/v1/apply")
                    .header("traceparent", parent)
                    .header("tracestate", "vendor=a")
                    .body("{\"function\":\"fetch\",\"args\":[\"" + server.url("/") + "\"]}")
                    .send()
                    .is(200);
            assertThat(server.messages().getFirst().headers()).doesNotContainKeys("traceparent", "tracestate");
        }
    }
}
