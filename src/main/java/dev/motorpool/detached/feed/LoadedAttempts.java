package dev.motorpool.detached.feed;

import dev.motorpool.detached.attempt.AttemptRun;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * All attempts of a line that are in memory, running ones included, by job, with their bytes. Guarded by the monitor of
 * their {@link PoolPrefetch}.
 */
final class LoadedAttempts {

    private final JobMemory memory;
    private final Map<UUID, AttemptRun> runs = new HashMap<>();
    private long bytes;

    LoadedAttempts(JobMemory memory) {
        this.memory = memory;
    }

    @Nullable
    AttemptRun find(UUID job) {
        return runs.get(job);
    }

    boolean isEmpty() {
        return runs.isEmpty();
    }

    int size() {
        return runs.size();
    }

    List<AttemptRun> list() {
        return List.copyOf(runs.values());
    }

    /** Whether no more are loaded, for lack of memory. */
    boolean isFull() {
        return memory.isFull(bytes);
    }

    void add(AttemptRun run) {
        runs.put(run.job.id(), run);
        bytes += run.lastingBytes();
        memory.add(run.lastingBytes());
    }

    /** Returns false if it was not there. */
    boolean remove(AttemptRun run) {
        boolean known = runs.remove(run.job.id(), run);
        if (known) {
            bytes -= run.lastingBytes();
            memory.add(-run.lastingBytes());
        }
        return known;
    }
}
