package dev.motorpool.pool;

import dev.motorpool.pool.timer.Timers;
import dev.motorpool.wire.Message;
import java.time.Duration;
import java.util.ArrayDeque;

/**
 * Delays decisions about a worker's calls until everything was read that the worker has reported so far: its answer to
 * a ping comes after it. Guarded by the pool's lock.
 */
final class ReportBarrier {

    /** How long an answer may take; a worker that is frozen gives none. */
    static final long MOST_NANOS = Duration.ofSeconds(1).toNanos();

    private static final class Pending {
        final long ping;
        final Runnable decision;
        boolean made;

        Pending(long ping, Runnable decision) {
            this.ping = ping;
            this.decision = decision;
        }

        void make() {
            if (!made) {
                made = true;
                decision.run();
            }
        }
    }

    private final Worker worker;
    private final ArrayDeque<Pending> pending = new ArrayDeque<>();
    private long pings;
    private long pongs;

    ReportBarrier(Worker worker) {
        this.worker = worker;
    }

    /** Sends a ping. */
    void ping() {
        pings++;
        worker.link().send(new Message.Ping());
    }

    /** The worker has answered a ping. */
    void ponged() {
        pongs++;
        while (!pending.isEmpty() && pending.peek().ping <= pongs) {
            pending.remove().make();
        }
    }

    /** Makes a decision once, when all present reports were read; at once if the worker answers no pings. */
    void decide(PoolLock lock, Runnable decision) {
        if (!worker.pings || worker.phase != Worker.Phase.READY) {
            decision.run();
            return;
        }
        ping();
        Pending next = new Pending(pings, decision);
        pending.add(next);
        Timers.Timer _ = lock.afterActive(MOST_NANOS, next::make);
    }
}
