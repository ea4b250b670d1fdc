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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Dashboards and alerts on a real Prometheus: what they ask of a service that works, they are told. */
@ExtendWith(LeavesNothingBehind.class)
class MonitoringTest {

    /** What happens while Prometheus looks: ends of all sorts, in one pool that is too small for it. */
    private static final List<List<String>> LOAD = List.of(
            List.of("/v1/apply", "{\"function\":\"fib\",\"args\":[25]}"),
            List.of("/v1/apply", "{\"function\":\"fib\",\"args\":[24]}"),
            List.of("/v1/apply", "{\"function\":\"raise\",\"args\":[\"x\"],\"pool\":\"processes\"}"),
            List.of("/v1/apply", "{\"function\":\"crash\",\"args\":[9],\"pool\":\"processes\"}"),
            List.of("/v1/imap", "{\"function\":\"fib\",\"items\":[1,2,3],\"pool\":\"processes\"}"),
            // Nobody takes a webhook there, so it is tried again and again.
            List.of("/v1/apply_async", "{\"function\":\"fib\",\"args\":[20],\"callback\":\"http://127.0.0.1:9/\"}"),
            List.of(
                    "/v1/apply_async",
                    "{\"function\":\"raise\",\"args\":[\"x\"],\"pool\":\"processes\",\"retries\":1,\"retry_delay\":0}"));

    private static final long PAUSE_MILLIS = 100;

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
        try (ServiceProcess service = ServiceProcess.start(
                        folder.resolve("data"),
                        "--motorpool.demo-functions=true",
                        "--motorpool.pools.processes.size=1",
                        "--motorpool.pools.processes.queue-capacity=1");
                Prometheus prometheus = new Prometheus(program.get(), folder, service.ready());
                ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            LOAD.forEach(call -> clients.execute(() -> callUntil(over, service, call)));
            try {
                Eventually.until(Duration.ofMinutes(1), prometheus::isThere);
                List<Query> open = new ArrayList<>();
                open.addAll(queries());
                assertThat(open).hasSizeGreaterThan(50);
                Eventually.within(Duration.ofMinutes(2), () -> {
                    open.removeIf(query -> answers(prometheus, query));
                    pause();
                    assertThat(open).isEmpty();
                });
            } finally {
                over.set(true);
            }
        }
    }

    private static void callUntil(AtomicBoolean over, ServiceProcess service, List<String> call) {
        while (!over.get()) {
            try {
                service.post(call.get(0), call.get(1));
                Thread.sleep(PAUSE_MILLIS);
            } catch (IOException e) {
                throw new AssertionError(e);
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    /** Prometheus scrapes once a second: to ask more often tells nothing. */
    private static void pause() {
        LockSupport.parkNanos(Duration.ofMillis(500).toNanos());
    }

    private static List<Query> queries() throws IOException {
        List<Query> all = new ArrayList<>();
        for (Query query : Dashboards.queries()) {
            all.add(new Query(query.place(), query.asked()));
        }
        for (Query query : Dashboards.alertQueries()) {
            all.add(new Query(query.place(), query.withoutThreshold()));
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
