package dev.motorpool.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.motorpool.http.route.Routes;
import dev.motorpool.job.ProblemType;
import dev.motorpool.testing.Eventually;
import dev.motorpool.testing.HookReceiver;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/** Each operation with the keys of two tenants, and with one that sees all: jobs of another tenant do not exist. */
@Tag("service")
class TenantsTest {

    /** The names of tenants, and of their keys. */
    private static final String ANN = "ann";

    private static final String BOB = "bob";
    private static final String ALL = "all";

    /** A pool that starts no calls. */
    private static final String PAUSED = "held";

    private static final Map<String, Check> CHECKS = new TreeMap<>();

    private static ServiceExtension.Service service;
    private static HookReceiver receiver;

    /** Checks that an operation isolates tenants, or is common to all. */
    @FunctionalInterface
    private interface Check {
        void run(String method, String path) throws Exception;
    }

    static {
        for (String operation : List.of(
                "GET /v1/jobs/{id}",
                "GET /v1/jobs/{id}/result",
                "GET /v1/jobs/{id}/items",
                "GET /v1/jobs/{id}/events",
                "GET /v1/jobs/{id}/output",
                "GET /v1/jobs/{id}/deliveries",
                "POST /v1/jobs/{id}/cancel",
                "POST /v1/jobs/{id}/retry",
                "POST /v1/jobs/{id}/deliveries/{delivery_id}/retry",
                "DELETE /v1/jobs/{id}")) {
            CHECKS.put(operation, TenantsTest::aJobOfAnotherTenantIsNotThere);
        }
        CHECKS.put("GET /v1/jobs", TenantsTest::listsHaveOwnJobs);
        CHECKS.put("POST /v1/jobs/cancel", TenantsTest::bulkCancelReachesOwnJobs);
        CHECKS.put("POST /v1/wait", TenantsTest::oneForeignIdIsUnknown);
        CHECKS.put("POST /v1/as_completed", TenantsTest::oneForeignIdIsUnknown);
        for (String verb : List.of("apply", "map", "starmap")) {
            CHECKS.put("POST /v1/" + verb + "_async", TenantsTest::idempotencyKeysAreOfTheTenant);
            CHECKS.put("POST /v1/" + verb, TenantsTest::whatIsWaitedForIsRunForAll);
        }
        CHECKS.put("POST /v1/imap", TenantsTest::whatIsWaitedForIsRunForAll);
        CHECKS.put("POST /v1/imap_unordered", TenantsTest::whatIsWaitedForIsRunForAll);
        CHECKS.put("GET /v1/pools/{name}/workers", TenantsTest::workersHideForeignIds);
        CHECKS.put("POST /v1/pools/{name}/workers/{id}/terminate", TenantsTest::workersHideForeignIds);
        for (String operation : List.of(
                "GET /actuator/health",
                "GET /actuator/health/liveness",
                "GET /actuator/health/readiness",
                "GET /actuator/prometheus",
                "GET /v1/functions",
                "GET /v1/functions/{name}",
                "GET /v1/sources",
                "GET /v1/sources/{name}",
                "POST /v1/sources/reload",
                "GET /v1/pools",
                "GET /v1/pools/{name}",
                "GET /v1/pools/{name}/join",
                "PUT /v1/pools/{name}",
                "POST /v1/pools/{name}/pause",
                "POST /v1/pools/{name}/resume",
                "POST /v1/pools/{name}/close",
                "POST /v1/pools/{name}/terminate",
                "DELETE /v1/pools/{name}")) {
            CHECKS.put(operation, TenantsTest::isCommon);
        }
    }

    @BeforeAll
    static void start() throws IOException {
        receiver = new HookReceiver();
        List<String> settings = new ArrayList<>(List.of("--motorpool.webhooks.allow=127.0.0.0/8"));
        for (String tenant : List.of(ANN, BOB, ALL)) {
            settings.addAll(TestKeys.settings(tenant, "submit,read,operate", tenant));
            settings.add("--motorpool.security.keys." + tenant + ".tenant=" + (tenant.equals(ALL) ? "*" : tenant));
        }
        // A second key of the same tenant.
        settings.addAll(TestKeys.settings("eve", "submit,read,operate", "eve"));
        settings.add("--motorpool.security.keys.eve.tenant=" + ANN);
        service = new ServiceExtension.Service(settings.toArray(String[]::new));
        send(ANN, "PUT", "/v1/pools/" + PAUSED, "{\"kind\":\"coroutine\",\"size\":1}")
                .is(201);
        send(ANN, "POST", "/v1/pools/" + PAUSED + "/pause", "{}").is(200);
    }

    @AfterAll
    static void stop() throws IOException {
        service.close();
        receiver.close();
    }

    private static CheckedClient.Request request(String key, String method, String target) {
        return service.client().request(method, target).header("X-API-Key", key);
    }

    private static Answer send(String key, String method, String target, String body) throws IOException {
        return request(key, method, target).body(body).send();
    }

    private static Answer send(String key, String method, String target) throws IOException {
        return request(key, method, target).send();
    }

    private static String id(Answer answer) {
        return answer.json().path("id").asString();
    }

    private static List<String> ids(Answer answer) {
        List<String> ids = new ArrayList<>();
        answer.is(200)
                .json()
                .path("items")
                .forEach(job -> ids.add(job.path("id").asString()));
        return ids;
    }

    /** A failed map of the tenant, with a delivery: every operation applies to it. */
    private static String failedMap(String tenant) throws IOException {
        String id = id(send(
                        tenant,
                        "POST",
                        "/v1/map_async",
                        "{\"function\":\"raise\",\"items\":[\"no\"],\"error_callback\":\"" + receiver.url("/") + "\"}")
                .is(202));
        assertThat(send(tenant, "GET", "/v1/jobs/" + id + "?wait=30")
                        .json()
                        .path("state")
                        .asString())
                .isEqualTo("failed");
        return id;
    }

    /** A waiting job of the tenant, with this tag. */
    private static String waiting(String tenant, String tag) throws IOException {
        return id(send(
                        tenant,
                        "POST",
                        "/v1/apply_async",
                        "{\"function\":\"echo\",\"args\":[1],\"pool\":\"" + PAUSED + "\",\"tags\":{\"t\":\"" + tag
                                + "\"}}")
                .is(202));
    }

    static Stream<String> operations() throws IOException {
        Set<String> operations = new TreeSet<>();
        JsonNode paths = new OpenApiChecks(OpenApiChecks.FILE).document().path("paths");
        paths.properties().forEach(path -> path.getValue()
                .propertyNames()
                .forEach(method -> operations.add(method.toUpperCase(Locale.ROOT) + " " + path.getKey())));
        return operations.stream();
    }

    @Test
    void everyRouteHasItsCheck() throws IOException {
        Set<String> routes = new TreeSet<>(operations().toList());
        service.part(Routes.class).all().forEach(route -> routes.add(route.method() + " " + route.template()));

        assertThat(CHECKS.keySet()).isEqualTo(routes);
    }

    @ParameterizedTest
    @MethodSource("operations")
    void keepsTenantsApart(String operation) throws Exception {
        String[] parts = operation.split(" ", 2);
        Check check = CHECKS.get(operation);
        assertThat(check).as("what %s does with tenants", operation).isNotNull();
        Objects.requireNonNull(check, operation).run(parts[0], parts[1]);
    }

    private static String path(String template, String id) {
        return template.replace("{id}", id).replace("{delivery_id}", id + "-1");
    }

    private static void aJobOfAnotherTenantIsNotThere(String method, String path) throws Exception {
        String id = failedMap(ANN);
        Answer foreign = send(BOB, method, path(path, id)).isProblem(ProblemType.UNKNOWN_JOB);
        String none = UUID.randomUUID().toString();
        Answer nothing = send(BOB, method, path(path, none)).isProblem(ProblemType.UNKNOWN_JOB);
        assertThat(foreign.text().replaceFirst("urn:uuid:[^\"]*", "").replace(id, none))
                .as("as of an id that there is not")
                .isEqualTo(nothing.text().replaceFirst("urn:uuid:[^\"]*", ""));
        JsonNode still = send(ANN, "GET", "/v1/jobs/" + id).is(200).json();
        assertThat(still.path("state").asString()).isEqualTo("failed");

        assertThat(send(ALL, method, path(path, failedMap(ANN))).status()).isNotEqualTo(404);
        assertThat(send("eve", method, path(path, id)).status()).isNotEqualTo(404);
        String general = failedMap(ALL);
        assertThat(send(ANN, method, path(path, general)).status()).isEqualTo(404);
        assertThat(send(ALL, method, path(path, general)).status()).isNotEqualTo(404);
    }

    private static void listsHaveOwnJobs(String method, String path) throws Exception {
        String mine = waiting(ANN, "list");
        String later = waiting(ANN, "list");
        String theirs = waiting(BOB, "list");
        for (String filter : List.of(
                "limit=1000",
                "tag=t:list",
                "state=queued&limit=1000",
                "function=echo&limit=1000",
                "pool=" + PAUSED + "&limit=1000",
                "tag=t:list&state=queued&function=echo")) {
            String target = path + "?" + filter;
            assertThat(ids(send(ANN, method, target)))
                    .as(filter)
                    .contains(mine, later)
                    .doesNotContain(theirs);
            assertThat(ids(send(BOB, method, target)))
                    .as(filter)
                    .contains(theirs)
                    .doesNotContain(mine, later);
            assertThat(ids(send(ALL, method, target))).as(filter).contains(mine, later, theirs);
        }
        String page = path + "?tag=t:list&limit=1";
        String cursor = send(ANN, method, page).json().path("next_cursor").asString();
        assertThat(ids(send(ANN, method, page + "&cursor=" + cursor))).containsExactly(mine);
        send(BOB, method, page + "&cursor=" + cursor).isProblem(ProblemType.MALFORMED_REQUEST, "cursor");
        send(ALL, method, page + "&cursor=" + cursor).isProblem(ProblemType.MALFORMED_REQUEST, "cursor");
    }

    private static void bulkCancelReachesOwnJobs(String method, String path) throws Exception {
        String mine = waiting(ANN, "bulk");
        waiting(BOB, "bulk");
        waiting(BOB, "bulk");
        String target = path + "?tag=t:bulk";
        assertThat(send(BOB, method, target).is(200).json().path("cancelled").asInt())
                .isEqualTo(2);
        assertThat(send(ANN, "GET", "/v1/jobs/" + mine).json().path("state").asString())
                .isEqualTo("queued");
        waiting(BOB, "bulk");
        assertThat(send(ALL, method, target).is(200).json().path("cancelled").asInt())
                .isEqualTo(2);
    }

    private static void oneForeignIdIsUnknown(String method, String path) throws Exception {
        String mine = failedMap(ANN);
        String theirs = failedMap(BOB);
        String both = "{\"ids\":[\"" + mine + "\",\"" + theirs + "\"]}";
        for (String key : List.of(ANN, BOB)) {
            Answer refused = send(key, method, path, both).isProblem(ProblemType.UNKNOWN_JOB);
            assertThat(refused.json().path("name").asString()).isEqualTo(key.equals(ANN) ? theirs : mine);
        }
        assertThat(send(ALL, method, path, both).is(200).text()).contains(mine, theirs);
        assertThat(send(ANN, method, path, "{\"ids\":[\"" + mine + "\"]}")
                        .is(200)
                        .text())
                .contains(mine);
    }

    private static void idempotencyKeysAreOfTheTenant(String method, String path) throws Exception {
        String call =
                path.contains("starmap") ? "\"items\":[[1]]" : path.contains("map") ? "\"items\":[1]" : "\"args\":[1]";
        String body = "{\"function\":\"echo\"," + call + "}";
        Set<String> ids = new TreeSet<>();
        for (String key : List.of(ANN, BOB, ALL)) {
            Answer first = request(key, method, path)
                    .header("Idempotency-Key", path)
                    .body(body)
                    .send()
                    .is(202);
            Answer again = request(key, method, path)
                    .header("Idempotency-Key", path)
                    .body(body)
                    .send()
                    .is(200);
            assertThat(id(again)).isEqualTo(id(first));
            ids.add(id(first));
            send(key.equals(ANN) ? BOB : ANN, "GET", "/v1/jobs/" + id(first)).isProblem(ProblemType.UNKNOWN_JOB);
        }
        assertThat(ids).hasSize(3);
    }

    private static void whatIsWaitedForIsRunForAll(String method, String path) throws Exception {
        String call =
                path.contains("starmap") ? "\"items\":[[1]]" : path.contains("map") ? "\"items\":[1]" : "\"args\":[1]";
        for (String key : List.of(ANN, BOB, ALL)) {
            send(key, method, path, "{\"function\":\"echo\"," + call + "}").is(200);
        }
    }

    private static void workersHideForeignIds(String method, String path) throws Exception {
        String pool = "pool-" + UUID.randomUUID();
        send(ANN, "PUT", "/v1/pools/" + pool, "{\"kind\":\"thread\",\"size\":2}")
                .is(201);
        String call = "{\"function\":\"sleep\",\"args\":[3600],\"pool\":\"" + pool + "\"}";
        String mine = id(send(ANN, "POST", "/v1/apply_async", call).is(202));
        String map = id(send(ANN, "POST", "/v1/map_async", call.replace("args", "items"))
                .is(202));
        String workers = "/v1/pools/" + pool + "/workers";
        String worker = Eventually.until(JobClient.PATIENCE, () -> {
            Answer answer = send(ANN, "GET", workers).is(200);
            assertThat(answer.text()).contains(mine, map);
            return answer.json().at("/items/0/id").asString();
        });
        String target = path.replace("{name}", pool).replace("{id}", worker);
        Answer hidden = send(BOB, method, target).is(200);
        assertThat(hidden.text()).contains(worker).doesNotContain(mine, map);
        if (method.equals("GET")) {
            assertThat(send(ALL, method, target).is(200).text()).contains(mine, map);
        }
        send(ALL, "DELETE", "/v1/pools/" + pool).is(204);
    }

    /** Checks that all tenants see the same, and that each may do what its rights permit. */
    private static void isCommon(String method, String path) throws Exception {
        String mine = waiting(ANN, "common");
        for (String key : List.of(BOB, ALL)) {
            String pool = "pool-" + UUID.randomUUID();
            send(ANN, "PUT", "/v1/pools/" + pool, "{\"kind\":\"thread\",\"size\":1}")
                    .is(201);
            if (path.endsWith("/join")) {
                send(ANN, "POST", "/v1/pools/" + pool + "/terminate").is(200);
            }
            String name = path.contains("functions") ? "echo" : pool;
            CheckedClient.Request request = request(key, method, path.replace("{name}", name));
            Answer answer = (method.equals("PUT") ? request.body("{\"size\":2}") : request).send();
            // This service has no sources.
            List<Integer> expected = path.equals("/v1/sources/{name}") ? List.of(404) : List.of(200, 202, 204);
            assertThat(answer.status()).as(answer.text()).isIn(expected);
            assertThat(answer.text()).doesNotContain(mine);
            if (!method.equals("DELETE")) {
                send(ANN, "DELETE", "/v1/pools/" + pool).is(204);
            }
        }
    }
}
