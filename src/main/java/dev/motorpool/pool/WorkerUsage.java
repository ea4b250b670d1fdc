package dev.motorpool.pool;

import dev.motorpool.pool.process.ResidentMemory;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What the process of a worker takes.
 *
 * @param worker the worker's id, which no other worker of its pool ever has
 * @param rssBytes resident memory
 * @param cpu processor time since its start
 */
public record WorkerUsage(String worker, long rssBytes, Duration cpu) {

    /** Null if the process has gone, or the system does not tell. */
    static @Nullable WorkerUsage of(String worker, long pid) {
        Long bytes = ResidentMemory.of(pid);
        Duration cpu = ProcessHandle.of(pid)
                .flatMap(process -> process.info().totalCpuDuration())
                .orElse(null);
        return bytes == null || cpu == null ? null : new WorkerUsage(worker, bytes, cpu);
    }
}
