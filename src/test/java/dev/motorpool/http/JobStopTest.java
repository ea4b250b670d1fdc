package dev.motorpool.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.motorpool.http.LiveConnection.Event;
import dev.motorpool.http.ServiceExtension.Service;
import dev.motorpool.http.server.ClientWatch;
import dev.motorpool.job.ProblemType;
import dev.motorpool.job.waited.AdmissionSwitch;
import java.io.IOException;
import java.util.Objects;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Clients that wait for detached jobs when the service stops. */
@Tag("slow")
class JobStopTest {

    @Test
    void waitsTellHowThingsAreAndStreamsEnd() throws IOException {
        try (Service service = new Service()) {
            CheckedClient client = service.client();
            JobClient jobs = new JobClient(client);
            jobs.pausedPool("held", 1);
            String id = jobs.apply("echo", "\"args\":[1],\"pool\":\"held\"");
            String map = jobs.map("echo", "\"items\":[1],\"pool\":\"held\"");
            String ids = "{\"ids\":[\"" + id + "\",\"" + map + "\"]";
            try (LiveConnection job = LiveConnection.get(client, "/v1/jobs/" + id + "?wait=300");
                    LiveConnection result = LiveConnection.get(client, "/v1/jobs/" + id + "/result?timeout=300");
                    LiveConnection many = LiveConnection.post(client, "/v1/wait", ids + ",\"timeout\":300}");
                    LiveConnection items = LiveConnection.get(client, "/v1/jobs/" + map + "/items");
                    LiveConnection completed = LiveConnection.post(client, "/v1/as_completed", ids + "}");
                    LiveConnection events = LiveConnection.get(client, "/v1/jobs/" + id + "/events")) {
                ClientWatch watch = service.part(ClientWatch.class);
                Awaitility.await().until(() -> watch.waiting() == 6);
                service.part(AdmissionSwitch.class).close("the service is stopping");

                assertThat(job.raw().read().is(200).json().path("state").asString())
                        .isEqualTo("queued");
                assertThat(result.raw().read().is(202).json().path("id").asString())
                        .isEqualTo(id);
                assertThat(many.raw().read().is(200).json().path("not_done")).hasSize(2);
                isUnavailable(items.json());
                assertThat(items.line()).isNull();
                isUnavailable(completed.json());
                assertThat(completed.line()).isNull();
                assertThat(Objects.requireNonNull(events.event()).name()).isEqualTo("state");
                Event end = Objects.requireNonNull(events.event());
                assertThat(end.name()).isEqualTo("end");
                isUnavailable(end.data());
                assertThat(events.event()).isNull();
                client.post("/v1/apply_async", "{\"function\":\"echo\",\"args\":[1]}")
                        .isProblem(ProblemType.UNAVAILABLE);
            }
        }
    }

    private static void isUnavailable(JsonNode end) {
        assertThat(end.path("end").asBoolean()).isTrue();
        assertThat(end.path("error").path("type").asString()).isEqualTo("unavailable");
        assertThat(end.path("error").path("reason").asString()).isNotEmpty();
    }
}
