package dev.motorpool.worker;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.motorpool.wire.FrameCodec;
import dev.motorpool.wire.Message;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The slot of a worker that runs one call at a time, in the order sent.
 *
 * <p>Two threads share the work. The leader reads an order and, if it is a call, runs it itself, so that a short call
 * costs one read and one write and no change of threads. The follower checks every millisecond whether the same call
 * still runs. If so it takes over the reading, so that the end of the stream, a cancellation or a recall is seen during
 * a call. The thread that lost the reading finishes its call and those that were read meanwhile, then follows.
 *
 * <pre>
 *   thread A   read, run, write | read, run ............. write, run next, write | follow ...
 *   thread B   follow ............................| read (queues calls) ........ read, run, write
 * </pre>
 *
 * <p>{@link #turn} holds which thread reads. That thread also owns the reader, {@link #acceptance} and {@link #number}.
 */
final class OneSlot {

    private static final long TICK_NANOS = 1_000_000;

    /** After this many ticks without a call the follower sleeps until the leader wakes it for the next one. */
    private static final int IDLE_TICKS = 20;

    private static final long TAKEN = Long.MIN_VALUE;

    private final FrameCodec.Reader orders;
    private final Reports reports;
    private final Calls calls;
    private final OutputRouter outputRouter;
    private final ProcessExit processExit;
    private final Acceptance acceptance;
    private final ChunkTicker ticker = new ChunkTicker();

    /**
     * n > 0: the leader runs its n-th call, and another thread can take over the reading by setting {@link #TAKEN}.
     * Otherwise the leader reads.
     */
    private final AtomicLong turn = new AtomicLong();

    /** The follower, while only the leader's call can wake it. */
    private volatile @Nullable Thread sleeper;

    /** Calls that the leader has run so far; owned by the leader. */
    private long number;

    /** The running call; written by the thread that runs it before others can see that it does. */
    private volatile @Nullable WorkItem current;

    /** Whether the thread that lost the reading still runs calls. */
    @GuardedBy("this")
    private boolean busy;

    /** Calls that were read while {@link #busy}. */
    @GuardedBy("this")
    private final Deque<WorkItem> waiting = new ArrayDeque<>();

    @GuardedBy("this")
    private boolean stopping;

    OneSlot(
            FrameCodec.Reader orders,
            Acceptance acceptance,
            Reports reports,
            Calls calls,
            OutputRouter outputRouter,
            ProcessExit processExit) {
        this.orders = orders;
        this.reports = reports;
        this.calls = calls;
        this.outputRouter = outputRouter;
        this.processExit = processExit;
        this.acceptance = acceptance;
    }

    /** Works until the process ends, with a second thread and the current one as the first leader. */
    void work() {
        new Follower().start();
        work(true);
    }

    /** A class instead of a lambda, whose linking would cost every worker some milliseconds at its start. */
    private final class Follower extends Thread {
        Follower() {
            super("slot");
        }

        @Override
        public void run() {
            work(false);
        }
    }

    private void work(boolean leads) {
        try {
            if (leads) {
                lead();
            }
            while (true) {
                follow();
                lead();
            }
        } catch (IOException broken) {
            processExit.broken(broken);
        } catch (Throwable defect) {
            // Without one of its threads this process could neither run calls nor notice the end of the service.
            processExit.broken(new IOException("no orders can be followed any more: " + defect, defect));
        }
    }

    /** Reads until another thread has taken over the reading, then runs the remaining calls. */
    private void lead() throws IOException {
        while (true) {
            Message order = orders.read();
            WorkItem workItem = work(order);
            if (workItem != null) {
                acceptance.accept();
                if (!queue(workItem) && !runLeading(workItem)) {
                    runQueued();
                    return;
                }
            } else if (order instanceof Message.Cancel cancel) {
                cancel(cancel);
            } else if (order instanceof Message.Drop drop) {
                takeBack(drop.ids());
            } else if (order instanceof Message.Ping) {
                reports.write(new Message.Pong());
            } else if (order instanceof Message.Stop) {
                stop();
            } else {
                processExit.withoutOrders(order);
            }
        }
    }

    private @Nullable WorkItem work(@Nullable Message order) {
        if (order instanceof Message.Call call) {
            return new CallRun(call, calls, reports, outputRouter);
        }
        return order instanceof Message.Chunk chunk ? new ChunkRun(chunk, calls, reports, ticker, outputRouter) : null;
    }

    /** Queues the call for the busy thread. Returns false if there is none. */
    private synchronized boolean queue(WorkItem workItem) {
        return busy && waiting.add(workItem);
    }

    /** Runs a call while this thread owns the reading. Returns false if another thread took it over meanwhile. */
    private boolean runLeading(WorkItem workItem) {
        long mine = ++number;
        current = workItem;
        turn.set(mine);
        Thread sleeping = sleeper;
        if (sleeping != null) {
            sleeper = null;
            LockSupport.unpark(sleeping);
        }
        execute(workItem);
        return turn.compareAndSet(mine, -mine);
    }

    private void runQueued() {
        for (WorkItem workItem = next(); workItem != null; workItem = next()) {
            current = workItem;
            execute(workItem);
        }
    }

    private synchronized @Nullable WorkItem next() {
        WorkItem workItem = waiting.poll();
        if (workItem == null) {
            busy = false;
            if (stopping) {
                processExit.inOrder();
            }
        }
        return workItem;
    }

    /** The result is written before the reading is given back or the next call begins. */
    private void execute(WorkItem workItem) {
        workItem.perform();
        current = null;
    }

    /** Returns when the leader's call has lasted so long that this thread has taken over the reading. */
    private void follow() {
        long seen = TAKEN;
        int idle = 0;
        while (true) {
            long now = turn.get();
            if (now > 0 && now == seen && take(now)) {
                return;
            }
            idle = now == seen ? idle + 1 : 0;
            seen = now;
            if (idle < IDLE_TICKS) {
                LockSupport.parkNanos(this, TICK_NANOS);
            } else {
                sleeper = Thread.currentThread();
                // The leader looks for a sleeper after it has moved the turn: one of the two sees the other.
                if (turn.get() == seen) {
                    LockSupport.park(this);
                }
                sleeper = null;
                idle = 0;
            }
        }
    }

    private synchronized boolean take(long running) {
        if (turn.compareAndSet(running, TAKEN)) {
            busy = true;
            return true;
        }
        return false;
    }

    private synchronized void cancel(Message.Cancel cancel) {
        WorkItem running = current;
        if (running != null && running.id() == cancel.id()) {
            running.cancel(cancel.index());
        }
        for (WorkItem workItem : waiting) {
            if (workItem.id() == cancel.id()) {
                workItem.cancel(cancel.index());
            }
        }
    }

    private synchronized void takeBack(List<Long> ids) {
        ReturnedCalls returnedCalls = new ReturnedCalls();
        WorkItem running = current;
        if (running != null && ids.contains(running.id())) {
            returnedCalls.add(running);
        }
        for (Iterator<WorkItem> works = waiting.iterator(); works.hasNext(); ) {
            WorkItem workItem = works.next();
            if (ids.contains(workItem.id()) && returnedCalls.add(workItem)) {
                works.remove();
            }
        }
        reports.write(returnedCalls.report());
    }

    private synchronized void stop() {
        stopping = true;
        if (!busy) {
            processExit.inOrder();
        }
    }
}
