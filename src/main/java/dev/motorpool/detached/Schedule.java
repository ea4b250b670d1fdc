package dev.motorpool.detached;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The thread that does what is due: from {@link #start} to {@link #close}. */
final class Schedule implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Schedule.class);
    private static final Duration LONGEST = Duration.ofSeconds(1);

    /** Does what is due, and says when it is to be called again. */
    @FunctionalInterface
    interface Duties {
        Instant perform(Instant now);
    }

    private final Clock clock;
    private final Duties duties;
    private final Thread thread =
            Thread.ofPlatform().daemon().name("motorpool-schedule").unstarted(this::run);

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition wake = lock.newCondition();

    /** The earliest moment that somebody has asked for since the duties were performed. */
    @GuardedBy("lock")
    private Instant asked = Instant.MAX;

    @GuardedBy("lock")
    private boolean closed;

    Schedule(Clock clock, Duties duties) {
        this.clock = clock;
        this.duties = duties;
    }

    void start() {
        thread.start();
    }

    /** Something will be due at this moment. Any thread may say so. */
    void wakeBy(Instant moment) {
        lock.lock();
        try {
            if (moment.isBefore(asked)) {
                asked = moment;
                wake.signal();
            }
        } finally {
            lock.unlock();
        }
    }

    private void run() {
        while (true) {
            Instant now = clock.instant();
            Instant next;
            try {
                next = duties.perform(now);
            } catch (RuntimeException | Error defect) {
                LOG.error("What is due could not be done", defect);
                next = now.plus(LONGEST);
            }
            if (!await(next)) {
                return;
            }
        }
    }

    /** Waits for that moment, or an earlier one that is asked for, at most a second; false once closed. */
    private boolean await(Instant next) {
        lock.lock();
        try {
            Instant latest = clock.instant().plus(LONGEST);
            while (!closed) {
                Instant first = asked.isBefore(next) ? asked : next;
                Instant until = first.isBefore(latest) ? first : latest;
                Instant now = clock.instant();
                // What was due centuries ago has no length in nanoseconds.
                if (!until.isAfter(now)) {
                    asked = Instant.MAX;
                    return true;
                }
                wake.await(Duration.between(now, until).toNanos(), TimeUnit.NANOSECONDS);
            }
            return false;
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
