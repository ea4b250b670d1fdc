package dev.motorpool.pool.timer;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A timer by {@link Timers#activeNanos}. When it is due by the real clock, it checks whether the process has stood
 * still, or the timer is late. In that case it waits for the rest, so that events of other processes that came in time
 * are handled first.
 */
final class ActiveTimer implements Timers.Timer {

    /** How long it waits beyond the rest after a standstill, whose beginning is not known exactly. */
    private static final long STANDSTILL_NANOS = Duration.ofMillis(250).toNanos();

    /**
     * A timer that is later than this waits once more, for the same time as it was late, up to
     * {@link #STANDSTILL_NANOS}.
     */
    private static final long LATE_NANOS = Duration.ofMillis(10).toNanos();

    /** How often it does so. */
    private static final int MOST_DELAYS = 5;

    private final Timers timers;
    private final Runnable action;
    private final long due;

    /** Guarded by this object's monitor, as is all below. */
    private Timers.@Nullable Timer timer;

    private long dueByRealClock;
    private int delays;
    private boolean over;

    private ActiveTimer(Timers timers, long nanos, Runnable action) {
        this.timers = timers;
        this.action = action;
        this.due = timers.activeNanos() + nanos;
    }

    static ActiveTimer start(Timers timers, long nanos, Runnable action) {
        ActiveTimer started = new ActiveTimer(timers, nanos, action);
        started.arm(nanos);
        return started;
    }

    private synchronized void arm(long nanos) {
        dueByRealClock = timers.nanoTime() + nanos;
        timer = timers.after(nanos, this::expire);
    }

    private void expire() {
        if (isDue()) {
            action.run();
        }
    }

    private synchronized boolean isDue() {
        if (over) {
            return false;
        }
        long rest = due - timers.activeNanos();
        long late = timers.nanoTime() - dueByRealClock;
        if (rest > 0) {
            arm(rest + STANDSTILL_NANOS);
        } else if (late > LATE_NANOS && delays < MOST_DELAYS) {
            delays++;
            arm(Math.min(late, STANDSTILL_NANOS));
        } else {
            over = true;
        }
        return over;
    }

    @Override
    public synchronized void cancel() {
        over = true;
        if (timer != null) {
            timer.cancel();
        }
    }
}
