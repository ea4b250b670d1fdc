package dev.motorpool.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.motorpool.http.ServiceExtension.Service;
import dev.motorpool.pool.Pool;
import dev.motorpool.pool.PoolView;
import dev.motorpool.pool.Pools;
import dev.motorpool.pool.WorkerView;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;

/** Workers die at random under many streams. */
@ExtendWith(ServiceExtension.class)
@Tag("slow")
class StreamKillsTest {

    private static final int STREAMS = 50;
    private static final int ITEMS = 200;

    private final CheckedClient client;
    private final Service service;

    StreamKillsTest(CheckedClient client, Service service) {
        this.client = client;
        this.service = service;
    }

    @Test
    void everyStreamEndsAndEachItemHasExactlyOneLine() throws Exception {
        client.put("/v1/pools/mortal", "{\"kind\":\"process\",\"size\":4}").is(201);
        Pool pool = service.part(Pools.class).find("mortal").orElseThrow();
        Random random = new Random(7);
        try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Integer>> streams = new ArrayList<>();
            for (int i = 0; i < STREAMS; i++) {
                int stream = i;
                streams.add(clients.submit(() -> stream(stream)));
            }
            int kills = 0;
            while (kills < 40 && !done(streams)) {
                List<WorkerView> workers = pool.workers().stream()
                        .filter(worker -> worker.state().equals("busy"))
                        .toList();
                if (!workers.isEmpty()) {
                    pool.terminateWorker(
                            workers.get(random.nextInt(workers.size())).id());
                    kills++;
                }
                // A pool makes no progress if workers die faster than they start: wait for progress between kills.
                long enough = ended(pool) + random.nextInt(60);
                Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> done(streams) || ended(pool) > enough);
            }
            int lost = 0;
            for (Future<Integer> stream : streams) {
                lost += stream.get();
            }
            assertThat(lost).isBetween(1, kills);
        } finally {
            client.delete("/v1/pools/mortal").is(204);
        }
    }

    private static boolean done(List<Future<Integer>> streams) {
        return streams.stream().allMatch(Future::isDone);
    }

    private static long ended(Pool pool) {
        PoolView.Counters counters = pool.view().counters();
        return counters.succeeded() + counters.workerLost();
    }

    /** One stream; returns how many of its items lost their worker. */
    private int stream(int number) throws IOException {
        String verb = number % 2 == 0 ? "imap" : "imap_unordered";
        // Most kills meet a long item; one that was alone in its chunk is lost, the rest of a longer chunk runs again.
        String items = ("0.02\n" + "0.001\n".repeat(9)).repeat(ITEMS / 10);
        Answer answer = client.request(
                        "POST", "/v1/" + verb + "?function=sleep&pool=mortal&chunksize=" + Math.max(1, number % 5 - 1))
                .header("Content-Type", "application/x-ndjson")
                .body(items)
                .send()
                .is(200);
        BitSet seen = new BitSet();
        int lost = 0;
        List<JsonNode> lines = answer.lines();
        for (JsonNode line : lines.subList(0, lines.size() - 1)) {
            int index = line.path("index").asInt();
            assertThat(seen.get(index)).as("a second line of %s", index).isFalse();
            seen.set(index);
            if (line.has("error")) {
                assertThat(line.path("error").path("type").asString()).isEqualTo("worker-lost");
                lost++;
            }
        }
        assertThat(seen.cardinality()).isEqualTo(ITEMS);
        assertThat(lines.getLast().toString())
                .isEqualTo("{\"end\":true,\"count\":" + ITEMS + ",\"failed\":" + lost + "}");
        return lost;
    }
}
