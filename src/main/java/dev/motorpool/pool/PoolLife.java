package dev.motorpool.pool;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The life cycle of a pool: what was decided for the whole pool, its resulting state, and what it refuses. A pool is
 * open, perhaps paused, until it is closed or terminated; both are final. Guarded by the pool's lock.
 */
final class PoolLife {

    private final String name;
    private final StartBackoff backoff;

    /** Since when it is paused, or null. */
    private @Nullable Instant pausedAt;

    private boolean closed;
    private boolean terminated;
    /** Why the service takes no calls any more, or null. */
    private @Nullable String unavailable;

    PoolLife(String name, StartBackoff backoff) {
        this.name = name;
        this.backoff = backoff;
    }

    boolean closed() {
        return closed;
    }

    void pause(Instant now) {
        pausedAt = pausedAt == null ? now : pausedAt;
    }

    void resume() {
        pausedAt = null;
    }

    /** Finishes the calls that it has, even if it was paused. */
    void close() {
        closed = true;
        pausedAt = null;
    }

    void terminate() {
        closed = true;
        terminated = true;
    }

    void stop(String reason) {
        unavailable = reason;
    }

    /** @param onDemand whether it has no workers until calls need them */
    PoolState state(boolean onDemand) {
        if (terminated) {
            return PoolState.TERMINATED;
        }
        if (closed) {
            return PoolState.CLOSED;
        }
        if (backoff.brokenBy() != null) {
            return PoolState.BROKEN;
        }
        if (pausedAt != null) {
            return PoolState.PAUSED;
        }
        return onDemand || backoff.everReady() ? PoolState.RUNNING : PoolState.STARTING;
    }

    /** Why it is broken, or null. */
    @Nullable
    String reason() {
        return closed ? null : backoff.brokenBy();
    }

    /** Since when it is broken or else paused, or null. */
    @Nullable
    Instant since() {
        if (closed) {
            return null;
        }
        Instant broken = backoff.brokenAt();
        return broken == null ? pausedAt : broken;
    }

    /** Why the pool takes no call now, or null. */
    @Nullable
    RefusedException refusal() {
        RefusedException refused = detachedRefusal();
        String broken = backoff.brokenBy();
        return refused != null || broken == null
                ? refused
                : new RefusedException(RefusedException.Cause.BROKEN, broken, null);
    }

    /** Why the pool takes no new detached job, or null. In a broken pool a detached job waits. */
    @Nullable
    RefusedException detachedRefusal() {
        if (unavailable != null) {
            return new RefusedException(RefusedException.Cause.UNAVAILABLE, unavailable, null);
        }
        return closed ? closedRefusal() : null;
    }

    /** The failure of every call once the pool is at its end; null while it still runs some. */
    @Nullable
    Failure over() {
        if (terminated) {
            return new Failure.Cancelled();
        }
        return unavailable == null ? null : new Failure.Unavailable(unavailable);
    }

    /** The refusal of operations that need an open pool. */
    RefusedException closedRefusal() {
        return new RefusedException(
                RefusedException.Cause.CLOSED,
                "pool '" + name + "' is " + (terminated ? "terminated" : "closed") + " and takes no calls",
                null);
    }
}
