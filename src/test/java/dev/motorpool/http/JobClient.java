package dev.motorpool.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.motorpool.testing.Eventually;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** A client for detached jobs. */
final class JobClient {

    static final Duration PATIENCE = Duration.ofSeconds(30);

    private static final List<String> FINAL = List.of("succeeded", "failed", "cancelled", "expired");

    private final CheckedClient client;

    JobClient(CheckedClient client) {
        this.client = client;
    }

    /** Submits a call with these members; returns the id of its job. */
    String apply(String function, String members) throws IOException {
        return submit("apply_async", "\"function\":\"" + function + "\"," + members);
    }

    /** Submits a map with these members; returns the id of its job. */
    String map(String function, String members) throws IOException {
        return submit("map_async", "\"function\":\"" + function + "\"," + members);
    }

    String submit(String verb, String members) throws IOException {
        Answer answer = client.post("/v1/" + verb, "{" + members + "}").is(202);
        String id = answer.json().path("id").asString();
        assertThat(answer.header("location")).isEqualTo("/v1/jobs/" + id);
        return id;
    }

    /** The current state of the job. */
    JsonNode job(String id) throws IOException {
        return client.get("/v1/jobs/" + id).is(200).json();
    }

    String state(String id) throws IOException {
        return job(id).path("state").asString();
    }

    /** Waits for the job to end; returns it. */
    JsonNode ended(String id) throws IOException {
        JsonNode job = client.get("/v1/jobs/" + id + "?wait=30").is(200).json();
        assertThat(job.path("state").asString()).as("%s", job).isIn(FINAL);
        return job;
    }

    JsonNode endedAs(String id, String state) throws IOException {
        JsonNode job = ended(id);
        assertThat(job.path("state").asString()).as("%s", job).isEqualTo(state);
        return job;
    }

    /** The job once it is in this state. */
    JsonNode until(String id, String state) {
        return Eventually.until(PATIENCE, () -> {
            JsonNode job = job(id);
            assertThat(job.path("state").asString()).as("%s", job).isEqualTo(state);
            return job;
        });
    }

    Answer result(String id) throws IOException {
        return client.get("/v1/jobs/" + id + "/result?timeout=30");
    }

    /** A pool that accepts calls and starts none. */
    void pausedPool(String name, int size) throws IOException {
        pool(name, size);
        client.post("/v1/pools/" + name + "/pause").is(200);
    }

    void pool(String name, int size) throws IOException {
        client.put("/v1/pools/" + name, "{\"kind\":\"coroutine\",\"size\":" + size + "}")
                .is(201);
    }

    void resume(String name) throws IOException {
        client.post("/v1/pools/" + name + "/resume").is(200);
    }

    void forget(String name) throws IOException {
        client.delete("/v1/pools/" + name).is(204);
    }
}
