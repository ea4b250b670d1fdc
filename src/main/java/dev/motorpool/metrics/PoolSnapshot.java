package dev.motorpool.metrics;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.motorpool.pool.PoolGauges;
import dev.motorpool.pool.PoolView;
import dev.motorpool.pool.WorkerUsage;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A snapshot of a pool for its gauges, taken once for all gauges of a scrape. */
final class PoolSnapshot {

    private static final long FRESH_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final PoolGauges gauges;
    private final Supplier<PoolLoads.Load> load;

    @GuardedBy("this")
    private final WorkerCpu cpu = new WorkerCpu();

    @GuardedBy("this")
    private @Nullable Now now;

    @GuardedBy("this")
    private long lookedAt;

    /** @param oldest submission time of the call that has waited longest; null if none waits */
    record Now(
            PoolView view,
            int idleSlots,
            Map<String, Integer> workers,
            List<WorkerUsage> usage,
            PoolLoads.Load load,
            @Nullable Instant oldest,
            Instant at) {

        double oldestSeconds() {
            return oldest == null ? 0 : Math.max(0, Duration.between(oldest, at).toNanos() / 1e9);
        }

        double memory() {
            return usage.stream().mapToLong(WorkerUsage::rssBytes).sum();
        }
    }

    PoolSnapshot(PoolGauges gauges, Supplier<PoolLoads.Load> load) {
        this.gauges = gauges;
        this.load = load;
    }

    synchronized Now now() {
        long time = System.nanoTime();
        Now known = now;
        if (known == null || time - lookedAt > FRESH_NANOS) {
            known = look();
            now = known;
            lookedAt = time;
        }
        return known;
    }

    /** The processor time of all workers so far. */
    synchronized double cpuSeconds() {
        Now _ = now();
        return cpu.seconds();
    }

    @GuardedBy("this")
    private Now look() {
        PoolLoads.Load others = load.get();
        List<WorkerUsage> usage = gauges.usage();
        cpu.see(usage);
        return new Now(
                gauges.view(),
                gauges.idleSlots(),
                gauges.workerStates(),
                usage,
                others,
                older(gauges.oldestWaiting(), others.oldest()),
                Instant.now());
    }

    private static @Nullable Instant older(@Nullable Instant one, @Nullable Instant other) {
        if (one == null || other == null) {
            return one == null ? other : one;
        }
        return one.isBefore(other) ? one : other;
    }
}
