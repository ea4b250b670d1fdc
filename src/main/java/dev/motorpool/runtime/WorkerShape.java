package dev.motorpool.runtime;

/**
 * What a worker process must hold.
 *
 * @param slots calls that may run in it at once, at least 1
 * @param virtual whether a slot is a virtual thread
 * @param isolation what it is confined by
 */
public record WorkerShape(int slots, boolean virtual, Isolation isolation) {

    /** A worker that is not confined. */
    public WorkerShape(int slots, boolean virtual) {
        this(slots, virtual, Isolation.NONE);
    }

    /** How the slots lie in the process, as a worker is told. */
    String kind() {
        if (virtual) {
            return "coroutine";
        }
        return slots == 1 ? "process" : "thread";
    }
}
