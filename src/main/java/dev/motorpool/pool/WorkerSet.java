package dev.motorpool.pool;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The workers of a pool by phase, in the order of their start. Guarded by the pool's lock. */
final class WorkerSet {

    private final Map<String, Worker> workers = new LinkedHashMap<>();
    private int ready;
    /** Whether a change may require more or fewer workers. */
    private boolean unsettled = true;

    Collection<Worker> all() {
        return workers.values();
    }

    boolean isEmpty() {
        return workers.isEmpty();
    }

    @Nullable
    Worker find(String id) {
        return workers.get(id);
    }

    void add(Worker worker) {
        workers.put(worker.id, worker);
    }

    void becameReady(Worker worker) {
        worker.phase = Worker.Phase.READY;
        ready++;
        unsettled = true;
    }

    void stopping(Worker worker) {
        if (worker.phase == Worker.Phase.READY) {
            ready--;
        }
        worker.phase = Worker.Phase.STOPPING;
        unsettled = true;
    }

    void gone(Worker worker) {
        worker.phase = Worker.Phase.GONE;
        workers.remove(worker.id);
        unsettled = true;
    }

    /** Whether a worker other than this one is ready. */
    boolean othersReady(Worker worker) {
        return ready > (worker.phase == Worker.Phase.READY ? 1 : 0);
    }

    int starting() {
        int count = 0;
        for (Worker worker : workers.values()) {
            if (worker.phase == Worker.Phase.STARTING) {
                count++;
            }
        }
        return count;
    }

    /** Threads that ignored their interrupt. */
    int stuck() {
        int sum = 0;
        for (Worker worker : workers.values()) {
            sum += worker.stuck;
        }
        return sum;
    }

    /** Whether a worker holds a call that has no outcome yet. */
    boolean holdsCalls() {
        for (Worker worker : workers.values()) {
            for (QueuedCall call : worker.held.values()) {
                if (call.state != QueuedCall.State.ENDED) {
                    return true;
                }
            }
        }
        return false;
    }

    /** Notes that the pool may need more or fewer workers. */
    void unsettle() {
        unsettled = true;
    }

    /** Whether the pool may need more or fewer workers. Clears the note. */
    boolean takeUnsettled() {
        boolean was = unsettled;
        unsettled = false;
        return was;
    }
}
