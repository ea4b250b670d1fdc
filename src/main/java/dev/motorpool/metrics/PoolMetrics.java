package dev.motorpool.metrics;

import dev.motorpool.pool.PoolEvents;
import dev.motorpool.pool.PoolGauges;
import dev.motorpool.pool.WorkerEnd;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Counts and times events of pools. The meters of a pool are removed with it. */
public final class PoolMetrics implements PoolEvents {

    private final PrometheusMeterRegistry registry;
    private final PoolLoads others;
    private final CallTimes times;

    /** The existing pools. Late events of removed ones are not counted. */
    private final Map<String, PoolMeters> pools = new ConcurrentHashMap<>();

    /** @param others the state of pools that their events do not show */
    public PoolMetrics(PrometheusMeterRegistry registry, PoolLoads others) {
        this.registry = registry;
        this.others = others;
        this.times = CallTimes.in(registry.getPrometheusRegistry());
    }

    @Override
    public void poolMade(String pool, PoolGauges gauges) {
        PoolMeters before = pools.put(pool, new PoolMeters(registry, times, pool, gauges, others));
        if (before != null) {
            throw new IllegalStateException("two pools of the name " + pool);
        }
    }

    @Override
    public void callEnded(String pool, String function, String outcome, long queueNanos, long runNanos) {
        itemsEnded(pool, function, outcome, 1, queueNanos, runNanos);
    }

    @Override
    public void itemsEnded(String pool, String function, String outcome, long calls, long queueNanos, long runNanos) {
        PoolMeters meters = pools.get(pool);
        if (meters != null) {
            meters.callsEnded(function, outcome, calls, queueNanos, runNanos);
        }
    }

    @Override
    public void callRejected(String pool, String reason) {
        PoolMeters meters = pools.get(pool);
        if (meters != null) {
            meters.callRejected(reason);
        }
    }

    @Override
    public void workerStarted(String pool, String worker, String runtime, long pid, long nanos) {
        PoolMeters meters = pools.get(pool);
        if (meters != null) {
            meters.workerStarted(runtime, nanos);
        }
    }

    @Override
    public void workerEnded(WorkerEnd end) {
        PoolMeters meters = pools.get(end.pool());
        if (meters != null) {
            meters.workerEnded(end.reason());
        }
    }

    @Override
    public void poolRemoved(String pool) {
        @Nullable PoolMeters meters = pools.remove(pool);
        if (meters != null) {
            meters.remove();
        }
    }
}
