package dev.motorpool.metrics;

import dev.motorpool.pool.WorkerUsage;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Processor time of the workers of a pool, those that have ended included, so that it only grows. What a worker took after
 * it was last looked at is not counted once it has gone. Guarded by its owner.
 */
final class WorkerCpu {

    /** Nanoseconds by worker, as last seen. */
    private Map<String, Long> living = Map.of();

    private long ended;

    /** Takes over what the workers that there are have taken so far. */
    void see(List<WorkerUsage> usage) {
        Map<String, Long> now = new HashMap<>();
        usage.forEach(worker -> now.put(worker.worker(), worker.cpu().toNanos()));
        living.forEach((worker, nanos) -> {
            if (!now.containsKey(worker)) {
                ended += nanos;
            }
        });
        living = now;
    }

    double seconds() {
        long nanos = ended;
        for (long each : living.values()) {
            nanos += each;
        }
        return nanos / 1e9;
    }
}
