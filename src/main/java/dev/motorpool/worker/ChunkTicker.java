package dev.motorpool.worker;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Checks every millisecond the chunks that hold back reports. One thread, which starts with the first chunk, sleeps
 * while there is nothing to check, and ends with the process.
 */
final class ChunkTicker implements Runnable {

    private static final long TICK_NANOS = 1_000_000;

    /** After this many ticks with nothing to check the thread sleeps until it is woken. */
    private static final int IDLE_TICKS = 20;

    private final Set<ChunkRun> watched = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean started = new AtomicBoolean();

    /** The thread, while only {@link #watch} can wake it. */
    private volatile @Nullable Thread sleeper;

    /** Checks the run until its {@link ChunkRun#tick} returns false. */
    void watch(ChunkRun run) {
        watched.add(run);
        if (!started.get() && started.compareAndSet(false, true)) {
            Thread thread = new Thread(null, this, "ticker", 128 * 1024, false);
            thread.setDaemon(true);
            thread.start();
        }
        Thread sleeping = sleeper;
        if (sleeping != null) {
            sleeper = null;
            LockSupport.unpark(sleeping);
        }
    }

    @Override
    public void run() {
        int idle = 0;
        while (true) {
            if (idle < IDLE_TICKS) {
                LockSupport.parkNanos(this, TICK_NANOS);
            } else {
                sleeper = Thread.currentThread();
                // A watching thread looks for a sleeper after it has added its run: one of the two sees the other.
                if (watched.isEmpty()) {
                    LockSupport.park(this);
                }
                sleeper = null;
                idle = 0;
            }
            idle = watched.isEmpty() ? idle + 1 : 0;
            for (ChunkRun run : watched) {
                look(run);
            }
        }
    }

    /** Removed before the check: a run that asks to be watched meanwhile stays. */
    private void look(ChunkRun run) {
        watched.remove(run);
        if (run.tick()) {
            watched.add(run);
        }
    }
}
