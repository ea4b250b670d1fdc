package dev.motorpool.pool;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Readings of a pool's current state. Thread-safe. */
public interface PoolGauges {

    /** The pool as it is now; cheap. */
    PoolView view();

    /** How many of its workers are in each {@link WorkerView#state}. */
    Map<String, Integer> workerStates();

    /** Slots that could take a call now; none if no worker is ready. */
    int idleSlots();

    /** When the call that has waited longest in memory arrived; null if none waits. */
    @Nullable
    Instant oldestWaiting();

    /** Resource usage of its workers' processes where the system has {@code /proc}; costs a few system calls each. */
    List<WorkerUsage> usage();
}
