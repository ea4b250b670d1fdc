package dev.motorpool.pool;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What can be read of a pool at any moment; each answer is of the moment of asking. Safe for all threads. */
public interface PoolGauges {

    /** The pool as it is now; cheap. */
    PoolView view();

    /** How many of its workers are in each {@link WorkerView#state}. */
    Map<String, Integer> workerStates();

    /** Slots that could take a call now: none where no worker is ready. */
    int idleSlots();

    /** When the call came that waits longest in memory; null if none waits. */
    @Nullable
    Instant oldestWaiting();

    /** What the processes of its workers take, where the system tells ({@code /proc}); a few system calls each. */
    List<WorkerUsage> usage();
}
