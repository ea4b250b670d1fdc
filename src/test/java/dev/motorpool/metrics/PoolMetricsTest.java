package dev.motorpool.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.motorpool.job.stream.OpenStreams;
import dev.motorpool.pool.PoolGauges;
import dev.motorpool.pool.PoolState;
import dev.motorpool.pool.PoolView;
import dev.motorpool.pool.WorkerEnd;
import dev.motorpool.pool.WorkerUsage;
import dev.motorpool.pool.settings.PoolKind;
import dev.motorpool.pool.settings.PoolSettings;
import dev.motorpool.testing.Eventually;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Phaser;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Against the registry that is scraped in production. */
class PoolMetricsTest {

    private static final WorkerEnd CRASH =
            new WorkerEnd("crunch", "crunch-1", 4711L, "crash", false, 9, null, null, null);

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final PoolMetrics metrics = new PoolMetrics(
            registry, pool -> new PoolLoads.Load(4, Instant.now().minusSeconds(60), new OpenStreams.Load(2, 30, 512)));

    @AfterEach
    void close() {
        registry.close();
    }

    @Test
    void gaugesShowThePoolAsItIs() {
        AtomicReference<PoolView> view = new AtomicReference<>(view(PoolKind.PROCESS, 3, 2, 5, 4, 1));
        metrics.poolMade(
                "crunch", new Pictured(view::get, 2, Map.of("busy", 2, "idle", 1), new AtomicReference<>(List.of())));

        assertThat(scrape())
                .contains("motorpool_queue_depth{pool=\"crunch\"} 9.0")
                .contains("motorpool_queue_detached{pool=\"crunch\"} 4.0")
                .contains("motorpool_queue_capacity{pool=\"crunch\"} 100.0")
                .contains("motorpool_slots{pool=\"crunch\",state=\"busy\"} 4.0")
                .contains("motorpool_slots{pool=\"crunch\",state=\"idle\"} 2.0")
                .contains("motorpool_slots{pool=\"crunch\",state=\"stuck\"} 1.0")
                .contains("motorpool_stuck_threads{pool=\"crunch\"} 1.0")
                .contains("motorpool_workers{pool=\"crunch\",state=\"busy\"} 2.0")
                .contains("motorpool_workers{pool=\"crunch\",state=\"idle\"} 1.0")
                .contains("motorpool_workers{pool=\"crunch\",state=\"starting\"} 0.0")
                .contains("motorpool_workers{pool=\"crunch\",state=\"stopping\"} 0.0");
    }

    @Test
    void theOldestIsTheOlderOfMemoryAndStore() {
        metrics.poolMade("crunch", pictured(view(PoolKind.PROCESS, 1, 1, 0, 0, 0)));
        assertThat(sample("motorpool_pool_oldest_waiting_seconds{pool=\"crunch\"}"))
                .isBetween(60.0, 90.0);
    }

    @Test
    void streamsAndTheStateOfThePoolAreShown() {
        metrics.poolMade("crunch", pictured(view(PoolKind.PROCESS, 1, 1, 0, 0, 0)));
        assertThat(scrape())
                .contains("motorpool_streams_open{pool=\"crunch\"} 2.0")
                .contains("motorpool_streams_unanswered{pool=\"crunch\"} 30.0")
                .contains("motorpool_streams_window{pool=\"crunch\"} 512.0")
                .contains("motorpool_pool_state{pool=\"crunch\",state=\"running\"} 1.0")
                .contains("motorpool_pool_state{pool=\"crunch\",state=\"broken\"} 0.0");
    }

    @Test
    void processorTimeGrowsThoughWorkersEnd() {
        AtomicReference<List<WorkerUsage>> usage = new AtomicReference<>(List.of(
                new WorkerUsage("crunch-1", 1_000, Duration.ofSeconds(3)),
                new WorkerUsage("crunch-2", 500, Duration.ofSeconds(1))));
        PoolView view = view(PoolKind.PROCESS, 1, 1, 0, 0, 0);
        metrics.poolMade("crunch", new Pictured(() -> view, 0, Map.of(), usage));
        assertThat(sample("motorpool_worker_memory_bytes{pool=\"crunch\"}")).isEqualTo(1_500);
        assertThat(sample("motorpool_worker_cpu_seconds_total{pool=\"crunch\"}"))
                .isEqualTo(4);
        usage.set(List.of(new WorkerUsage("crunch-3", 100, Duration.ofMillis(500))));
        Eventually.within(Duration.ofSeconds(10), () -> {
            assertThat(sample("motorpool_worker_memory_bytes{pool=\"crunch\"}")).isEqualTo(100);
            assertThat(sample("motorpool_worker_cpu_seconds_total{pool=\"crunch\"}"))
                    .isEqualTo(4.5);
        });
    }

    private double sample(String name) {
        return scrape().lines()
                .filter(line -> line.startsWith(name + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)))
                .sum();
    }

    private static Pictured pictured(PoolView view) {
        return new Pictured(() -> view, 0, Map.of(), new AtomicReference<>(List.of()));
    }

    /** A pool in a state that the test chooses, to check the registry's contents. */
    private record Pictured(
            Supplier<PoolView> seen,
            int idleSlots,
            Map<String, Integer> workerStates,
            AtomicReference<List<WorkerUsage>> processes)
            implements PoolGauges {
        @Override
        public PoolView view() {
            return Objects.requireNonNull(seen.get());
        }

        @Override
        public @Nullable Instant oldestWaiting() {
            return Instant.now().minusSeconds(5);
        }

        @Override
        public List<WorkerUsage> usage() {
            return Objects.requireNonNull(processes.get());
        }
    }

    @Test
    void aPoolWithoutWorkersHasNoIdleSlots() {
        metrics.poolMade("crunch", pictured(view(PoolKind.PROCESS, 4, 1, 0, 0, 0)));

        assertThat(scrape()).contains("motorpool_slots{pool=\"crunch\",state=\"idle\"} 0.0");
    }

    @Test
    void callsAreCountedByOutcomeAndTimed() {
        make("crunch");
        metrics.callEnded("crunch", "fib", "succeeded", 2_000_000, 30_000_000);
        metrics.callEnded("crunch", "fib", "succeeded", 3_000_000, 70_000_000);
        metrics.callEnded("crunch", "fib", "timed_out", 1_000_000, 2_000_000_000);
        metrics.callEnded("crunch", "fib", "expired", 4_000_000, -1);

        String fib = "{function=\"fib\",pool=\"crunch\"";
        String calls = "motorpool_calls_total{function=\"fib\",outcome=\"%s\",pool=\"crunch\"} ";
        assertThat(scrape())
                .contains(calls.formatted("succeeded") + "2.0")
                .contains(calls.formatted("timed_out") + "1.0")
                .contains(calls.formatted("expired") + "1.0")
                .contains(calls.formatted("failed") + "0.0")
                .contains("motorpool_call_wait_seconds_count" + fib + "} 4")
                .contains("motorpool_call_wait_seconds_sum" + fib + "} 0.01")
                .contains("motorpool_call_run_seconds_count" + fib + "} 3")
                .contains("motorpool_call_run_seconds_bucket" + fib + ",le=\"0.05\"} 1")
                .contains("motorpool_call_run_seconds_bucket" + fib + ",le=\"0.1\"} 2")
                .contains("motorpool_call_run_seconds_bucket" + fib + ",le=\"2.5\"} 3");
    }

    @Test
    void itemsOfAMapAreCountedTogether() {
        make("crunch");
        metrics.itemsEnded("crunch", "fib", "succeeded", 1_000, 2_000_000, 200_000);
        metrics.itemsEnded("crunch", "fib", "expired", 10, 2_000_000_000, -1);

        String fib = "{function=\"fib\",pool=\"crunch\"";
        assertThat(scrape())
                .contains("motorpool_calls_total{function=\"fib\",outcome=\"succeeded\",pool=\"crunch\"} 1000.0")
                .contains("motorpool_call_wait_seconds_count" + fib + "} 1010")
                .contains("motorpool_call_wait_seconds_sum" + fib + "} 22.0")
                .contains("motorpool_call_run_seconds_bucket" + fib + ",le=\"1.0E-4\"} 0")
                .contains("motorpool_call_run_seconds_bucket" + fib + ",le=\"2.5E-4\"} 1000")
                .contains("motorpool_call_run_seconds_bucket" + fib + ",le=\"+Inf\"} 1000");
    }

    @Test
    void refusalsAndWorkersAreCountedByReason() {
        make("crunch");
        metrics.callRejected("crunch", "queue-full");
        metrics.callRejected("crunch", "queue-full");
        metrics.callRejected("crunch", "pool-closed");
        metrics.workerStarted("crunch", "crunch-1", "java", 4711, 25_000_000);
        metrics.workerStarted("crunch", "crunch-1", "java", 4711, 75_000_000);
        metrics.workerStarted("crunch", "crunch-2", "python", 4711, 5_000_000);
        metrics.workerEnded(CRASH);

        assertThat(scrape())
                .contains("motorpool_calls_rejected_total{pool=\"crunch\",reason=\"queue-full\"} 2.0")
                .contains("motorpool_calls_rejected_total{pool=\"crunch\",reason=\"pool-closed\"} 1.0")
                .contains("motorpool_worker_starts_total{pool=\"crunch\"} 3.0")
                .contains("motorpool_worker_start_seconds_sum{pool=\"crunch\",runtime=\"java\"} 0.1")
                .contains("motorpool_worker_start_seconds_sum{pool=\"crunch\",runtime=\"python\"} 0.005")
                .contains("motorpool_worker_deaths_total{pool=\"crunch\",reason=\"crash\"} 1.0");
    }

    @Test
    void everyReasonIsThereBeforeItHappens() {
        make("crunch");

        assertThat(scrape())
                .contains("motorpool_calls_rejected_total{pool=\"crunch\",reason=\"queue-full\"} 0.0")
                .contains("motorpool_worker_deaths_total{pool=\"crunch\",reason=\"crash\"} 0.0");
    }

    @Test
    void metersGoWithTheirPoolAndComeBackWithItsName() {
        make("crunch");
        make("other");
        metrics.callEnded("crunch", "fib", "succeeded", 1, 1);
        metrics.callRejected("crunch", "queue-full");
        metrics.workerEnded(CRASH);
        metrics.poolRemoved("crunch");
        metrics.callEnded("crunch", "fib", "cancelled", 1, 1);

        assertThat(scrape()).doesNotContain("crunch").contains("pool=\"other\"");

        make("crunch");
        metrics.callEnded("crunch", "fib", "succeeded", 1, 1);

        assertThat(scrape())
                .contains("motorpool_calls_total{function=\"fib\",outcome=\"succeeded\",pool=\"crunch\"} 1.0");
    }

    @Test
    void nothingIsRegisteredAfterThePoolHasGone() throws InterruptedException {
        for (int round = 0; round < 200; round++) {
            make("crunch");
            Phaser together = new Phaser(2);
            Thread late = Thread.ofVirtual().start(() -> {
                together.arriveAndAwaitAdvance();
                metrics.callEnded("crunch", "fib", "succeeded", 1, 1);
            });
            together.arriveAndAwaitAdvance();
            metrics.poolRemoved("crunch");
            late.join();
            assertThat(registry.getMeters()).isEmpty();
        }
    }

    @Test
    void eventsBeforeTheRegistryAreNotLost() {
        EarlyEvents early = new EarlyEvents(new TenantMetrics(List.of()));
        early.poolMade("crunch", pictured(view(PoolKind.PROCESS, 1, 1, 0, 0, 0)));
        early.workerStarted("crunch", "crunch-1", "java", 4711, 25_000_000);
        early.listen(metrics);
        early.workerStarted("crunch", "crunch-1", "java", 4711, 25_000_000);
        early.callEnded("crunch", "fib", "succeeded", 1, 1);

        assertThat(scrape())
                .contains("motorpool_worker_starts_total{pool=\"crunch\"} 2.0")
                .contains("motorpool_calls_total{function=\"fib\",outcome=\"succeeded\",pool=\"crunch\"} 1.0");
    }

    private void make(String pool) {
        metrics.poolMade(pool, pictured(view(PoolKind.PROCESS, 1, 1, 0, 0, 0)));
    }

    private String scrape() {
        return registry.scrape();
    }

    private static PoolView view(PoolKind kind, int size, int threads, int queued, int running, int stuck) {
        return new PoolView(
                "crunch",
                PoolState.RUNNING,
                null,
                null,
                queued,
                running,
                stuck,
                new PoolSettings(kind, size, 100, null, null, null, threads, null, null, null, "java"),
                new PoolView.Counters(0, 0, 0, 0, 0, 0, 0, 0, 0, 0));
    }
}
