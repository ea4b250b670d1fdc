package dev.motorpool.detached.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.motorpool.job.Attempt;
import dev.motorpool.job.Job;
import dev.motorpool.job.JobSpec;
import dev.motorpool.json.JsonWriter;
import dev.motorpool.json.RawJson;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** The JSON of jobs; the tests of the routes compare that of detached ones. */
class JobDocumentTest {

    @Test
    void aCallerWhoMayNotReadIsToldWhatAJobWaitsForWithoutTheSentence() {
        JobSpec spec = new JobSpec("apply_async", "echo", "sick", null, null, 0, Map.of(), null);
        UUID id = UUID.fromString("0199c0de-7b1a-7c3e-8f00-5a1d2c3b4e5f");
        Instant since = Instant.parse("2026-01-02T03:04:05.006Z");
        StoredJob job = StoredJob.submitted(id, "default", spec, since, null, null);
        Waiting waiting = new Waiting(Waiting.Reason.POOL_BROKEN, since, "a secret in a worker's output");
        JobView view = new JobView(job, List.of(), null, new JobView.Place(0L, null), waiting);

        assertThat(text(json -> JobDocument.outline(json, view)))
                .endsWith("\"waiting\":{\"for\":\"pool-broken\",\"since\":\"2026-01-02T03:04:05.006Z\"}}");
        assertThat(text(json -> JobDocument.listed(json, view)))
                .endsWith("\"waiting\":{\"for\":\"pool-broken\",\"since\":\"2026-01-02T03:04:05.006Z\","
                        + "\"detail\":\"a secret in a worker's output\"}}");
    }

    private static String text(Consumer<JsonWriter> writing) {
        JsonWriter json = new JsonWriter();
        writing.accept(json);
        return json.toRawJson().toString();
    }

    @Test
    void hasTheMembersOfTheContractInTheirOrder() {
        Instant start = Instant.parse("2026-01-02T03:04:05.006999Z");
        Attempt run = new Attempt(1, start, start.plusMillis(1000), "processes-2", 4242, null);
        JobSpec spec = new JobSpec("apply", "f\"ä", "processes", null, null, -7, Map.of("k\n", "v"), null);
        RawJson value = new RawJson("xx[1.50]".getBytes(StandardCharsets.UTF_8), 2, 6);
        UUID id = UUID.fromString("0199c0de-7b1a-7c3e-8f00-5a1d2c3b4e5f");
        Job job = new Job(id, spec, value, null, run, start, start.plusMillis(1000), 400_000, 31_000_000);
        assertThat(JobDocument.head(job).toString() + value + JobDocument.tail(job, null, false))
                .isEqualTo(
                        "{\"id\":\"0199c0de-7b1a-7c3e-8f00-5a1d2c3b4e5f\",\"verb\":\"apply\",\"function\":\"f\\\"ä\",\"pool\":\"processes\",\"state\":\"succeeded\",\"value\":[1.50],\"error\":null,\"attempt\":1,\"priority\":-7,\"tags\":{\"k\\n"
                            + "\":\"v\"},\"progress\":null,"
                            + "\"created_at\":\"2026-01-02T03:04:05.006Z\",\"started_at\":\"2026-01-02T03:04:05.006Z\","
                            + "\"finished_at\":\"2026-01-02T03:04:06.006Z\",\"queue_seconds\":0.0004,"
                            + "\"run_seconds\":0.031,\"worker\":{\"id\":\"processes-2\",\"pid\":4242}}");
    }
}
