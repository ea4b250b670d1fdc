package dev.motorpool.pool;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Kills workers above {@code memory_limit}: looks five times a second at the resident memory of each worker and of all that
 * it has started, as long as the
 * pool has a limit and workers. Guarded by the pool's lock, but reads the system's figures without it, and on a thread
 * of its own, since with many workers that takes longer than a timer may.
 */
final class MemoryWatch {

    private static final long LOOK_NANOS = Duration.ofMillis(200).toNanos();

    private final Turn turn;
    private final Timers timers;
    private final Spawner spawner;
    private final Crew crew;
    private final Roster roster;
    private final Departures departures;
    /** Whether a look is due. */
    private boolean watching;

    MemoryWatch(Turn turn, Timers timers, Spawner spawner, Crew crew, Roster roster, Departures departures) {
        this.turn = turn;
        this.timers = timers;
        this.spawner = spawner;
        this.crew = crew;
        this.roster = roster;
        this.departures = departures;
    }

    /** Makes sure that there will be a look if there should be one. */
    void settle() {
        if (!watching && crew.settings().memoryLimit() != null && !roster.isEmpty()) {
            watching = true;
            timers.after(LOOK_NANOS, this::begin);
        }
    }

    private void begin() {
        try {
            spawner.start(
                    Thread.ofPlatform().daemon().name("motorpool-memory-watch").unstarted(this::look));
        } catch (Throwable noThread) {
            turn.take(() -> watching = false);
        }
    }

    private void look() {
        Map<String, Long> resident = new LinkedHashMap<>();
        try {
            measure(resident);
        } finally {
            turn.take(() -> judge(resident));
        }
    }

    private void measure(Map<String, Long> resident) {
        Map<String, Long> workers = turn.read(this::processes);
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
        Long limit = crew.settings().memoryLimit();
        resident.forEach((id, bytes) -> {
            Worker worker = roster.find(id);
            if (limit != null && worker != null && bytes > limit) {
                departures.kill(worker, Ending.memory(limit, bytes));
            }
        });
    }

    private Map<String, Long> processes() {
        Map<String, Long> pids = new LinkedHashMap<>();
        for (Worker worker : roster.all()) {
            if (worker.handle != null) {
                pids.put(worker.id, worker.handle.pid());
            }
        }
        return pids;
    }
}
