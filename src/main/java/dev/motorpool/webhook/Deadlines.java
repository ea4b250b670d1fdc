package dev.motorpool.webhook;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.apache.hc.core5.concurrent.Cancellable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Enforces the time limits of requests. One thread checks all requests under way several times a second and cancels the
 * late ones. So a receiver that answers slowly has no more time than a silent one, and a request in time costs only an
 * entry.
 */
final class Deadlines implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Deadlines.class);
    private static final long TICK_MILLIS = 100;
    private static final int TICKS_BETWEEN_CHORES = 50;

    private final long nanos;
    private final Runnable chores;
    private final Set<Deadline> underWay = ConcurrentHashMap.newKeySet();
    private final Thread thread =
            Thread.ofPlatform().daemon().name("motorpool-webhook-deadlines").unstarted(this::run);

    /** Set once, by {@link #close}. */
    private volatile boolean closed;

    /** @param chores runs every few seconds on the same thread */
    Deadlines(Duration limit, Runnable chores) {
        this.nanos = limit.toNanos();
        this.chores = chores;
        thread.start();
    }

    /** The deadline of one request, made by the thread that sends it. */
    final class Deadline implements AutoCloseable {
        private final Cancellable request;
        private final long end;
        private final Thread sender = Thread.currentThread();

        /** Whether the request is over, and its thread does something else. Guarded by this object's monitor. */
        private boolean over;

        /** Set once, by the thread that cancels. */
        private volatile boolean passed;

        private Deadline(Cancellable request, long end) {
            this.request = request;
            this.end = end;
        }

        /** Whether the request was cancelled, or is by now. */
        boolean passed() {
            return passed;
        }

        /** Cancelling ends one wait. The interruption ends the next one, such as for another address. */
        private void cancel() {
            passed = true;
            try {
                boolean _ = request.cancel();
            } finally {
                interrupt();
            }
        }

        private synchronized void interrupt() {
            if (!over) {
                sender.interrupt();
            }
        }

        /** The request is over. Called by the thread that has sent it. */
        @Override
        public void close() {
            underWay.remove(this);
            synchronized (this) {
                over = true;
            }
            if (passed) {
                boolean _ = Thread.interrupted(); // meant for the request
            }
        }
    }

    /** When the time of a try that begins now is over, by {@link System#nanoTime}. */
    long endOfTry() {
        return System.nanoTime() + nanos;
    }

    /** @param end when it is cancelled, from {@link #endOfTry} */
    Deadline begin(Cancellable request, long end) {
        Deadline deadline = new Deadline(request, end);
        underWay.add(deadline);
        if (closed) {
            deadline.cancel();
        }
        return deadline;
    }

    private void run() {
        try {
            for (int tick = 1; !closed; tick++) {
                TimeUnit.MILLISECONDS.sleep(TICK_MILLIS);
                cancelLate();
                if (tick % TICKS_BETWEEN_CHORES == 0) {
                    attempt(chores);
                }
            }
        } catch (InterruptedException stop) {
            // closed
        }
    }

    private void cancelLate() {
        long now = System.nanoTime();
        for (Deadline deadline : underWay) {
            if (now - deadline.end >= 0) {
                attempt(deadline::cancel);
            }
        }
    }

    /** Without this thread no request would ever end, so it survives any failure. */
    private static void attempt(Runnable work) {
        try {
            work.run();
        } catch (RuntimeException | Error defect) {
            LOG.error("Cannot end a request or close idle connections", defect);
        }
    }

    /** Cancels all requests under way, and ends the thread. */
    @Override
    public void close() {
        closed = true;
        thread.interrupt();
        underWay.forEach(deadline -> attempt(deadline::cancel));
        try {
            thread.join(Duration.ofSeconds(5));
        } catch (InterruptedException hurry) {
            Thread.currentThread().interrupt();
        }
    }
}
