package dev.motorpool.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.motorpool.testing.Eventually;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * Threads, processes, open files or disk space run out while the service works, and become available again. During the
 * shortage the service stays up and answers health checks on an open connection. Within half a minute afterwards every
 * pool runs calls again, and the service holds the same resources as before. Shortages that the machine does not permit
 * (control groups, prlimit, mount: mostly root only) are skipped, which the test's output shows.
 */
@Timeout(900)
@Tag("slow")
class ShortageTest {

    private static final Duration HEALING = Duration.ofSeconds(30);
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration SHORT = Duration.ofSeconds(3);

    private static final List<String> POOLS = List.of("processes", "threads", "coroutines", Attacked.POOL);

    /** Creates a shortage and ends it. */
    private interface Shortage {
        void begin() throws Exception;

        void end() throws Exception;
    }

    @Test
    void threadsAndProcesses(@TempDir Path data) throws Exception {
        try (Attacked service = Attacked.start(data)) {
            PidLimit limit = PidLimit.around(ProcessHandle.of(service.pid()).orElseThrow());
            if (limit == null) {
                leftOut("a limit of threads and processes (control group)");
                return;
            }
            try (limit) {
                survive(service, new Shortage() {
                    @Override
                    public void begin() throws IOException {
                        limit.leave(0);
                    }

                    @Override
                    public void end() throws IOException {
                        assertThat(limit.refusals())
                                .as("threads that could not be started")
                                .isPositive();
                        limit.lift();
                    }
                });
            }
        }
    }

    @Test
    void openFiles(@TempDir Path data) throws Exception {
        try (Attacked service = Attacked.start(data)) {
            String pid = Long.toString(service.pid());
            String usual = softLimit(service.pid());
            if (!Shell.run("prlimit", "--pid", pid, "--nofile=" + usual + ":")) {
                leftOut("a limit of open files (prlimit)");
                return;
            }
            survive(service, new Shortage() {
                @Override
                public void begin() throws IOException {
                    long open = Footprint.descriptors(service.pid());
                    assertThat(Shell.run("prlimit", "--pid", pid, "--nofile=" + (open + 1) + ":"))
                            .isTrue();
                }

                @Override
                public void end() {
                    assertThat(Shell.run("prlimit", "--pid", pid, "--nofile=" + usual + ":"))
                            .isTrue();
                }
            });
        }
    }

    private static String softLimit(long pid) throws IOException {
        return Files.readAllLines(Path.of("/proc/" + pid + "/limits")).stream()
                .filter(line -> line.startsWith("Max open files"))
                .map(line -> line.substring("Max open files".length()).strip().split(" +", -1)[0])
                .findFirst()
                .orElseThrow();
    }

    private static void leftOut(String what) {
        System.out.println("left out, as this machine does not permit it: " + what);
    }

    /**
     * During the shortage every worker dies, callers send calls and pools are created: operations that need the missing
     * resource.
     */
    private static void survive(Attacked service, Shortage shortage) throws Exception {
        double slowness = Machine.slowness();
        everyPoolRunsCalls(service, Machine.times(PATIENCE, slowness));
        // Classes that a worker's death needs are loaded before, as in a service that has run for a while.
        workers(service).forEach(ProcessHandle::destroyForcibly);
        everyPoolRunsCalls(service, Machine.times(PATIENCE, slowness));
        service.clear();
        List<Path> standard = standardStreams(service.pid());
        Footprint before = Footprint.of(service);
        try (KeptConnection kept = new KeptConnection(service.port());
                Crowd crowd = new Crowd(service.port(), Machine.times(PATIENCE, slowness))) {
            // The service closes a connection whose first request is for its health.
            assertThat(kept.get("/v1/functions/echo").status()).isEqualTo(200);
            List<ProcessHandle> workers = workers(service);
            shortage.begin();
            long begin = System.nanoTime();
            workers.forEach(ProcessHandle::destroyForcibly);
            crowd.hold(20, i -> Request.of("POST", "/v1/apply")
                    .key(Attacked.ATTACKER)
                    .json(Body.of(
                            "{\"function\":\"echo\",\"args\":[1],\"pool\":\"" + POOLS.get(i % POOLS.size()) + "\"}")));
            crowd.hold(20, i -> Request.of("PUT", "/v1/pools/more" + i)
                    .key(Attacked.OPERATOR)
                    .json(Body.of("{\"kind\":\"process\",\"size\":2}")));
            while (System.nanoTime() - begin < Machine.times(SHORT, slowness).toNanos()) {
                long asked = System.nanoTime();
                assertThat(kept.get("/actuator/health/liveness").status()).isEqualTo(200);
                assertThat(Duration.ofNanos(System.nanoTime() - asked))
                        .as("health during the shortage")
                        .isLessThan(Machine.times(Duration.ofSeconds(5), slowness));
                Thread.sleep(20); // the pace of the checks
            }
            shortage.end();
            service.assertStands();
        }
        slowness = Math.max(slowness, Machine.slowness());
        everyPoolRunsCalls(service, Machine.times(HEALING, slowness));
        for (int i = 0; i < 20; i++) {
            Request.of("DELETE", "/v1/pools/more" + i)
                    .key(Attacked.OPERATOR)
                    .send(service.port()); // those that were created
        }
        service.clear();
        assertThat(standardStreams(service.pid()))
                .as("no descriptor was closed by who did not own it")
                .isEqualTo(standard);
        before.awaitAgain(service, Machine.times(PATIENCE, slowness));
        // A failure during the shortage must not be permanent: no class stays failed, and no answer is a defect.
        assertThat(service.output())
                .doesNotContain("NoClassDefFoundError", "ExceptionInInitializerError", "a defect of the service");
    }

    /** The targets of standard input, output and error. */
    private static List<Path> standardStreams(long pid) throws IOException {
        List<Path> targets = new ArrayList<>();
        for (int descriptor = 0; descriptor <= 2; descriptor++) {
            targets.add(Files.readSymbolicLink(Path.of("/proc/" + pid + "/fd/" + descriptor)));
        }
        return targets;
    }

    private static void everyPoolRunsCalls(Attacked service, Duration limit) {
        Set<String> left = new TreeSet<>(POOLS);
        Eventually.within(limit, () -> {
            for (String pool : List.copyOf(left)) {
                Reply reply = echo(service, pool);
                assertThat(reply.status()).as("%s: %s", pool, reply.text()).isEqualTo(200);
                left.remove(pool);
            }
        });
    }

    private static Reply echo(Attacked service, String pool) {
        try {
            return Request.of("POST", "/v1/apply")
                    .key(Attacked.OTHER)
                    .json(Body.of("{\"function\":\"echo\",\"args\":[1],\"expires\":5,\"pool\":\"" + pool + "\"}"))
                    .send(service.port());
        } catch (IOException notNow) {
            return Reply.CLOSED;
        }
    }

    private static List<ProcessHandle> workers(Attacked service) throws IOException {
        List<ProcessHandle> workers = new ArrayList<>();
        for (String pool : POOLS) {
            for (JsonNode worker :
                    service.operate("GET", "/v1/pools/" + pool + "/workers", "").get("items")) {
                ProcessHandle.of(worker.get("pid").asLong()).ifPresent(workers::add);
            }
        }
        return workers;
    }

    @Test
    void disk(@TempDir Path data) throws Exception {
        if (!Shell.run("mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", data.toString())) {
            leftOut("a small disk (mount)");
            return;
        }
        try (Attacked service = Attacked.start(data)) {
            double slowness = Machine.slowness();
            everyPoolRunsCalls(service, Machine.times(PATIENCE, slowness));
            Footprint before = Footprint.of(service);
            try (Crowd crowd = new Crowd(service.port(), Machine.times(PATIENCE, slowness))) {
                Body job = Body.filled(
                        "{\"function\":\"echo\",\"delay\":3600,\"args\":[\"", Body.fill("x", 1 << 20), "\"]}");
                List<String> jobs = List.of();
                for (int round = 0; round < 3; round++) {
                    forget(crowd, jobs);
                    List<Reply> replies =
                            crowd.send(120, Set.of(202, 429, 503), i -> Request.of("POST", "/v1/apply_async")
                                    .key(Attacked.ATTACKER)
                                    .json(job));
                    assertThat(replies).extracting(Reply::status).contains(202, 503);
                    jobs = replies.stream()
                            .filter(reply -> reply.status() == 202)
                            .map(reply -> reply.text().split("\"", 5)[3])
                            .toList();
                }
                // Calls that store nothing are served, and stored data can be read.
                assertThat(echo(service, Attacked.POOL).status()).isEqualTo(200);
                service.operate("GET", "/v1/jobs?limit=10", "");
                assertThat(health(service, "liveness")).isEqualTo(200);
                // Small changes may still fit: then the service is ready again at once.
                assertThat(health(service, "readiness")).isIn(200, 503);
            }
            service.clear();
            Eventually.within(Machine.times(HEALING, slowness), () -> {
                try {
                    service.operate("POST", "/v1/apply_async", "{\"function\":\"echo\",\"args\":[1],\"retain\":1}");
                } catch (IOException notNow) {
                    throw new AssertionError(notNow);
                }
            });
            service.clear();
            before.awaitAgain(service, Machine.times(PATIENCE, Math.max(slowness, Machine.slowness())));
        } finally {
            Shell.run("umount", data.toString());
        }
    }

    /** Each job can be cancelled and deleted on the full disk. */
    private static void forget(Crowd crowd, List<String> jobs) throws InterruptedException {
        crowd.send(jobs.size(), Set.of(200), i -> Request.of("POST", "/v1/jobs/" + jobs.get(i) + "/cancel")
                .key(Attacked.ATTACKER));
        crowd.send(jobs.size(), Set.of(204), i -> Request.of("DELETE", "/v1/jobs/" + jobs.get(i))
                .key(Attacked.ATTACKER));
    }

    private static int health(Attacked service, String kind) throws IOException {
        return Request.of("GET", "/actuator/health/" + kind)
                .send(service.port())
                .status();
    }
}
