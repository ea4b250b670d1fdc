package dev.motorpool.pool;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Decides when a pool may start workers, and whether it is broken. Guarded by the pool's lock.
 *
 * <p>After a failed round of starts, workers are tried one at a time, after 0.1 s, 0.2 s, 0.4 s ... up to 15 s. The
 * third failure in a row without a ready worker breaks the pool. The first success heals it.
 */
final class StartBackoff {

    private static final int TRIES = 3;
    private static final long FIRST_PAUSE_NANOS = Duration.ofMillis(100).toNanos();
    private static final long LONGEST_PAUSE_NANOS = Duration.ofSeconds(15).toNanos();

    private final PoolLock lock;
    /** Failed rounds in a row. */
    private int failures;
    /** When the current round began; failures of workers that were started before do not count again. */
    private long roundNanos;

    private long nextNanos;
    private @Nullable String brokenBy;
    private @Nullable Instant brokenAt;
    /** The worker whose failure broke the pool. */
    private @Nullable Worker breaker;

    private boolean everReady;

    StartBackoff(PoolLock lock) {
        this.lock = lock;
        begin();
    }

    /** Resets the failures: all missing workers may start at once. */
    void begin() {
        failures = 0;
        nextNanos = lock.nanoTime();
        roundNanos = nextNanos;
    }

    /** A worker is ready. Returns whether that heals the pool. */
    boolean succeeded(Worker worker) {
        worker.failuresBefore = failures;
        begin();
        roundNanos = worker.readyNanos;
        boolean heals = brokenBy != null;
        brokenBy = null;
        brokenAt = null;
        breaker = null;
        everReady = true;
        return heals;
    }

    /**
     * A round has failed, which counts once, however many of its workers fail. Returns whether that breaks the pool.
     */
    boolean failed(Worker worker, String reason, boolean othersReady) {
        long since = worker.failuresBefore >= 0 ? worker.readyNanos : worker.startedNanos;
        if (since - roundNanos < 0) {
            return false;
        }
        failures = Math.max(failures, worker.failuresBefore) + 1;
        long pause = Math.min(LONGEST_PAUSE_NANOS, FIRST_PAUSE_NANOS << Math.min(failures - 1, 20));
        nextNanos = lock.nanoTime() + pause;
        roundNanos = nextNanos;
        if (failures < TRIES || othersReady) {
            return false;
        }
        boolean breaks = brokenBy == null;
        brokenBy = reason;
        brokenAt = breaks ? lock.instant() : brokenAt;
        breaker = worker;
        return breaks;
    }

    /** Adds the failed worker's output to the reason, which is decided before the output was read to the end. */
    void explain(Worker worker, String lastWords) {
        if (brokenBy != null && worker.equals(breaker) && !lastWords.isEmpty()) {
            breaker = null;
            brokenBy = brokenBy + "; its last words: " + lastWords;
        }
    }

    /** Whether the last round failed, so that only one worker may be tried, after {@link #untilNext}. */
    boolean afterFailure() {
        return failures > 0;
    }

    Duration untilNext() {
        return Duration.ofNanos(Math.max(0, nextNanos - lock.nanoTime()));
    }

    /** Why no worker can start, or null. */
    @Nullable
    String brokenBy() {
        return brokenBy;
    }

    /** Since when no worker can start, or null. */
    @Nullable
    Instant brokenAt() {
        return brokenAt;
    }

    boolean everReady() {
        return everReady;
    }
}
