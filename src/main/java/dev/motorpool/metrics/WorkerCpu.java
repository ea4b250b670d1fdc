package dev.motorpool.metrics;

import dev.motorpool.pool.WorkerUsage;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Processor time of a pool's workers, including ended ones, so that it only grows. Time that a worker used between its
 * last reading and its end is not counted. Guarded by its owner.
 */
final class WorkerCpu {

    /** Nanoseconds by worker, at the last reading. */
    private Map<String, Long> living = Map.of();

    private long ended;

    /** Updates the times of the present workers. */
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
