package dev.motorpool.worker;

import dev.motorpool.wire.FrameCodec;
import dev.motorpool.wire.Message;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;

/**
 * The slots of a worker that runs many calls at once, each on a thread of its own. How many is the service's business:
 * it sends no more calls than there are slots.
 *
 * <pre>
 *   pipe -> reader -> a thread for each call -> Reports -> pipe
 * </pre>
 */
final class ManySlots {

    private final FrameCodec.Reader orders;
    private final Reports reports;
    private final Calls calls;
    private final Outputs outputs;
    private final Ending ending;
    private final Acceptance acceptance;
    private final Executor threads;
    private final ChunkTicker ticker = new ChunkTicker();

    /** What has come and is not over, by id. */
    private final Map<Long, Work> works = new ConcurrentHashMap<>();

    private volatile boolean stopping;

    ManySlots(
            FrameCodec.Reader orders,
            Acceptance acceptance,
            Reports reports,
            Calls calls,
            Outputs outputs,
            Ending ending,
            Executor threads) {
        this.orders = orders;
        this.reports = reports;
        this.calls = calls;
        this.outputs = outputs;
        this.ending = ending;
        this.acceptance = acceptance;
        this.threads = threads;
    }

    /** Reads orders until the process ends. */
    void work() {
        try {
            while (true) {
                Message order = orders.read();
                if (order instanceof Message.Call call) {
                    start(new CallRun(call, calls, reports, outputs));
                } else if (order instanceof Message.Chunk chunk) {
                    start(new ChunkRun(chunk, calls, reports, ticker, outputs));
                } else if (order instanceof Message.Cancel cancel) {
                    cancel(cancel);
                } else if (order instanceof Message.Drop drop) {
                    takeBack(drop);
                } else if (order instanceof Message.Ping) {
                    reports.write(new Message.Pong());
                } else if (order instanceof Message.Stop) {
                    stop();
                } else {
                    ending.withoutOrders(order);
                }
            }
        } catch (IOException broken) {
            ending.broken(broken);
        } catch (Throwable defect) {
            // Without its reader this process would neither hear orders nor the end of the service.
            ending.broken(new IOException("no orders can be read any more: " + defect, defect));
        }
    }

    private void start(Work work) {
        acceptance.accept();
        works.put(work.id(), work);
        try {
            threads.execute(() -> execute(work));
        } catch (RuntimeException | Error noThread) {
            // The others go on: this one alone has failed, as if its function had been refused the thread.
            work.fail(noThread);
            over(work);
        }
    }

    private void execute(Work work) {
        try {
            work.perform();
        } catch (Throwable defect) {
            ending.broken(new IOException("a call cannot be reported: " + defect, defect));
        }
        over(work);
    }

    private void over(Work work) {
        works.remove(work.id(), work);
        endIfDone();
    }

    private void cancel(Message.Cancel cancel) {
        Work work = works.get(cancel.id());
        if (work != null) {
            work.cancel(cancel.index());
        }
    }

    private void takeBack(Message.Drop drop) {
        GivenBack givenBack = new GivenBack();
        for (Long id : drop.ids()) {
            Work work = works.get(id);
            if (work != null) {
                givenBack.add(work);
            }
        }
        reports.write(givenBack.report());
    }

    private void stop() {
        stopping = true;
        endIfDone();
    }

    private void endIfDone() {
        if (stopping && works.isEmpty()) {
            ending.inOrder();
        }
    }
}
