package dev.motorpool.pool.timer;

import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** The clocks and timers of the pools; tests inject their own. */
public interface Timers extends AutoCloseable {

    /** A monotonic clock in nanoseconds, comparable only with itself. */
    long nanoTime();

    /** Milliseconds since the epoch. */
    long millis();

    /**
     * A clock as {@link #nanoTime} that stands still while this process does: stopped, frozen, or held up by a long
     * garbage collection. Time limits of other processes are measured by it.
     */
    long activeNanos();

    /** Runs the action once, after this time, on a thread that must not be held up. */
    Timer after(long nanos, Runnable action);

    /** As {@link #after}, by {@link #activeNanos}. */
    default Timer afterActive(long nanos, Runnable action) {
        return ActiveTimer.start(this, nanos, action);
    }

    @Override
    void close();

    /** A pending action. */
    @FunctionalInterface
    interface Timer {
        /** Cancels the action, unless it already has begun. */
        void cancel();
    }

    /** The real clock and one thread. */
    static Timers real() {
        ScheduledThreadPoolExecutor executor = new ScheduledThreadPoolExecutor(
                1, Thread.ofPlatform().daemon().name("motorpool-timers").factory());
        executor.setRemoveOnCancelPolicy(true);
        // Started now, while there are threads: a timer that could not be set would leave a wait without an end.
        executor.prestartCoreThread();
        ActiveClock active = new ActiveClock(System.nanoTime());
        long interval = ActiveClock.INTERVAL.toNanos();
        ScheduledFuture<?> _ = executor.scheduleWithFixedDelay(
                () -> active.read(System.nanoTime()), interval, interval, TimeUnit.NANOSECONDS);
        return new Timers() {
            @Override
            public long nanoTime() {
                return System.nanoTime();
            }

            @Override
            public long millis() {
                return System.currentTimeMillis();
            }

            @Override
            public long activeNanos() {
                return active.read(System.nanoTime());
            }

            @Override
            public Timer after(long nanos, Runnable action) {
                try {
                    ScheduledFuture<?> future = executor.schedule(action, nanos, TimeUnit.NANOSECONDS);
                    return () -> future.cancel(false);
                } catch (RejectedExecutionException closed) {
                    return () -> {};
                }
            }

            @Override
            public void close() {
                executor.shutdownNow();
            }
        };
    }
}
