package dev.motorpool.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.motorpool.testing.Eventually;
import java.io.IOException;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;

/** Detached jobs say what they wait for, alone and in lists. */
@ExtendWith(ServiceExtension.class)
@Tag("service")
class WaitingTest {

    private final CheckedClient client;
    private final JobClient jobs;

    /** A tag that only the jobs of one test have. */
    private final String mark = UUID.randomUUID().toString();

    private @Nullable String pool;

    WaitingTest(CheckedClient client) {
        this.client = client;
        this.jobs = new JobClient(client);
    }

    @AfterEach
    void forgetThePool() throws IOException {
        if (pool != null) {
            jobs.forget(pool);
        }
    }

    private String submit(String function, String members) throws IOException {
        return jobs.apply(function, "\"pool\":\"" + pool + "\",\"tags\":{\"mark\":\"" + mark + "\"}," + members);
    }

    /** What the job waits for, which is the same in the list. */
    private JsonNode waiting(String id, String reason) throws IOException {
        JsonNode job = jobs.job(id);
        JsonNode waiting = job.path("waiting");
        assertThat(waiting.path("for").asString()).as("%s", job).isEqualTo(reason);
        assertThat(waiting.path("detail").asString()).isNotBlank();
        assertThat(Instant.parse(waiting.path("since").asString()))
                .isBetween(Instant.parse(job.path("created_at").asString()), Instant.now());
        assertThat(job.has("position") && job.has("estimated_start")).isTrue();
        assertThat(listed(id)).isEqualTo(waiting);
        return waiting;
    }

    private JsonNode listed(String id) throws IOException {
        for (JsonNode job :
                client.get("/v1/jobs?tag=mark:" + mark).is(200).json().path("items")) {
            if (job.path("id").asString().equals(id)) {
                return job.path("waiting");
            }
        }
        throw new AssertionError("the list has no job " + id);
    }

    private void waitsForNothing(String id) throws IOException {
        assertThat(jobs.job(id).path("waiting").isNull()).isTrue();
        assertThat(listed(id).isNull()).isTrue();
    }

    @Test
    void aJobBehindOthersWaitsForASlotUntilItRuns() throws IOException {
        pool = "narrow";
        jobs.pool(pool, 1);
        String first = submit("sleep", "\"args\":[60]");
        jobs.until(first, "running");
        String second = submit("sleep", "\"args\":[60]");

        JsonNode waiting = waiting(second, "slot");
        assertThat(waiting.path("since")).isEqualTo(jobs.job(second).path("created_at"));
        waitsForNothing(first);

        client.post("/v1/jobs/" + first + "/cancel").is(200);
        jobs.until(second, "running");
        waitsForNothing(first);
        waitsForNothing(second);
        client.post("/v1/jobs/" + second + "/cancel").is(200);
        waitsForNothing(second);
    }

    @Test
    void theAnswerToASubmissionSaysItToo() throws IOException {
        pool = "still";
        jobs.pausedPool(pool, 1);

        JsonNode job = client.post("/v1/apply_async", "{\"function\":\"echo\",\"args\":[1],\"pool\":\"still\"}")
                .is(202)
                .json();

        assertThat(job.path("waiting").path("for").asString()).isEqualTo("pool-paused");
    }

    @Test
    void aPausedPoolIsTheReasonSinceItWasPaused() throws IOException {
        pool = "resting";
        jobs.pool(pool, 1);
        String running = submit("sleep", "\"args\":[60]");
        jobs.until(running, "running");
        String id = submit("echo", "\"args\":[1]");
        Instant before = Instant.now().minusMillis(1);
        client.post("/v1/pools/resting/pause").is(200);

        JsonNode waiting = waiting(id, "pool-paused");
        assertThat(Instant.parse(waiting.path("since").asString())).isAfterOrEqualTo(before);
        String later = submit("echo", "\"args\":[1]");
        assertThat(waiting(later, "pool-paused").path("since"))
                .isEqualTo(jobs.job(later).path("created_at"));

        jobs.resume(pool);
        waiting(id, "slot");
        client.post("/v1/jobs/" + running + "/cancel").is(200);
        jobs.endedAs(id, "succeeded");
        waitsForNothing(id);
    }

    @Test
    void aBrokenPoolIsTheReasonAndSaysWhy() throws IOException {
        pool = "sick";
        client.put(
                        "/v1/pools/sick",
                        "{\"kind\":\"process\",\"size\":1,\"initializer\":{\"function\":\"raise\",\"args\":[\"no"
                                + " licence\"]}}")
                .is(201);
        Eventually.within(JobClient.PATIENCE, () -> assertThat(state("sick")).isEqualTo("broken"));

        String id = submit("echo", "\"args\":[1]");

        assertThat(waiting(id, "pool-broken").path("detail").asString()).contains("sick", "no licence");
        client.put("/v1/pools/sick", "{\"initializer\":null}").is(200);
        jobs.endedAs(id, "succeeded");
        waitsForNothing(id);
    }

    private String state(String name) {
        try {
            return client.get("/v1/pools/" + name).is(200).json().path("state").asString();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aLaterStartIsTheReasonWhateverThePoolDoes() throws IOException {
        pool = "early";
        jobs.pausedPool(pool, 1);

        String id = submit("echo", "\"args\":[1],\"delay\":3600");

        JsonNode waiting = waiting(id, "start-time");
        JsonNode job = jobs.job(id);
        assertThat(waiting.path("since")).isEqualTo(job.path("created_at"));
        assertThat(waiting.path("detail").asString())
                .contains(job.path("estimated_start").asString());
        client.post("/v1/jobs/" + id + "/cancel").is(200);
        waitsForNothing(id);
    }

    @Test
    void aFailedAttemptIsFollowedByAWaitForTheNext() throws IOException {
        pool = "again";
        jobs.pool(pool, 1);

        String id = submit("raise", "\"args\":[\"no\"],\"retries\":1,\"retry_delay\":3600");

        JsonNode job = jobs.until(id, "scheduled");
        JsonNode waiting = waiting(id, "retry");
        assertThat(waiting.path("since")).isEqualTo(job.path("attempts").get(0).path("finished_at"));
        assertThat(waiting.path("detail").asString())
                .contains(job.path("estimated_start").asString());
        client.post("/v1/jobs/" + id + "/cancel").is(200);
        waitsForNothing(id);
    }
}
