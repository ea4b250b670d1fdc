package dev.motorpool.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.motorpool.testing.Eventually;
import dev.motorpool.testing.HookReceiver;
import dev.motorpool.testing.HookReceiver.Message;
import dev.motorpool.testing.ServiceProcess;
import dev.motorpool.testing.Zombies;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The service and its workers are killed with SIGKILL again and again while clients submit jobs. Every accepted job
 * ends once, with the right value. {@code -Dcrash.minutes=10} makes it longer.
 */
@Tag("slow")
class CrashTest {

    private static final int CLIENTS = 12;
    private static final int ORDERED = 40;
    private static final int LEAST_KILLS = 4;
    private static final Duration SHORT = Duration.ofSeconds(14);
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final JsonMapper JSON = new JsonMapper();
    private static final String[] SETTINGS = {
        "--motorpool.demo-functions=true",
        "--motorpool.pools.processes.size=2",
        "--motorpool.pools.threads.size=4",
        "--motorpool.pools.coroutines.size=50"
    };

    /** The service's data directory; one for the test, so that the workers' AOT cache is created once. */
    @TempDir
    Path data;

    private final long seed = Long.getLong("crash.seed", System.nanoTime());
    private final Random random = new Random(seed);
    private final CrashTarget target = new CrashTarget();
    /** Webhooks that were accepted. */
    private final Queue<Message> taken = new ConcurrentLinkedQueue<>();

    private final AtomicBoolean enough = new AtomicBoolean();
    private final AtomicInteger repeatedRuns = new AtomicInteger();
    private final AtomicInteger interrupted = new AtomicInteger();
    private final Set<ProcessHandle> workers = new HashSet<>();
    private final HookReceiver receiver;
    private int kills;
    private int workerKills;

    CrashTest() throws IOException {
        // A receiver that loses a tenth of its messages; no message twice, because the third attempt would come minutes
        // later.
        Random moods = new Random(seed);
        Set<String> lost = new HashSet<>();
        receiver = new HookReceiver((message, connection) -> {
            synchronized (moods) {
                if (moods.nextInt(10) == 0 && lost.add(message.header("webhook-id"))) {
                    HookReceiver.reset(connection);
                    return;
                }
            }
            taken.add(message);
            HookReceiver.status(204).answer(message, connection);
        });
    }

    @AfterEach
    void closeTheReceiver() throws IOException {
        receiver.close();
    }

    @Test
    void whatWasPromisedEndsOnceWithTheRightValue() throws Exception {
        Duration duration = duration();
        List<UUID> ordered;
        List<PromisedJob> promised = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<List<PromisedJob>>> clients = new ArrayList<>();
            try (ServiceProcess first = start()) {
                target.lives(first.ready());
                ordered = queueInOrder(first);
                for (int i = 0; i < CLIENTS; i++) {
                    clients.add(threads.submit((Callable<List<PromisedJob>>)
                            new CrashClient(i, receiver.url("/hook"), target, enough::get)));
                }
                live(first);
            }
            long end = System.nanoTime() + duration.toNanos();
            while (System.nanoTime() < end || kills < LEAST_KILLS) {
                try (ServiceProcess service = start()) {
                    if (random.nextInt(6) == 0) {
                        // Killed before it is ready.
                        pause(2_000);
                        kill(service);
                    } else {
                        target.lives(service.ready());
                        live(service);
                    }
                }
            }
            try (ServiceProcess last = start()) {
                target.lives(last.ready());
                enough.set(true);
                for (Future<List<PromisedJob>> client : clients) {
                    promised.addAll(client.get());
                }
                check(last, promised);
                checkOrder(last, ordered);
                nothingIsLeft(last);
                checkWebhooks(last, promised);
            } finally {
                enough.set(true);
                clients.forEach(client -> client.cancel(true));
            }
        }
        System.out.printf(
                "%d jobs promised, %d of them submitted again with their keys; the service killed %d times, workers %d"
                        + " times: %d jobs ran again, %d of them because the service died (crash.seed=%d)%n",
                promised.size(),
                promised.stream().filter(job -> job.repeats() > 0).count(),
                kills,
                workerKills,
                repeatedRuns.get(),
                interrupted.get(),
                seed);
        assertThat(repeatedRuns.get()).isPositive();
        Eventually.within(PATIENCE, () -> assertThat(workers).noneMatch(Zombies::runs));
    }

    private static Duration duration() {
        Integer minutes = Integer.getInteger("crash.minutes");
        return minutes == null ? SHORT : Duration.ofMinutes(minutes);
    }

    private ServiceProcess start() throws IOException {
        return ServiceProcess.start(List.of("-Xmx256m"), data, SETTINGS);
    }

    /** The service runs for a while, and its workers for less; then it is killed. */
    private void live(ServiceProcess service) throws InterruptedException {
        int steps = random.nextInt(10);
        for (int i = 0; i < steps; i++) {
            pause(600);
            List<ProcessHandle> alive = service.process().children().toList();
            workers.addAll(alive);
            if (!alive.isEmpty() && random.nextInt(3) > 0) {
                alive.get(random.nextInt(alive.size())).destroyForcibly();
                workerKills++;
            }
        }
        pause(500);
        kill(service);
    }

    private void kill(ServiceProcess service) throws InterruptedException {
        workers.addAll(service.process().children().toList());
        target.dies();
        service.kill();
        kills++;
    }

    private void pause(int mostMillis) {
        LockSupport.parkNanos(Duration.ofMillis(random.nextInt(mostMillis)).toNanos());
    }

    /** Jobs of a pool that accepts them and starts none until the end. */
    private List<UUID> queueInOrder(ServiceProcess service) throws Exception {
        ok(service.put("/v1/pools/ordered", "{\"kind\":\"coroutine\",\"size\":1}"), 201);
        ok(service.post("/v1/pools/ordered/pause", "{}"), 200);
        record Queued(UUID id, int priority) {}
        List<Queued> jobs = new ArrayList<>();
        for (int i = 0; i < ORDERED; i++) {
            int priority = random.nextInt(4);
            HttpResponse<String> answer = service.post(
                    "/v1/apply_async",
                    "{\"function\":\"echo\",\"pool\":\"ordered\",\"args\":[" + i + "],\"retries\":30,\"priority\":"
                            + priority + "}");
            jobs.add(new Queued(id(ok(answer, 202)), priority));
        }
        return jobs.stream()
                .sorted(Comparator.comparingInt(Queued::priority).reversed())
                .map(Queued::id)
                .toList();
    }

    /** Jobs that waited all the time start in order. */
    private void checkOrder(ServiceProcess service, List<UUID> ordered) throws Exception {
        ok(service.post("/v1/pools/ordered/resume", "{}"), 200);
        List<Instant> starts = new ArrayList<>();
        for (UUID id : ordered) {
            JsonNode job = JSON.readTree(ok(service.get("/v1/jobs/" + id + "?wait=60"), 200));
            assertThat(job.path("state").asString()).as("%s", job).isEqualTo("succeeded");
            starts.add(Instant.parse(job.path("started_at").asString()));
        }
        assertThat(starts).isSorted();
    }

    private void check(ServiceProcess service, List<PromisedJob> promised) throws Exception {
        assertThat(promised).extracting(PromisedJob::id).doesNotHaveDuplicates();
        try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
            List<Future<?>> checks = new ArrayList<>();
            for (PromisedJob job : promised) {
                checks.add(threads.submit(() -> {
                    check(service, job);
                    return null;
                }));
            }
            for (Future<?> check : checks) {
                check.get();
            }
        }
    }

    private void check(ServiceProcess service, PromisedJob promise) throws Exception {
        JsonNode job = JSON.readTree(ok(service.get("/v1/jobs/" + promise.id() + "?wait=120"), 200));
        assertThat(job.path("state").asString()).as("%s", job).isEqualTo(promise.state());
        String value = promise.value();
        if (value != null) {
            assertThat(job.path("value")).as("%s", job).isEqualTo(JSON.readTree(value));
        }
        JsonNode attempts = job.path("attempts");
        if (promise.value() == null) {
            assertThat(attempts.size()).as("%s", job).isGreaterThanOrEqualTo(3);
        } else if (attempts.size() > 1) {
            repeatedRuns.incrementAndGet();
        }
        if (attempts.toString().contains("The service ended")) {
            interrupted.incrementAndGet();
        }
        Instant created = Instant.parse(job.path("created_at").asString());
        Instant started = Instant.parse(attempts.path(0).path("started_at").asString());
        Instant earliest = created.plusNanos((long) (promise.delaySeconds() * 1e9));
        assertThat(started).as("%s", job).isAfterOrEqualTo(earliest.minusMillis(2));
        if (promise.repeats() > 0) {
            JsonNode page = JSON.readTree(ok(service.get("/v1/jobs?tag=key:" + promise.key()), 200));
            assertThat(page.path("items").size())
                    .as("jobs of one key: %s", page)
                    .isEqualTo(1);
        }
    }

    /** Each was accepted at least once, always under one id, and its body is the job. */
    private void checkWebhooks(ServiceProcess service, List<PromisedJob> promised) throws Exception {
        Set<String> owed = promised.stream()
                .filter(PromisedJob::told)
                .map(job -> job.id() + "-1")
                .collect(Collectors.toSet());
        Eventually.until(PATIENCE, () -> {
            Set<String> missing = new TreeSet<>(owed);
            taken.forEach(message -> missing.remove(message.header("webhook-id")));
            List<String> told = new ArrayList<>();
            for (String id : missing) {
                told.add(ok(service.get("/v1/jobs/" + id.substring(0, id.length() - 2) + "/deliveries"), 200));
            }
            assertThat(told).as("deliveries that have not arrived").isEmpty();
            return true;
        });
        Map<String, String> bodies = new HashMap<>();
        for (Message message : taken) {
            String id = message.header("webhook-id");
            String before = bodies.putIfAbsent(id, message.text());
            assertThat(message.text()).isEqualTo(before == null ? message.text() : before);
        }
        for (Map.Entry<String, String> entry : bodies.entrySet()) {
            JsonNode body = JSON.readTree(entry.getValue());
            String id = body.path("data").path("id").asString();
            JsonNode job = JSON.readTree(ok(service.get("/v1/jobs/" + id), 200));
            assertThat(entry.getKey()).isEqualTo(id + "-1");
            assertThat(body.path("data")).isEqualTo(job);
            assertThat(body.path("type").asString())
                    .isEqualTo("job." + job.path("state").asString());
        }
        System.out.printf("%d webhooks taken for %d jobs%n", taken.size(), bodies.size());
    }

    /** Neither accepted jobs, nor stored jobs whose client got no answer. */
    private static void nothingIsLeft(ServiceProcess service) {
        Eventually.within(PATIENCE, () -> {
            try {
                String left = ok(service.get("/v1/jobs?state=scheduled&state=queued&state=running"), 200);
                assertThat(left).doesNotContain("\"id\":");
            } catch (IOException | InterruptedException e) {
                throw new AssertionError(e);
            }
        });
    }

    private static UUID id(String job) {
        return UUID.fromString(JSON.readTree(job).path("id").asString());
    }

    private static String ok(HttpResponse<String> answer, int status) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        return answer.body();
    }
}
