package dev.motorpool.worker;

import dev.motorpool.wire.FrameCodec;
import dev.motorpool.wire.Message;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;

/**
 * The slots of a worker that runs many calls at once, each on a thread of its own. The worker does not count them: the
 * service sends no more calls than there are slots.
 *
 * <pre>
 *   pipe -> reader -> a thread for each call -> Reports -> pipe
 * </pre>
 */
final class ManySlots {

    private final FrameCodec.Reader orders;
    private final Reports reports;
    private final Calls calls;
    private final OutputRouter outputRouter;
    private final ProcessExit processExit;
    private final Acceptance acceptance;
    private final Executor threads;
    private final ChunkTicker ticker = new ChunkTicker();

    /** The calls and chunks that have arrived and are not over, by id. */
    private final Map<Long, WorkItem> works = new ConcurrentHashMap<>();

    private volatile boolean stopping;

    ManySlots(
            FrameCodec.Reader orders,
            Acceptance acceptance,
            Reports reports,
            Calls calls,
            OutputRouter outputRouter,
            ProcessExit processExit,
            Executor threads) {
        this.orders = orders;
        this.reports = reports;
        this.calls = calls;
        this.outputRouter = outputRouter;
        this.processExit = processExit;
        this.acceptance = acceptance;
        this.threads = threads;
    }

    /** Reads orders until the process ends. */
    void work() {
        try {
            while (true) {
                Message order = orders.read();
                if (order instanceof Message.Call call) {
                    start(new CallRun(call, calls, reports, outputRouter));
                } else if (order instanceof Message.Chunk chunk) {
                    start(new ChunkRun(chunk, calls, reports, ticker, outputRouter));
                } else if (order instanceof Message.Cancel cancel) {
                    cancel(cancel);
                } else if (order instanceof Message.Drop drop) {
                    takeBack(drop);
                } else if (order instanceof Message.Ping) {
                    reports.write(new Message.Pong());
                } else if (order instanceof Message.Stop) {
                    stop();
                } else {
                    processExit.withoutOrders(order);
                }
            }
        } catch (IOException broken) {
            processExit.broken(broken);
        } catch (Throwable defect) {
            // Without its reader this process would receive neither orders nor the end of the service.
            processExit.broken(new IOException("no orders can be read any more: " + defect, defect));
        }
    }

    private void start(WorkItem workItem) {
        acceptance.accept();
        works.put(workItem.id(), workItem);
        try {
            threads.execute(() -> execute(workItem));
        } catch (RuntimeException | Error noThread) {
            // The others go on: only this one fails, as if its function had been refused the thread.
            workItem.fail(noThread);
            over(workItem);
        }
    }

    private void execute(WorkItem workItem) {
        try {
            workItem.perform();
        } catch (Throwable defect) {
            processExit.broken(new IOException("a call cannot be reported: " + defect, defect));
        }
        over(workItem);
    }

    private void over(WorkItem workItem) {
        works.remove(workItem.id(), workItem);
        endIfDone();
    }

    private void cancel(Message.Cancel cancel) {
        WorkItem workItem = works.get(cancel.id());
        if (workItem != null) {
            workItem.cancel(cancel.index());
        }
    }

    private void takeBack(Message.Drop drop) {
        ReturnedCalls returnedCalls = new ReturnedCalls();
        for (Long id : drop.ids()) {
            WorkItem workItem = works.get(id);
            if (workItem != null) {
                returnedCalls.add(workItem);
            }
        }
        reports.write(returnedCalls.report());
    }

    private void stop() {
        stopping = true;
        endIfDone();
    }

    private void endIfDone() {
        if (stopping && works.isEmpty()) {
            processExit.inOrder();
        }
    }
}
