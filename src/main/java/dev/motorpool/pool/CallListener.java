package dev.motorpool.pool;

import java.time.Instant;

/**
 * Listens to a detached call, which its pool holds on behalf of the store. The methods are called without locks by
 * several threads, sometimes concurrently, so {@link #started} may come after {@link #ended}. They must not block.
 */
public interface CallListener {

    /**
     * The call has its slot. Called again if a worker gave the call back before running it.
     *
     * @param queueNanos nanoseconds from its submission to the pool
     */
    void started(Instant at, long queueNanos, String workerId, long pid);

    /** The call reports its progress: {@code done} of {@code total} units. */
    void progress(long done, long total, String message);

    /** It has printed this. */
    void output(String text);

    /** The call has its outcome. Called once, unless the call is withdrawn. */
    void ended(Outcome outcome);
}
