package dev.motorpool.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.motorpool.testing.Eventually;
import dev.motorpool.testing.LeavesNothingBehind;
import dev.motorpool.testing.ServiceProcess;
import dev.motorpool.testing.Zombies;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The program as a process: start, refused start, stop, restart. */
@ExtendWith(LeavesNothingBehind.class)
@Tag("slow")
class ServiceTest {

    /** One for the whole class, so that the workers' AOT cache is created once. */
    @TempDir
    static Path home;

    private static final Duration SOON = Duration.ofSeconds(10);

    @Test
    void poolsComeBackAfterARestart() throws Exception {
        try (ServiceProcess service = ServiceProcess.start(home)) {
            assertThat(service.put("/v1/pools/kept", "{\"kind\":\"thread\",\"size\":3,\"max_timeout\":2.5}")
                            .statusCode())
                    .isEqualTo(201);
            assertThat(service.post("/v1/pools/kept/pause", "").statusCode()).isEqualTo(200);
            service.kill();
        }
        try (ServiceProcess service = ServiceProcess.start(home)) {
            assertThat(service.get("/v1/pools/kept").body())
                    .contains("\"kind\":\"thread\"", "\"size\":3", "\"state\":\"paused\"", "\"max_timeout\":2.5");
            assertThat(service.delete("/v1/pools/kept").statusCode()).isEqualTo(204);
            assertThat(service.output()).doesNotContain("WARN", "ERROR", "Exception");
        }
    }

    @Test
    void readinessHealthAndMetricsAreThereAndNothingElse() throws Exception {
        try (ServiceProcess service = ServiceProcess.start(home)) {
            for (String path : List.of("", "/liveness", "/readiness")) {
                HttpResponse<String> health = service.get("/actuator/health" + path);
                assertThat(health.statusCode()).isEqualTo(200);
                assertThat(health.body()).contains("\"status\":\"UP\"");
            }
            assertThat(service.get("/v1/pools").body()).doesNotContain("\"state\":\"starting\"");
            assertThat(service.get("/actuator/prometheus").body())
                    .contains(
                            "motorpool_queue_depth{pool=\"processes\"}",
                            "motorpool_worker_starts_total{pool=\"threads\"} 1.0",
                            "motorpool_slots{pool=\"coroutines\",state=\"idle\"} 10000.0");
            for (String path : List.of("env", "beans", "loggers", "heapdump", "threaddump", "shutdown", "metrics")) {
                assertThat(service.get("/actuator/" + path).statusCode()).isEqualTo(404);
            }
        }
    }

    @Test
    void whatRunsIsFinishedAndWhatIsNewIsRefusedWhileItStops() throws Exception {
        try (ServiceProcess service = ServiceProcess.start(home, "--motorpool.shutdown.grace=20")) {
            CompletableFuture<HttpResponse<String>> running =
                    service.posting("/v1/apply", "{\"function\":\"sleep\",\"args\":[3]}");
            awaitRunning(service);

            service.terminate();

            Eventually.within(SOON, () -> {
                HttpResponse<String> refused = apply(service);
                assertThat(refused.statusCode()).isEqualTo(503);
                assertThat(refused.body()).contains("urn:motorpool:problem:unavailable");
                assertThat(refused.headers().firstValue("Retry-After")).isPresent();
                assertThat(readiness(service)).isEqualTo(503);
            });
            assertThat(running.join().statusCode()).isEqualTo(200);
            assertThat(running.join().body()).contains("\"state\":\"succeeded\"");
            assertThat(service.awaitEnd()).isEqualTo(143);
            assertThat(service.output()).doesNotContain("WARN", "ERROR", "Exception");
        }
    }

    @Test
    void whatTakesLongerThanTheGraceIsAnsweredAndEnded() throws Exception {
        try (ServiceProcess service = ServiceProcess.start(home, "--motorpool.shutdown.grace=0.5")) {
            CompletableFuture<HttpResponse<String>> running =
                    service.posting("/v1/apply", "{\"function\":\"sleep\",\"args\":[100]}");
            awaitRunning(service);

            service.terminate();

            assertThat(running.join().statusCode()).isEqualTo(503);
            assertThat(running.join().body()).contains("urn:motorpool:problem:unavailable");
            service.awaitEnd();
            assertThat(service.process().toHandle().descendants()).isEmpty();
        }
    }

    @Test
    void noWorkerOutlivesAKilledService() throws Exception {
        try (ServiceProcess service = ServiceProcess.start(home)) {
            CompletableFuture<HttpResponse<String>> cut =
                    service.posting("/v1/apply", "{\"function\":\"fib\",\"args\":[60]}");
            awaitRunning(service);
            List<ProcessHandle> workers = service.process().descendants().toList();
            assertThat(workers).hasSizeGreaterThanOrEqualTo(4);

            service.kill();

            Eventually.within(Duration.ofSeconds(1), () -> assertThat(workers).noneMatch(Zombies::runs));
            assertThat(cut).failsWithin(SOON);
        }
    }

    /** Such a worker does not notice that its service has gone. */
    @Test
    void workersThatWereFrozenWhenTheirServiceWasKilledEndAtTheNextStart() throws Exception {
        List<ProcessHandle> workers;
        try (ServiceProcess service = ServiceProcess.start(home)) {
            CompletableFuture<HttpResponse<String>> cut =
                    service.posting("/v1/apply", "{\"function\":\"fib\",\"args\":[60]}");
            awaitRunning(service);
            workers = service.process().descendants().toList();
            for (ProcessHandle worker : workers) {
                assertThat(new ProcessBuilder("kill", "-STOP", Long.toString(worker.pid()))
                                .start()
                                .waitFor())
                        .isZero();
            }
            service.kill();
            assertThat(cut).failsWithin(SOON);
        }
        try (ServiceProcess service = ServiceProcess.start(home)) {
            service.ready();
            Eventually.within(SOON, () -> assertThat(workers).noneMatch(Zombies::runs));
        } finally {
            workers.forEach(ProcessHandle::destroyForcibly);
        }
    }

    @Test
    void twoServicesNeverShareADirectory() throws Exception {
        try (ServiceProcess first = ServiceProcess.start(home)) {
            first.ready();
            try (ServiceProcess second = ServiceProcess.start(home)) {
                assertThat(second.awaitEnd()).isEqualTo(1);
                assertThat(second.output()).contains("Another Motorpool", home.toString(), "motorpool.data-dir");
            }
            assertThat(first.get("/v1/pools").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void whatCannotBeIsRefusedAtTheStartWithoutAStackTrace() throws Exception {
        try (ServiceProcess service = ServiceProcess.start(home, "--server.address=0.0.0.0")) {
            assertThat(service.awaitEnd()).isEqualTo(1);
            assertThat(service.output())
                    .contains("The service does not start: server.address is 0.0.0.0", "Set server.address to")
                    .doesNotContain("\tat ");
        }
    }

    @Test
    void aPortThatIsTakenIsToldBeforeAnythingIsMade(@TempDir Path empty) throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                ServiceProcess service = ServiceProcess.startOnPort(taken.getLocalPort(), empty.resolve("data"))) {
            assertThat(service.awaitEnd()).isEqualTo(1);
            assertThat(service.output())
                    .contains(
                            "cannot listen on 127.0.0.1:" + taken.getLocalPort(),
                            "server.port",
                            "The service does not start: ")
                    .doesNotContain("WARN", "\tat ");
            assertThat(empty.resolve("data")).doesNotExist();
        }
    }

    @Test
    void aServiceThatIsToldToStopWhileItStartsNeverSaysThatItIsReady() throws Exception {
        try (ServiceProcess service = ServiceProcess.start(
                home,
                "--motorpool.runtimes.silent.command=/bin/sleep,1000",
                "--motorpool.pools.late.kind=process",
                "--motorpool.pools.late.size=1",
                "--motorpool.pools.late.runtime=silent",
                "--motorpool.worker.start-timeout=60",
                "--logging.level.org.springframework.boot.tomcat=info")) {
            Eventually.within(
                    Duration.ofMinutes(1), () -> assertThat(service.output()).contains("Tomcat started"));
            service.terminate();
            assertThat(service.awaitEnd()).isEqualTo(143);
            assertThat(service.output()).contains("Stopping").doesNotContain("Ready on", "Exception", "ERROR");
        }
    }

    @Test
    void whatClientsSendWritesNoLogLines() throws Exception {
        try (ServiceProcess service = ServiceProcess.start(home)) {
            for (String page : List.of("/swagger-ui/index.html", "/actuator/health", "/v3/api-docs", "/v1/pools")) {
                for (String accept : List.of("garbage", "a/b;q=x", "*/garbage", ";;,,/")) {
                    service.get(page, "Accept", accept);
                }
            }
            assertThat(service.output()).doesNotContain("WARN", "ERROR", "Exception");
        }
    }

    private static void awaitRunning(ServiceProcess service) {
        Eventually.within(SOON, () -> assertThat(body(service, "/v1/pools")).contains("\"running\":1"));
    }

    private static String body(ServiceProcess service, String path) {
        try {
            return service.get(path).body();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private static HttpResponse<String> apply(ServiceProcess service) {
        try {
            return service.post("/v1/apply", "{\"function\":\"echo\",\"args\":[1]}");
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private static int readiness(ServiceProcess service) {
        try {
            return service.get("/actuator/health/readiness").statusCode();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }
}
