package dev.motorpool.pool;

import dev.motorpool.pool.process.ResidentMemory;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A snapshot of a worker.
 *
 * @param pid null until its process exists
 * @param state {@code starting}, {@code idle}, {@code busy} or {@code stopping}
 * @param running the jobs whose calls run in it
 * @param calls calls it has finished
 * @param rssBytes resident memory of its process; null if the system does not report it
 */
public record WorkerView(
        String id,
        @Nullable Long pid,
        String state,
        List<Running> running,
        long calls,
        @Nullable Long rssBytes,
        Instant startedAt) {

    /** A job with a running call, and its owner. */
    public record Running(UUID job, Tenant tenant) {}

    /** A copy with the current resident memory of its process, if the system has {@code /proc}. */
    WorkerView measured() {
        Long bytes = pid == null ? null : ResidentMemory.of(pid);
        return new WorkerView(id, pid, state, running, calls, bytes, startedAt);
    }
}
