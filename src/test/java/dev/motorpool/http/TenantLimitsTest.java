package dev.motorpool.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.motorpool.job.ProblemType;
import dev.motorpool.testing.Eventually;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Limits of a tenant apply to all its keys together, are named in the refusal, and do not affect other tenants. */
@Tag("service")
class TenantLimitsTest {

    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final String ANN = "ann";
    private static final String EVE = "eve";
    private static final String BOB = "bob";
    private static final String OPERATOR = "operator";
    private static final String WAITING = "{\"function\":\"echo\",\"args\":[1],\"pool\":\"held\"}";

    private static ServiceExtension.Service service;

    @BeforeAll
    static void start() throws IOException {
        List<String> settings = new ArrayList<>(List.of(
                "--motorpool.tenants.ann.jobs=3",
                "--motorpool.tenants.ann.bytes=20KB",
                "--motorpool.tenants.ann.streams=1"));
        for (String name : List.of(ANN, EVE, BOB)) {
            settings.addAll(TestKeys.settings(name, "submit,read,operate", name));
            settings.add("--motorpool.security.keys." + name + ".tenant=" + (name.equals(BOB) ? BOB : ANN));
        }
        settings.addAll(TestKeys.settings(OPERATOR, "read", OPERATOR));
        settings.add("--motorpool.security.keys.operator.tenant=*");
        service = new ServiceExtension.Service(settings.toArray(String[]::new));
        request(BOB, "PUT", "/v1/pools/held")
                .body("{\"kind\":\"coroutine\",\"size\":1}")
                .send()
                .is(201);
        request(BOB, "POST", "/v1/pools/held/pause").body("{}").send().is(200);
    }

    @AfterAll
    static void stop() throws IOException {
        service.close();
    }

    private static CheckedClient.Request request(String key, String method, String target) {
        return service.client().request(method, target).header("X-API-Key", key);
    }

    private static Answer submit(String key, String body) throws IOException {
        return request(key, "POST", "/v1/apply_async").body(body).send();
    }

    private static String id(Answer accepted) {
        return accepted.is(202).json().path("id").asString();
    }

    private static void refused(Answer answer, String limit) {
        answer.isProblem(ProblemType.LIMIT_REACHED);
        assertThat(answer.json().path("limit").asString()).isEqualTo(limit);
        assertThat(answer.json().path("detail").asString()).contains("motorpool.tenants.ann." + limit);
        assertThat(answer.header("retry-after")).isNotNull();
    }

    private static void remove(String job) throws IOException {
        request(ANN, "POST", "/v1/jobs/" + job + "/cancel").send().is(200);
        request(ANN, "DELETE", "/v1/jobs/" + job).send().is(204);
    }

    @Test
    void jobsThatHaveNotEnded() throws IOException {
        List<String> jobs = new ArrayList<>();
        for (String key : List.of(ANN, EVE, ANN)) {
            jobs.add(id(submit(key, WAITING)));
        }
        refused(submit(EVE, WAITING), "jobs");
        String other = id(submit(BOB, WAITING));
        request(BOB, "POST", "/v1/jobs/" + other + "/cancel").send().is(200);
        remove(jobs.removeFirst());
        jobs.add(id(submit(EVE, WAITING)));
        for (String job : jobs) {
            remove(job);
        }
        assertMetrics(
                "motorpool_tenant_refused_total{limit=\"jobs\",tenant=\"ann\"} 1.0",
                "motorpool_tenant_jobs_unfinished{tenant=\"ann\"} 0.0");
    }

    /** The metrics show it for the tenant, and nothing for others. */
    private static void assertMetrics(String... lines) throws IOException {
        assertThat(metrics(OPERATOR))
                .contains(lines)
                .contains("motorpool_tenant_refused_total{limit=\"jobs\",tenant=\"bob\"} 0.0");
    }

    private static String metrics(String key) throws IOException {
        return request(key, "GET", "/actuator/prometheus").send().is(200).text();
    }

    @Test
    void eachKeySeesTheMetricsOfItsTenantOnly() throws IOException {
        List<String> all = tenantRows(metrics(OPERATOR));
        assertThat(all).anyMatch(row -> row.contains("tenant=\"ann\"")).anyMatch(row -> row.contains("tenant=\"bob\""));
        for (String key : List.of(ANN, EVE, BOB)) {
            String own = "tenant=\"" + (key.equals(BOB) ? BOB : ANN) + "\"";
            assertThat(tenantRows(metrics(key)))
                    .as(key)
                    .isEqualTo(all.stream().filter(row -> row.contains(own)).toList());
        }
        String limited = "/actuator/prometheus?includedNames=motorpool_tenant_jobs_unfinished";
        assertThat(request(BOB, "GET", limited).send().is(200).text())
                .contains("tenant=\"bob\"")
                .doesNotContain("tenant=\"ann\"");
    }

    /** The metrics with tenants, without their values. */
    private static List<String> tenantRows(String metrics) {
        return metrics.lines()
                .filter(line -> line.contains("tenant=\""))
                .map(line -> line.substring(0, line.indexOf('}')))
                .toList();
    }

    @Test
    void storedBytes() throws IOException {
        String large = "{\"function\":\"echo\",\"pool\":\"held\",\"args\":[\"" + "x".repeat(12_000) + "\"]}";
        String first = id(submit(ANN, large));
        refused(submit(EVE, large), "bytes");
        assertMetrics("motorpool_tenant_refused_total{limit=\"bytes\",tenant=\"ann\"} 1.0");
        id(submit(BOB, large));
        String small = id(submit(EVE, WAITING)); // this one fits
        remove(first);
        remove(id(submit(EVE, large)));
        remove(small);
    }

    @Test
    void streams() throws IOException {
        String job = id(submit(ANN, WAITING));
        String events = "/v1/jobs/" + job + "/events";
        try (RawConnection open = service.client().connect()) {
            open.send("GET " + events + " HTTP/1.1\r\nHost: localhost\r\nX-API-Key: " + ANN + "\r\n\r\n");
            open.read(true).is(200);
            refused(request(EVE, "GET", events).send(), "streams");
            assertMetrics("motorpool_tenant_refused_total{limit=\"streams\",tenant=\"ann\"} 1.0");
            request(BOB, "POST", "/v1/imap")
                    .body("{\"function\":\"echo\",\"items\":[1]}")
                    .send()
                    .is(200);
        }
        Eventually.within(PATIENCE, () -> assertThat(stream(EVE)).isEqualTo(200));
        remove(job);
    }

    private static int stream(String key) {
        try {
            return request(key, "POST", "/v1/imap")
                    .body("{\"function\":\"echo\",\"items\":[1]}")
                    .send()
                    .status();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
