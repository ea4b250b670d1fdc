package dev.motorpool.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.motorpool.http.ServiceExtension.Service;
import dev.motorpool.http.problem.ProblemWriter;
import dev.motorpool.http.route.BodyReader;
import dev.motorpool.job.ProblemType;
import dev.motorpool.pool.Pool;
import dev.motorpool.pool.PoolView;
import dev.motorpool.pool.Pools;
import java.io.EOFException;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.SocketException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Any input leads to a problem or a closed connection, never to a defect, a hang or a leak. */
@ExtendWith(ServiceExtension.class)
@Tag("slow")
class RandomRequestsTest {

    private static final int REQUESTS = 10_000;
    private static final int AT_ONCE = 48;
    private static final long SEED = Long.getLong("random.seed", 42);

    private final CheckedClient client;
    private final Service service;

    /** How often each status was answered; filled by all senders. */
    private final Map<Integer, AtomicInteger> statuses = new ConcurrentHashMap<>();

    private final Queue<String> faults = new ConcurrentLinkedQueue<>();

    RandomRequestsTest(CheckedClient client, Service service) {
        this.client = client;
        this.service = service;
    }

    @Test
    void tenThousandRandomRequestsBreakNothing() throws Exception {
        client.put("/v1/pools/fuzz", "{\"kind\":\"thread\",\"size\":1}");
        for (String pool : List.of("processes", "threads", "coroutines", "fuzz")) {
            client.apply("{\"function\":\"echo\",\"args\":[1],\"pool\":\"" + pool + "\"}")
                    .is(200);
        }
        int threads = ManagementFactory.getThreadMXBean().getThreadCount();
        Map<String, Integer> workers = workers();
        Semaphore places = new Semaphore(AT_ONCE);
        try (ExecutorService senders = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < REQUESTS; i++) {
                long seed = SEED * 1_000_003 + i;
                places.acquire();
                senders.execute(() -> {
                    try {
                        send(new RandomRequests(seed));
                    } catch (Exception | AssertionError fault) {
                        faults.add("seed " + seed + ": " + fault);
                    } finally {
                        places.release();
                    }
                });
            }
        }
        assertThat(faults).as("answered: %s", statuses).isEmpty();
        assertThat(statuses).containsKeys(200, 400, 404).doesNotContainKey(500);

        client.delete("/v1/pools/fuzz");
        workers.remove("fuzz");
        Awaitility.await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
            for (Pool pool : service.part(Pools.class).all()) {
                PoolView view = pool.view();
                assertThat(view.running() + view.queued()).as(view.toString()).isZero();
            }
            assertThat(workers()).isEqualTo(workers);
            assertThat(service.part(BodyReader.class).budget().used()).isZero();
            assertThat(ManagementFactory.getThreadMXBean().getThreadCount()).isLessThanOrEqualTo(threads + 8);
        });
        client.apply("{\"function\":\"echo\",\"args\":[1]}").is(200);
    }

    private Map<String, Integer> workers() {
        Map<String, Integer> workers = new ConcurrentHashMap<>();
        service.part(Pools.class)
                .all()
                .forEach(pool -> workers.put(pool.name(), pool.workers().size()));
        return workers;
    }

    private void send(RandomRequests requests) throws IOException, InterruptedException {
        byte[] bytes = requests.next();
        Random random = requests.random();
        try (RawConnection connection = client.connect()) {
            sendInPieces(connection, bytes, random);
            switch (random.nextInt(8)) {
                case 0 -> connection.socket().setSoLinger(true, 0); // close with a reset
                case 1 -> {} // close
                default -> {
                    connection.socket().shutdownOutput();
                    readAll(connection);
                }
            }
        } catch (SocketException reset) {
            // The service has closed the connection while the client sent: this counts as an answer.
        }
    }

    private static void sendInPieces(RawConnection connection, byte[] bytes, Random random)
            throws IOException, InterruptedException {
        int pieces = random.nextInt(4) == 0 ? 1 + random.nextInt(5) : 1;
        for (int i = 0; i < pieces; i++) {
            int from = bytes.length * i / pieces;
            connection.send(Arrays.copyOfRange(bytes, from, bytes.length * (i + 1) / pieces));
            if (i + 1 < pieces) {
                Thread.sleep(random.nextInt(30)); // so that the pieces can arrive apart
            }
        }
    }

    private void readAll(RawConnection connection) throws IOException {
        while (true) {
            Answer answer;
            try {
                answer = connection.readAny();
            } catch (EOFException | SocketException closed) {
                return;
            }
            statuses.computeIfAbsent(answer.status(), status -> new AtomicInteger())
                    .incrementAndGet();
            if (answer.status() == 500) {
                fail("a defect: %s", answer.text());
            }
            if (answer.status() >= 400 && answer.body().length > 0) {
                ProblemType type =
                        ProblemType.of(answer.json().path("type").asString().replace(ProblemType.URN, ""));
                assertThat(type).as(answer.text()).isNotNull();
                assertThat(answer.header("content-type")).isEqualTo(ProblemWriter.MEDIA_TYPE);
            }
        }
    }
}
