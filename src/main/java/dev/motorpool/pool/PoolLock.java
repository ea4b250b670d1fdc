package dev.motorpool.pool;

import dev.motorpool.pool.timer.Timers;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The lock of one pool. Each event (a call, a report, a timer) is handled in a turn: it decides under the lock, and the
 * pool settles (starts workers, starts calls). Only after the lock is released are waiters woken and metrics reported.
 * So no decision sees the state of an unfinished one, and no woken thread can hold up the pool.
 */
final class PoolLock {

    private static final Logger LOG = LoggerFactory.getLogger(PoolLock.class);
    private static final int SPINS = 100;

    private final ReentrantLock lock = new ReentrantLock();
    private final Timers timers;
    private final Runnable settle;
    /** Guarded by lock. */
    private List<Runnable> aftermath = new ArrayList<>();

    PoolLock(Timers timers, Runnable settle) {
        this.timers = timers;
        this.settle = settle;
    }

    /** What is decided under the lock. */
    @FunctionalInterface
    interface Decision<T, E extends Exception> {
        T make() throws E;
    }

    void take(Runnable decision) {
        boolean _ = decide(() -> {
            decision.run();
            return true;
        });
    }

    /** Takes a turn; the result of the decision, also where it is a refusal. */
    <T, E extends Exception> T decide(Decision<T, E> decision) throws E {
        List<Runnable> after = List.of();
        enter();
        try {
            try {
                return decision.make();
            } finally {
                settle.run();
            }
        } finally {
            // Never the list itself: the next turn may already be adding to it.
            if (!aftermath.isEmpty()) {
                after = aftermath;
                aftermath = new ArrayList<>();
            }
            lock.unlock();
            after.forEach(PoolLock::perform);
        }
    }

    /** A failure must not keep the other actions from being done: each may complete a call that somebody waits for. */
    private static void perform(Runnable action) {
        try {
            action.run();
        } catch (Throwable defect) {
            LOG.error("An effect of a decision failed", defect);
        }
    }

    /** Most turns last about a microsecond; parking a virtual thread with a request on its stack takes several. */
    private void enter() {
        for (int i = 0; i < SPINS; i++) {
            if (lock.tryLock()) {
                return;
            }
            Thread.onSpinWait();
        }
        lock.lock();
    }

    /** Runs the decision in a turn after this time. */
    Timers.Timer after(long nanos, Runnable decision) {
        return timers.after(nanos, () -> take(decision));
    }

    /** As {@link #after}, by {@link Timers#activeNanos}: for time limits of other processes. */
    Timers.Timer afterActive(long nanos, Runnable decision) {
        return timers.afterActive(nanos, () -> take(decision));
    }

    /** Runs the action after the lock is released; only within a turn. */
    void afterwards(Runnable action) {
        aftermath.add(action);
    }

    long nanoTime() {
        return timers.nanoTime();
    }

    /** See {@link Timers#activeNanos}. */
    long activeNanos() {
        return timers.activeNanos();
    }

    /** Milliseconds since the epoch. */
    long millis() {
        return timers.millis();
    }

    /** The time of day. */
    Instant instant() {
        return Instant.ofEpochMilli(timers.millis());
    }

    /** Reads under the lock without a change. */
    <T extends @Nullable Object> T read(java.util.function.Supplier<T> reading) {
        enter();
        try {
            return reading.get();
        } finally {
            lock.unlock();
        }
    }

    ReentrantLock lock() {
        return lock;
    }

    Condition condition() {
        return lock.newCondition();
    }
}
