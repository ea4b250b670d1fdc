package dev.motorpool.pool;

import dev.motorpool.pool.settings.PoolKind;
import dev.motorpool.pool.settings.PoolSettings;
import java.util.ArrayDeque;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/** The slots of a pool: which are taken, and which worker's free slot is next. Guarded by the pool's lock. */
final class Slots {

    private PoolSettings settings;
    /** Workers with a free slot, the longest idle first; may include some whose slots were taken since. */
    private final ArrayDeque<Worker> open = new ArrayDeque<>();

    private int busy;

    Slots(PoolSettings settings) {
        this.settings = settings;
    }

    void change(PoolSettings changed) {
        settings = changed;
    }

    /** Taken slots, without those of stuck threads and of workers being killed. */
    int busy() {
        return busy;
    }

    /** Removes and returns the worker whose free slot is next, or null. {@link #offer} adds it again. */
    @Nullable
    Worker takeOpen() {
        if (busy >= settings.slots()) {
            return null;
        }
        for (Worker worker = next(); worker != null; worker = next()) {
            worker.open = false;
            if (hasRoom(worker)) {
                return worker;
            }
        }
        return null;
    }

    /** The longest idle worker; where idle ones end, the one that was idle for the shortest time. */
    private @Nullable Worker next() {
        return settings.onDemand() ? open.pollLast() : open.pollFirst();
    }

    /** Whether a worker has a free slot. */
    boolean anyOpen() {
        if (busy < settings.slots()) {
            for (Worker worker : open) {
                if (hasRoom(worker)) {
                    return true;
                }
            }
        }
        return false;
    }

    /** Adds the worker to those with a free slot, if it has one. */
    void offer(Worker worker) {
        if (!worker.open && hasRoom(worker)) {
            worker.open = true;
            open.addLast(worker);
        }
    }

    /** The worker has ended. */
    void forget(Worker worker) {
        if (worker.open) {
            worker.open = false;
            open.remove(worker);
        }
    }

    /** Slots that could take a call now: free ones of workers that are ready. */
    int idle(Collection<Worker> workers) {
        long room = 0;
        for (Worker worker : workers) {
            room += room(worker);
        }
        return (int) Math.max(0, Math.min(room, settings.slots() - busy));
    }

    private boolean hasRoom(Worker worker) {
        return room(worker) > 0;
    }

    /** How many calls the worker could take now. */
    private int room(Worker worker) {
        if (!worker.takesCalls()) {
            return 0;
        }
        int slots = settings.kind() == PoolKind.PROCESS ? worker.shape.slots() : settings.size();
        return Math.max(0, Math.min(slots - (worker.held.size() - worker.stuck), allowance(worker)));
    }

    /** Whether {@code max_tasks_per_child} leaves the worker another call. */
    boolean mayTakeMore(Worker worker) {
        return allowance(worker) > 0;
    }

    /** How many calls {@code max_tasks_per_child} leaves the worker. */
    int allowance(Worker worker) {
        Integer most = settings.maxTasksPerChild();
        return most == null ? Integer.MAX_VALUE : (int) Math.max(0, most - worker.assigned);
    }

    /**
     * Whether the worker has had its maximum of calls. If slots share a process, calls count when they are sent, so
     * that the successor can start. Otherwise they count when they are done, since those sent ahead may still come
     * back.
     */
    boolean spent(Worker worker) {
        Integer most = settings.maxTasksPerChild();
        return most != null && (worker.sequential ? worker.finished : worker.assigned) >= most;
    }

    /** Whether each worker runs its calls one after another, so that calls may be sent ahead. */
    boolean sequential() {
        return settings.sequential();
    }

    /** The call takes a slot of the worker. */
    void occupy(Worker worker, QueuedCall call) {
        if (!call.holdsSlot && worker.phase == Worker.Phase.READY) {
            call.holdsSlot = true;
            busy++;
        }
    }

    /** The call releases its slot. */
    void release(QueuedCall call) {
        if (call.holdsSlot) {
            call.holdsSlot = false;
            busy--;
        }
    }
}
