package dev.motorpool.pool;

import dev.motorpool.pool.process.ProcessTable;
import dev.motorpool.pool.process.ResidentMemory;
import dev.motorpool.pool.timer.Timers;
import dev.motorpool.runtime.Spawner;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Kills workers above {@code memory_limit}. Checks five times a second the resident memory of each worker and its
 * descendants, while the pool has a limit and workers. Guarded by the pool's lock. The system's figures are read
 * without the lock and on a separate thread, since with many workers that takes longer than a timer may.
 */
final class MemoryWatch {

    private static final long LOOK_NANOS = Duration.ofMillis(200).toNanos();

    private final PoolLock lock;
    private final Timers timers;
    private final Spawner spawner;
    private final WorkerScaler scaler;
    private final WorkerSet workerSet;
    private final WorkerTermination termination;
    /** Whether a check is scheduled. */
    private boolean watching;

    MemoryWatch(
            PoolLock lock,
            Timers timers,
            Spawner spawner,
            WorkerScaler scaler,
            WorkerSet workerSet,
            WorkerTermination termination) {
        this.lock = lock;
        this.timers = timers;
        this.spawner = spawner;
        this.scaler = scaler;
        this.workerSet = workerSet;
        this.termination = termination;
    }

    /** Schedules a check if one is needed. */
    void settle() {
        if (!watching && scaler.settings().memoryLimit() != null && !workerSet.isEmpty()) {
            watching = true;
            timers.after(LOOK_NANOS, this::begin);
        }
    }

    private void begin() {
        try {
            spawner.start(
                    Thread.ofPlatform().daemon().name("motorpool-memory-watch").unstarted(this::look));
        } catch (Throwable noThread) {
            lock.take(() -> watching = false);
        }
    }

    private void look() {
        Map<String, Long> resident = new LinkedHashMap<>();
        try {
            measure(resident);
        } finally {
            lock.take(() -> judge(resident));
        }
    }

    private void measure(Map<String, Long> resident) {
        Map<String, Long> workers = lock.read(this::processes);
        ProcessTable table = ProcessTable.read();
        workers.forEach((id, pid) -> {
            Long own = ResidentMemory.of(pid);
            if (own != null) {
                long bytes = own;
                for (Long child : table.family(pid)) {
                    Long more = ResidentMemory.of(child);
                    bytes += more == null ? 0 : more;
                }
                resident.put(id, bytes);
            }
        });
    }

    private void judge(Map<String, Long> resident) {
        watching = false;
        Long limit = scaler.settings().memoryLimit();
        resident.forEach((id, bytes) -> {
            Worker worker = workerSet.find(id);
            if (limit != null && worker != null && bytes > limit) {
                termination.kill(worker, StopReason.memory(limit, bytes));
            }
        });
    }

    private Map<String, Long> processes() {
        Map<String, Long> pids = new LinkedHashMap<>();
        for (Worker worker : workerSet.all()) {
            if (worker.handle != null) {
                pids.put(worker.id, worker.handle.pid());
            }
        }
        return pids;
    }
}
