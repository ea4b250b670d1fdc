package dev.motorpool.worker;

import dev.motorpool.wire.FrameCodec;
import dev.motorpool.wire.Message;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
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
    private final Ending ending;
    private final Executor threads;

    /** Calls that have come and are not over, by id. */
    private final Map<Long, Run> runs = new ConcurrentHashMap<>();

    private volatile boolean stopping;

    ManySlots(FrameCodec.Reader orders, Reports reports, Calls calls, Ending ending, Executor threads) {
        this.orders = orders;
        this.reports = reports;
        this.calls = calls;
        this.ending = ending;
        this.threads = threads;
    }

    /** Reads orders until the process ends. */
    void work() {
        try {
            while (true) {
                Message order = orders.read();
                if (order instanceof Message.Call call) {
                    start(call);
                } else if (order instanceof Message.Cancel cancel) {
                    cancel(cancel.id());
                } else if (order instanceof Message.Drop drop) {
                    reports.write(new Message.Dropped(takeBack(drop.ids())));
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

    private void start(Message.Call call) {
        Run run = new Run(call, reports);
        runs.put(call.id(), run);
        threads.execute(() -> execute(run));
    }

    private void execute(Run run) {
        if (run.begin()) {
            Message.Report report = calls.execute(run);
            run.end();
            reports.write(report);
        }
        runs.remove(run.call().id());
        endIfDone();
    }

    private void cancel(long id) {
        Run run = runs.get(id);
        if (run != null) {
            run.cancel();
        }
    }

    private List<Long> takeBack(List<Long> ids) {
        List<Long> dropped = new ArrayList<>();
        for (Long id : ids) {
            Run run = runs.get(id);
            if (run != null && run.drop()) {
                dropped.add(id);
            }
        }
        return dropped;
    }

    private void stop() {
        stopping = true;
        endIfDone();
    }

    private void endIfDone() {
        if (stopping && runs.isEmpty()) {
            ending.inOrder();
        }
    }
}
