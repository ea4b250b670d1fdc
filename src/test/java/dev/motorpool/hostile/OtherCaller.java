package dev.motorpool.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Another caller, with its own address and API key, that makes usual calls during the attack, and a probe of the
 * service's health. Each sends requests on new connections, on its own thread, until it is closed.
 */
final class OtherCaller implements AutoCloseable {

    private static final Duration HEALTH_LIMIT = Duration.ofSeconds(1);
    private static final Duration CALL_LIMIT = Duration.ofSeconds(2);

    /** One call in a hundred may exceed the limit, none by this factor; no health check may. */
    private static final int WORST_CALL = 5;

    private static final long PAUSE_MILLIS = 25;

    private final Attacked service;
    private final Samples health = new Samples("health");
    private final Samples calls = new Samples("calls");
    private final List<Thread> threads;
    private volatile boolean closed;

    /** Durations of requests in nanoseconds, and failures. Guarded by itself. */
    private static final class Samples {
        final String name;
        final List<Long> nanos = new ArrayList<>();
        final List<String> wrong = new ArrayList<>();

        Samples(String name) {
            this.name = name;
        }

        synchronized void add(long taken, String problem) {
            nanos.add(taken);
            if (!problem.isEmpty()) {
                wrong.add(problem);
            }
        }

        synchronized void check(Duration limit, int worst) {
            long[] sorted = nanos.stream().mapToLong(Long::longValue).sorted().toArray();
            assertThat(sorted).as("%s: nobody was served", name).isNotEmpty();
            Duration most = Duration.ofNanos(sorted[sorted.length - 1]);
            Duration nearlyAll = Duration.ofNanos(sorted[(int) ((sorted.length - 1) * 0.99)]);
            assertThat(wrong.stream().distinct().limit(5))
                    .as("%s: %s of %s went wrong", name, wrong.size(), sorted.length)
                    .isEmpty();
            assertThat(nearlyAll)
                    .as("%s: 99%% of %s; the slowest: %s", name, sorted.length, slowest(sorted))
                    .isLessThanOrEqualTo(limit);
            assertThat(most)
                    .as("%s: the slowest of %s: %s", name, sorted.length, slowest(sorted))
                    .isLessThanOrEqualTo(limit.multipliedBy(worst));
        }

        @Override
        public synchronized String toString() {
            long[] sorted = nanos.stream().mapToLong(Long::longValue).sorted().toArray();
            return name + ": " + sorted.length + ", the slowest " + slowest(sorted);
        }

        private static String slowest(long[] sorted) {
            return Arrays.stream(sorted, Math.max(0, sorted.length - 5), sorted.length)
                    .mapToObj(each -> each / 1_000_000 + " ms")
                    .toList()
                    .toString();
        }
    }

    OtherCaller(Attacked service) {
        this.service = service;
        this.threads = List.of(
                Thread.ofPlatform().name("other-health").start(() -> repeat(health, this::look)),
                Thread.ofPlatform().name("other-calls").start(() -> repeat(calls, this::call)));
    }

    @FunctionalInterface
    private interface Step {
        /** The failure; empty if there is none. */
        String take(int number) throws IOException;
    }

    private void repeat(Samples samples, Step step) {
        for (int i = 0; !closed; i++) {
            long begin = System.nanoTime();
            String wrong;
            try {
                wrong = step.take(i);
            } catch (IOException | RuntimeException e) {
                wrong = e.toString();
            }
            samples.add(System.nanoTime() - begin, wrong);
            try {
                Thread.sleep(PAUSE_MILLIS); // the pace of the calls
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private String look(int number) throws IOException {
        String kind = number % 2 == 0 ? "liveness" : "readiness";
        Reply reply =
                Request.of("GET", "/actuator/health/" + kind).from("127.0.0.2").send(service.port());
        return reply.status() == 200 ? "" : kind + ": " + reply;
    }

    private String call(int number) throws IOException {
        Request request =
                switch (number % 4) {
                    case 0 -> Request.of("GET", "/v1/pools");
                    case 1 -> Request.of("POST", "/v1/apply_async").json(Body.of(echo(",\"retain\":1")));
                    case 2 ->
                        Request.of("POST", "/v1/map")
                                .json(Body.of("{\"function\":\"echo\",\"pool\":\"others\",\"items\":[1,2,3]}"));
                    default -> Request.of("POST", "/v1/apply").json(Body.of(echo("")));
                };
        Reply reply = request.key(Attacked.OTHER).from("127.0.0.2").send(service.port());
        return reply.status() == 200 || reply.status() == 202 ? "" : request + ": " + reply;
    }

    private static String echo(String more) {
        return "{\"function\":\"echo\",\"pool\":\"" + Attacked.POOL + "\",\"args\":[1]" + more + "}";
    }

    /** Stops them, and checks that health was answered within a second and others were served within two. */
    void check(double slowness) {
        close();
        health.check(Machine.times(HEALTH_LIMIT, slowness), 1);
        calls.check(Machine.times(CALL_LIMIT, slowness), WORST_CALL);
    }

    /** Number of its answered requests so far. */
    int served() {
        synchronized (calls) {
            return calls.nanos.size();
        }
    }

    @Override
    public String toString() {
        return health + ", " + calls;
    }

    @Override
    public void close() {
        closed = true;
        for (Thread thread : threads) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }
}
