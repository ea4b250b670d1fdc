package dev.motorpool.pool;

import java.time.Instant;

/**
 * Hears of a detached call: one that its pool holds on behalf of the store. Called without locks and by several threads,
 * at times at once, so that {@link #started} may come after {@link #ended}; must not block.
 */
public interface CallListener {

    /**
     * The call has its slot. Told again if a worker gave the call back before it ran it.
     *
     * @param queueNanos nanoseconds from its submission to the pool
     */
    void started(Instant at, long queueNanos, String workerId, long pid);

    /** How far it says it is: {@code done} of {@code total} units. */
    void progress(long done, long total, String message);

    /** It has printed this. */
    void output(String text);

    /** Its outcome; told once, unless it is withdrawn. */
    void ended(Outcome outcome);
}
