package dev.motorpool.conform;

import dev.motorpool.pool.process.ExitStatus;
import dev.motorpool.pool.process.ProcessTable;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The end of the orders, reading them while calls run, and what is printed. */
final class EndChecks {

    static final List<Check> ALL = List.of(
            new Check("P1", "the worker ends at the end of its orders", EndChecks::endsIdle),
            new Check("P2", "the worker ends at the end of its orders while a call runs", EndChecks::endsBusy),
            new Check("P3", "what the worker has started ends with it", EndChecks::endsWithItsChildren),
            new Check("P4", "orders are read while a call runs", EndChecks::readsWhileBusy),
            new Check("P5", "what is printed does not reach the protocol", EndChecks::printsElsewhere));

    private static final String EXPECTED = "the end of the process after the end of the orders";
    private static final String LONG = "600";
    private static final int MANY_ORDERS = 20_000;
    private static final int MEBIBYTE = 1024 * 1024;
    private static final long POLL_MILLIS = 5;

    private EndChecks() {}

    private static void endsIdle(Trial trial) throws UnmetException, IOException, InterruptedException {
        byte[] frame = Frames.of(Orders.call(1, Orders.ECHO, "1"));
        for (int bytes : new int[] {0, Frames.HEADER + 5}) {
            CheckedWorker worker = trial.one();
            if (bytes > 0) {
                worker.send(Arrays.copyOf(frame, bytes));
            }
            worker.closeOrders();
            ExitStatus _ = worker.awaitExit(EXPECTED + (bytes == 0 ? "" : " after " + bytes + " bytes of a frame"));
        }
    }

    private static void endsBusy(Trial trial) throws UnmetException, IOException, InterruptedException {
        CheckedWorker busy = trial.one();
        busy.send(Orders.call(1, Orders.SLEEP, LONG));
        busy.closeOrders();
        ExitStatus _ = busy.awaitExit(EXPECTED + " while a call runs");

        CheckedWorker unread = trial.one();
        unread.stopReading();
        for (int id = 1; id <= 4; id++) {
            unread.send(Orders.call(id, Orders.TEXT, Integer.toString(MEBIBYTE)));
        }
        unread.closePipes();
        ExitStatus _ = unread.awaitExit("the end of the process after the service has gone, while it reports");
    }

    private static void endsWithItsChildren(Trial trial) throws UnmetException, IOException, InterruptedException {
        CheckedWorker worker = trial.one();
        worker.send(Orders.call(1, Orders.SPAWN, LONG));
        String answer = worker.result(1);
        if (!answer.matches("\\d{1,18}") || !ProcessTable.read().contains(Long.parseLong(answer))) {
            throw new UnmetException("the process id of a running child", answer);
        }
        worker.closeOrders();
        ExitStatus _ = worker.awaitExit(EXPECTED);
        long child = Long.parseLong(answer);
        long deadline = System.nanoTime() + trial.patience().end().toNanos();
        while (ProcessTable.read().contains(child)) {
            if (System.nanoTime() - deadline > 0) {
                throw new UnmetException("that the child ends with the worker", "it still runs");
            }
            TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
        }
    }

    private static void readsWhileBusy(Trial trial) throws UnmetException, IOException, InterruptedException {
        CheckedWorker worker = trial.one();
        worker.send(Orders.call(1, Orders.SLEEP, LONG));
        byte[][] cancels = new byte[MANY_ORDERS][];
        for (int i = 0; i < MANY_ORDERS; i++) {
            cancels[i] = Frames.of(Orders.cancel(MANY_ORDERS + i));
        }
        worker.send(Frames.concat(cancels));
    }

    private static void printsElsewhere(Trial trial) throws UnmetException, IOException, InterruptedException {
        CheckedWorker worker = trial.one();
        String looksLikeAFrame = "\0\0\0\u0012{\"type\":\"leaving\"}\n";
        for (int id = 1; id <= 3; id++) {
            worker.send(Orders.call(id, Orders.WRITE, Frames.quoted(looksLikeAFrame.repeat(id * 1000))));
            String _ = worker.result(id);
        }
        worker.echo(4, "\"after\"");
        worker.finish();
    }
}
