package dev.motorpool.detached.store;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A thread that performs timed duties, from {@link #start} to {@link #close}. */
public final class Schedule implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Schedule.class);
    private static final Duration LONGEST = Duration.ofSeconds(1);

    /** Performs what is due, and returns when it has to be called again. */
    @FunctionalInterface
    public interface Duties {
        Instant perform(Instant now);
    }

    private final Clock clock;
    private final Duties duties;
    private final Thread thread =
            Thread.ofPlatform().daemon().name("motorpool-schedule").unstarted(this::run);

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition wake = lock.newCondition();

    /**
     * When the duties are performed next, in the time of {@link System#nanoTime}. The remaining time is computed when a
     * moment is passed in, and is at most a second, so that the effect of a wrong clock is corrected after a second.
     */
    @GuardedBy("lock")
    private long wakeAt;

    @GuardedBy("lock")
    private boolean closed;

    public Schedule(Clock clock, Duties duties) {
        this.clock = clock;
        this.duties = duties;
    }

    public void start() {
        thread.start();
    }

    /** Something will be due at this moment. Callable by any thread. */
    public void wakeBy(Instant moment) {
        long at = System.nanoTime() + nanosUntil(moment);
        lock.lock();
        try {
            if (at - wakeAt < 0) {
                wakeAt = at;
                wake.signal();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Time until this moment, at most a second. */
    private long nanosUntil(Instant moment) {
        Instant now = clock.instant();
        if (!moment.isAfter(now)) {
            return 0;
        }
        return moment.isBefore(now.plus(LONGEST))
                ? Duration.between(now, moment).toNanos()
                : LONGEST.toNanos();
    }

    private void run() {
        while (true) {
            lock.lock();
            try {
                wakeAt = System.nanoTime() + LONGEST.toNanos();
            } finally {
                lock.unlock();
            }
            try {
                wakeBy(duties.perform(clock.instant()));
            } catch (RuntimeException | Error defect) {
                LOG.error("Processing due jobs failed", defect);
            }
            if (!await()) {
                return;
            }
        }
    }

    /** Waits until the duties have to be performed again; false once closed. */
    private boolean await() {
        lock.lock();
        try {
            for (long nanos = wakeAt - System.nanoTime(); nanos > 0 && !closed; nanos = wakeAt - System.nanoTime()) {
                long _ = wake.awaitNanos(nanos);
            }
            return !closed;
        } catch (InterruptedException stop) {
            return false;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            wake.signal();
        } finally {
            lock.unlock();
        }
        if (thread.getState() == Thread.State.NEW) {
            return;
        }
        try {
            thread.join(Duration.ofSeconds(10));
        } catch (InterruptedException hurry) {
            Thread.currentThread().interrupt();
        }
    }
}
