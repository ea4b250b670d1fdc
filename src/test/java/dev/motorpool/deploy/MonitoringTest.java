package dev.motorpool.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.motorpool.deploy.Dashboards.Query;
import dev.motorpool.testing.Eventually;
import dev.motorpool.testing.LeavesNothingBehind;
import dev.motorpool.testing.ServiceProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * Dashboards and alerts on a real Prometheus: their queries have results, for a service that has just started and for a
 * busy one.
 */
@ExtendWith(LeavesNothingBehind.class)
@Tag("slow")
class MonitoringTest {

    /** Events during the scrapes: ends of all kinds, in one pool that is too small for the load. */
    private static final List<List<String>> LOAD = List.of(
            List.of("/v1/apply", "{\"function\":\"fib\",\"args\":[25]}"),
            List.of("/v1/apply", "{\"function\":\"fib\",\"args\":[24]}"),
            List.of("/v1/apply", "{\"function\":\"raise\",\"args\":[\"x\"],\"pool\":\"processes\"}"),
            List.of("/v1/apply", "{\"function\":\"crash\",\"args\":[9],\"pool\":\"processes\"}"),
            List.of("/v1/imap", "{\"function\":\"fib\",\"items\":[1,2,3],\"pool\":\"processes\"}"),
            // No receiver listens there, so the webhook is retried again and again.
            List.of("/v1/apply_async", "{\"function\":\"fib\",\"args\":[20],\"callback\":\"http://127.0.0.1:9/\"}"),
            List.of(
                    "/v1/apply_async",
                    "{\"function\":\"raise\",\"args\":[\"x\"],\"pool\":\"processes\",\"retries\":1,\"retry_delay\":0}"));

    /** Pause between two calls of a client, which keeps the machine's load low. No result depends on it. */
    private static final long PACE_MILLIS = 50;

    /** Pause between two checks: Prometheus has no new data before its next scrape. */
    private static final long LOOK_MILLIS = 100;

    @TempDir
    Path folder;

    @Test
    void everyQueryOfEveryPanelAndAlertHasAnAnswer() throws Exception {
        Optional<Path> program =
                Programs.find("prometheus", "the queries of dashboards and alerts on a running service");
        if (program.isEmpty()) {
            return;
        }
        AtomicBoolean over = new AtomicBoolean();
        int port = Prometheus.freePort();
        try (Prometheus prometheus = new Prometheus(program.get(), folder, port);
                ServiceProcess service = ServiceProcess.startOnPort(
                        port,
                        folder.resolve("data"),
                        "--motorpool.demo-functions=true",
                        "--motorpool.pools.processes.size=1",
                        "--motorpool.pools.processes.queue-capacity=1");
                ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            Eventually.until(Duration.ofMinutes(1), prometheus::isThere);
            List<Query> queries = queries();
            assertThat(queries).hasSizeGreaterThan(50);
            List<Query> open =
                    new ArrayList<>(queries.stream().filter(Query::atOnce).toList());
            assertThat(open).hasSizeGreaterThan(40);
            awaitAnswers(prometheus, open);
            LOAD.forEach(call -> clients.execute(() -> callUntil(over, service, call)));
            try {
                awaitAnswers(prometheus, new ArrayList<>(parts(queries)));
            } finally {
                over.set(true);
            }
        }
    }

    private static List<Query> parts(List<Query> queries) {
        List<Query> parts =
                queries.stream().flatMap(query -> query.parts().stream()).toList();
        assertThat(parts).hasSizeGreaterThan(queries.size());
        return parts;
    }

    @Test
    void everyMetricThatIsAskedForIsTold() throws Exception {
        List<String> asked = queries().stream()
                .flatMap(query -> query.metrics().stream())
                .distinct()
                .toList();
        assertThat(asked).anyMatch(metric -> metric.startsWith("http_"));
        try (ServiceProcess service = ServiceProcess.start(folder.resolve("data"))) {
            service.post("/v1/apply", "{\"function\":\"fib\",\"args\":[20]}");
            Eventually.within(
                    Duration.ofSeconds(30), () -> assertThat(told(service)).containsAll(asked));
        }
    }

    /** The names of all samples. */
    private static List<String> told(ServiceProcess service) {
        try {
            return service.get("/actuator/prometheus")
                    .body()
                    .lines()
                    .map(line -> line.split("[{ ]", 2)[0])
                    .distinct()
                    .toList();
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Waits until each query has had a result, and removes it then. */
    private static void awaitAnswers(Prometheus prometheus, List<Query> open) {
        Eventually.within(Duration.ofMinutes(2), () -> {
            open.removeIf(query -> answers(prometheus, query));
            if (!open.isEmpty()) {
                LockSupport.parkNanos(Duration.ofMillis(LOOK_MILLIS).toNanos());
            }
            assertThat(open).isEmpty();
        });
    }

    private static void callUntil(AtomicBoolean over, ServiceProcess service, List<String> call) {
        while (!over.get()) {
            try {
                service.post(call.get(0), call.get(1));
                Thread.sleep(PACE_MILLIS); // the pace of the load
            } catch (IOException e) {
                throw new AssertionError(e);
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private static List<Query> queries() throws IOException {
        List<Query> all = new ArrayList<>();
        for (Query query : Dashboards.queries()) {
            all.add(new Query(query.place(), query.asked(), query.atOnce()));
        }
        for (Query query : Dashboards.alertQueries()) {
            all.add(new Query(query.place(), query.withoutThreshold(), false));
        }
        return all;
    }

    private static boolean answers(Prometheus prometheus, Query query) {
        try {
            return prometheus.answers(query.expression());
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(query.place(), e);
        }
    }

    @Test
    void everyAlertComesWhenItShouldAndNotBefore() throws Exception {
        Optional<Path> program = Programs.find("promtool", "the rules of the alerts");
        if (program.isEmpty()) {
            return;
        }
        String promtool = program.get().toString();
        Path rules = Chart.FOLDER.resolve("alerts/motorpool.yaml").toAbsolutePath();

        assertThat(Programs.run(folder, List.of(promtool, "check", "rules", rules.toString())))
                .contains(Dashboards.alerts().size() + " rules found");
        assertThat(Programs.run(
                        Path.of("src", "test", "resources", "deploy"),
                        List.of(promtool, "test", "rules", "alerts.test.yaml")))
                .contains("SUCCESS");
    }
}
