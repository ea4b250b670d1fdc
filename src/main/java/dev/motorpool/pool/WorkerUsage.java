package dev.motorpool.pool;

import dev.motorpool.pool.process.ResidentMemory;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Resource usage of a worker's process.
 *
 * @param worker the worker's id, unique in its pool for good
 * @param rssBytes resident memory
 * @param cpu processor time since its start
 */
public record WorkerUsage(String worker, long rssBytes, Duration cpu) {

    /** Null if the process has gone, or the system does not report its usage. */
    static @Nullable WorkerUsage of(String worker, long pid) {
        Long bytes = ResidentMemory.of(pid);
        Duration cpu = ProcessHandle.of(pid)
                .flatMap(process -> process.info().totalCpuDuration())
                .orElse(null);
        return bytes == null || cpu == null ? null : new WorkerUsage(worker, bytes, cpu);
    }
}
