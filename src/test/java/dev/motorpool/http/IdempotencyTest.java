package dev.motorpool.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.motorpool.job.ProblemType;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The header {@code Idempotency-Key}: a call that is sent again runs once. */
@ExtendWith(ServiceExtension.class)
@Tag("service")
class IdempotencyTest {

    private static final String ECHO = "{\"function\":\"echo\",\"args\":[1]}";

    private final CheckedClient client;
    private final JobClient jobs;
    private final String key = UUID.randomUUID().toString();

    IdempotencyTest(CheckedClient client) {
        this.client = client;
        this.jobs = new JobClient(client);
    }

    private Answer submit(String path, String body) throws IOException {
        return client.request("POST", path)
                .header("Idempotency-Key", key)
                .body(body)
                .send();
    }

    private static String id(Answer answer) {
        return answer.json().path("id").asString();
    }

    @Test
    void aRepetitionIsAnsweredWithTheFirstJobAsItIsNow() throws IOException {
        Answer first = submit("/v1/apply_async", ECHO).is(202);
        assertThat(first.header("idempotent-replayed")).isNull();
        jobs.endedAs(id(first), "succeeded");
        Answer again = submit("/v1/apply_async", ECHO).is(200);
        assertThat(again.header("idempotent-replayed")).isEqualTo("true");
        assertThat(again.header("location")).isEqualTo(first.header("location")).isEqualTo("/v1/jobs/" + id(first));
        assertThat(again.json()).isEqualTo(jobs.job(id(first)));
        assertThat(again.json().path("value").asInt()).isEqualTo(1);
    }

    @Test
    void aMapIsRepeatedWithItsValues() throws IOException {
        String body = "{\"function\":\"echo\",\"items\":[1,2]}";
        Answer first = submit("/v1/map_async", body).is(202);
        jobs.endedAs(id(first), "succeeded");
        assertThat(submit("/v1/map_async", body).is(200).json().path("value").toString())
                .isEqualTo("[1,2]");
    }

    @Test
    void otherBytesUnderTheSameKeyAreRefused() throws IOException {
        submit("/v1/apply_async", ECHO).is(202);
        submit("/v1/apply_async", "{\"function\":\"echo\",\"args\":[2]}").isProblem(ProblemType.IDEMPOTENCY_KEY_REUSED);
        submit("/v1/apply_async", ECHO + " ").isProblem(ProblemType.IDEMPOTENCY_KEY_REUSED);
        submit("/v1/apply_async", ECHO).is(200);
    }

    @Test
    void aKeyIsForItsPath() throws IOException {
        Answer map =
                submit("/v1/map_async", "{\"function\":\"fib\",\"items\":[]}").is(202);
        Answer starmap = submit("/v1/starmap_async", "{\"function\":\"fib\",\"items\":[]}")
                .is(202);
        assertThat(id(map)).isNotEqualTo(id(starmap));
    }

    @Test
    void whatWasForgottenMeanwhileIsNotRunAgain() throws IOException {
        String id = id(submit("/v1/apply_async", ECHO).is(202));
        jobs.endedAs(id, "succeeded");
        client.delete("/v1/jobs/" + id).is(204);
        submit("/v1/apply_async", ECHO).isProblem(ProblemType.UNKNOWN_JOB);
        submit("/v1/apply_async", ECHO + " ").isProblem(ProblemType.IDEMPOTENCY_KEY_REUSED);
    }

    @Test
    void aRefusedCallUsesNoKey() throws IOException {
        submit("/v1/apply_async", "{\"function\":\"echo\"}").isProblem(ProblemType.INVALID_ARGUMENTS);
        submit("/v1/apply_async", ECHO).is(202);
    }

    @Test
    void aRepetitionIsAnsweredEvenIfThePoolTakesNoMore() throws IOException {
        jobs.pool("shutting", 1);
        String body = "{\"function\":\"echo\",\"args\":[1],\"pool\":\"shutting\"}";
        String id = id(submit("/v1/apply_async", body).is(202));
        jobs.endedAs(id, "succeeded");
        client.post("/v1/pools/shutting/close").is(200);
        assertThat(id(submit("/v1/apply_async", body).is(200))).isEqualTo(id);
        jobs.forget("shutting");
    }

    @Test
    void ofManyAtOnceOneIsTheFirst() throws Exception {
        List<Future<Answer>> answers = new ArrayList<>();
        try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 50; i++) {
                answers.add(clients.submit(() -> submit("/v1/apply_async", ECHO)));
            }
        }
        Set<String> ids = new HashSet<>();
        int made = 0;
        for (Future<Answer> answer : answers) {
            assertThat(answer.get().status()).isIn(200, 202);
            made += answer.get().status() == 202 ? 1 : 0;
            ids.add(id(answer.get()));
        }
        assertThat(ids).hasSize(1);
        assertThat(made).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "a b", "\u00e4", "a\tb"})
    void whatIsNoKeyIsRefused(String bad) throws IOException {
        client.request("POST", "/v1/apply_async")
                .header("Idempotency-Key", bad)
                .body(ECHO)
                .send()
                .isProblem(ProblemType.MALFORMED_REQUEST, "Idempotency-Key");
    }

    @Test
    void aKeyHas255CharactersAtMost() throws IOException {
        String longest = key + "~".repeat(255 - key.length());
        client.request("POST", "/v1/apply_async")
                .header("Idempotency-Key", longest)
                .body(ECHO)
                .send()
                .is(202);
        client.request("POST", "/v1/apply_async")
                .header("Idempotency-Key", longest + "~")
                .body(ECHO)
                .send()
                .isProblem(ProblemType.MALFORMED_REQUEST, "Idempotency-Key");
    }

    @Test
    void aKeyIsGivenOnce() throws IOException {
        try (RawConnection connection = client.connect()) {
            connection.send("POST /v1/apply_async HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                    + "Idempotency-Key: a\r\nIdempotency-Key: a\r\nContent-Length: " + ECHO.length() + "\r\n\r\n"
                    + ECHO);
            connection.read().isProblem(ProblemType.MALFORMED_REQUEST, "Idempotency-Key");
        }
    }

    @Test
    void withoutAKeyEachCallIsAJob() throws IOException {
        assertThat(jobs.apply("echo", "\"args\":[1]")).isNotEqualTo(jobs.apply("echo", "\"args\":[1]"));
    }
}
