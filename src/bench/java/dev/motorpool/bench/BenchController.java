package dev.motorpool.bench;

import dev.motorpool.json.RawJson;
import dev.motorpool.pool.CallAge;
import dev.motorpool.pool.CallRequest;
import dev.motorpool.pool.Outcome;
import dev.motorpool.pool.PendingCall;
import dev.motorpool.pool.Pool;
import dev.motorpool.pool.PoolState;
import dev.motorpool.pool.Pools;
import dev.motorpool.pool.RefusedException;
import dev.motorpool.pool.settings.PoolKind;
import dev.motorpool.pool.settings.PoolSettings;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;

/** The benchmark's code inside the service: a plain Spring controller, and the pools without HTTP. */
@RestController
class BenchController {

    private static final Duration LONG = Duration.ofSeconds(60);

    private static final int LINES_UNDER_WAY = 1024;
    private static final int LINES_BUFFER = 16 << 10;

    private final Pools pools;

    BenchController(Pools pools) {
        this.pools = pools;
    }

    /** Spring's own handling of a body: parsed to a tree, written back. */
    @PostMapping("/bench/echo")
    JsonNode echo(@RequestBody JsonNode body) {
        return body;
    }

    /**
     * Tomcat with two threads that copy lines from a request to its answer while the request still arrives.
     *
     * @param gather whether available lines are sent together; else each is sent at once
     */
    @PostMapping("/bench/copy")
    void copy(@RequestParam boolean gather, HttpServletRequest request, HttpServletResponse response)
            throws IOException, InterruptedException {
        response.setContentType("application/x-ndjson");
        response.flushBuffer();
        BlockingQueue<String> lines = new ArrayBlockingQueue<>(LINES_UNDER_WAY);
        Thread reader = Thread.ofVirtual().name("bench-copy-reader").start(() -> read(request, lines));
        try {
            Writer out = new BufferedWriter(
                    new OutputStreamWriter(response.getOutputStream(), StandardCharsets.ISO_8859_1), LINES_BUFFER);
            String line = lines.take();
            while (!line.isEmpty()) {
                out.write(line);
                out.write('\n');
                if (!gather || lines.isEmpty()) {
                    out.flush();
                }
                line = lines.take();
            }
            out.flush();
        } finally {
            reader.interrupt();
            reader.join();
        }
    }

    /** An empty line marks the end. */
    private static void read(HttpServletRequest request, BlockingQueue<String> lines) {
        try {
            try {
                BufferedReader in = new BufferedReader(
                        new InputStreamReader(request.getInputStream(), StandardCharsets.ISO_8859_1), LINES_BUFFER);
                for (String line = in.readLine(); line != null; line = in.readLine()) {
                    lines.put(line);
                }
            } finally {
                lines.put("");
            }
        } catch (IOException | InterruptedException gone) {
            Thread.currentThread().interrupt();
        }
    }

    /** Milliseconds from the creation of a pool of one process to the answer of its first call, repeated. */
    @PostMapping("/bench/spawn")
    List<Double> spawn(@RequestParam int times) throws RefusedException, InterruptedException {
        List<Double> millis = new ArrayList<>();
        for (int i = 0; i < times; i++) {
            String name = "bench-spawn-" + i;
            long begin = System.nanoTime();
            Pool pool = pools.put(name, settings(PoolKind.PROCESS, 1)).pool();
            try {
                Outcome outcome = pool.submit(call("echo", "[1]")).await(LONG);
                if (!(outcome instanceof Outcome.Succeeded)) {
                    throw new IllegalStateException("a fresh worker's first call ended as " + outcome);
                }
                millis.add((System.nanoTime() - begin) / 1e6);
            } finally {
                pools.delete(name);
            }
        }
        return millis;
    }

    /**
     * @param seconds from the first submission to the last outcome
     * @param submitSeconds from the first submission to the last
     * @param workers number of processes in which the calls ran
     */
    record Slept(double seconds, double submitSeconds, int succeeded, List<Long> workers) {}

    /** Concurrent sleeping calls, in a coroutine pool with a slot for each. */
    @PostMapping("/bench/sleepers")
    Slept sleepers(@RequestParam int count, @RequestParam int seconds) throws RefusedException, InterruptedException {
        Pool pool =
                pools.put("bench-sleepers", settings(PoolKind.COROUTINE, count)).pool();
        while (pool.view().state() == PoolState.STARTING) {
            Thread.sleep(1);
        }
        long begin = System.nanoTime();
        List<PendingCall> calls = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            calls.add(pool.submit(call("sleep", "[" + seconds + "]")));
        }
        long submitted = System.nanoTime();
        int succeeded = 0;
        for (PendingCall call : calls) {
            if (call.await(LONG) instanceof Outcome.Succeeded) {
                succeeded++;
            }
        }
        long end = System.nanoTime();
        List<Long> workers = new ArrayList<>();
        pool.workers().forEach(worker -> {
            if (worker.pid() != null) {
                workers.add(worker.pid());
            }
        });
        return new Slept((end - begin) / 1e9, (submitted - begin) / 1e9, succeeded, workers);
    }

    private static CallRequest call(String function, String args) {
        return new CallRequest(
                UUID.randomUUID(),
                1,
                function,
                RawJson.of(args),
                RawJson.EMPTY_OBJECT,
                null,
                null,
                0,
                CallAge.of(Instant.now()),
                null);
    }

    private static PoolSettings settings(PoolKind kind, int size) {
        return new PoolSettings(kind, size, 100_000, null, null, null, 1, null, null, "java");
    }
}
