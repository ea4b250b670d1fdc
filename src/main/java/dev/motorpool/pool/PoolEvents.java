package dev.motorpool.pool;

/**
 * Listens to events of pools, for the metrics and the log. Called outside of all locks; must not block and must not
 * throw.
 */
public interface PoolEvents {

    /**
     * A pool was made.
     *
     * @param gauges readings of the pool from now on
     */
    default void poolMade(String pool, PoolGauges gauges) {}

    /**
     * A call has its outcome.
     *
     * @param outcome {@code succeeded}, {@code failed}, {@code timed_out}, {@code cancelled}, {@code expired},
     *     {@code worker_lost}
     * @param queueNanos time it waited
     * @param runNanos time it ran, -1 if it never started
     */
    default void callEnded(String pool, String function, String outcome, long queueNanos, long runNanos) {}

    /**
     * Items of a map or stream have the same outcome.
     *
     * @param calls how many
     * @param queueNanos average time they waited
     * @param runNanos average time they ran, -1 if they never started
     */
    default void itemsEnded(String pool, String function, String outcome, long calls, long queueNanos, long runNanos) {
        for (long i = 0; i < calls; i++) {
            callEnded(pool, function, outcome, queueNanos, runNanos);
        }
    }

    /** Calls, or items, of a tenant have ended. Called in addition to {@link #callEnded} and {@link #itemsEnded}. */
    default void tenantCallsEnded(String tenant, String outcome, long calls) {}

    /** A call was refused: {@code queue-full}, {@code pool-closed}, {@code pool-broken}, {@code unavailable}. */
    default void callRejected(String pool, String reason) {}

    /** A worker has said hello and run its initializer, {@code nanos} after its spawn. */
    default void workerStarted(String pool, String worker, String runtime, long pid, long nanos) {}

    /** A worker process has ended. */
    default void workerEnded(WorkerEnd end) {}

    /**
     * The pool has become broken.
     *
     * @param worker the worker whose end has broken it
     * @param reason why that worker ended, as in {@link WorkerEnd#reason}
     */
    default void poolBroken(String pool, String worker, String reason) {}

    /** The pool was broken and has a worker again. */
    default void poolHealed(String pool) {}

    /** The pool is forgotten, and its meters may be removed. */
    default void poolRemoved(String pool) {}
}
