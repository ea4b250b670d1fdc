package dev.motorpool.conform;

import dev.motorpool.runtime.WorkerShape;
import dev.motorpool.wire.Message;
import java.io.IOException;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;

/** The reports of chunks. */
final class ChunkChecks {

    static final List<Check> ALL = List.of(
            new Check("P30", "each item is reported once, in order", ChunkChecks::inOrder),
            new Check("P31", "an announced item is reported before the next one starts", ChunkChecks::announced));

    private static final int ITEMS = 300;

    private ChunkChecks() {}

    private static void inOrder(Trial trial) throws UnmetException, IOException, InterruptedException {
        for (WorkerShape shape : trial.shapes()) {
            inOrder(trial.worker(shape));
        }
    }

    private static void inOrder(CheckedWorker worker) throws UnmetException, InterruptedException {
        String[] items = IntStream.range(0, ITEMS).mapToObj(Integer::toString).toArray(String[]::new);
        worker.send(Orders.chunk(1, Orders.ECHO, items));
        equal(new ItemReports(worker, 1).await(ITEMS), List.of(items));
        worker.send(Orders.star(2, Orders.ECHO, "[1]", "[[2]]"));
        equal(new ItemReports(worker, 2).await(2), List.of("1", "[2]"));
        worker.send(Orders.chunk(3, Orders.SIZE, "\"ab\"", "5", "\"abc\"", "5"));
        equal(new ItemReports(worker, 3).await(4), List.of("2", "function-raised", "3", "function-raised"));
        worker.send(Orders.chunk(4, Orders.ECHO));
        worker.send(Orders.chunk(5, "conform.nowhere", "1", "2"));
        equal(new ItemReports(worker, 5).await(2), Collections.nCopies(2, "unknown-function"));
        worker.send(Orders.chunk(6, Orders.SLEEP, "0.01", "0", "0.01"));
        equal(new ItemReports(worker, 6).await(3), Collections.nCopies(3, "null"));
        worker.finish();
    }

    private static void equal(List<String> came, List<String> expected) throws UnmetException {
        if (!came.equals(expected)) {
            throw new UnmetException("the items " + expected, came.toString());
        }
    }

    private static void announced(Trial trial)
            throws UnmetException, SkippedException, IOException, InterruptedException {
        CheckedWorker worker = trial.one();
        worker.send(Orders.star(1, Orders.SIGNAL, "[0,0.3]", "[9,0]"));
        boolean announced = false;
        ItemReports items = new ItemReports(worker, 1);
        while (true) {
            Message.Report report = worker.anyOrEnd(
                    "the end of a worker that has killed itself",
                    trial.patience().answer());
            if (report == null) {
                break;
            }
            if (report instanceof Message.Running running && running.index() == 0) {
                announced = true;
            } else if (report instanceof Message.Results || report instanceof Message.Error) {
                items.add(report);
            }
        }
        if (!announced) {
            throw new SkippedException("it announces no items");
        }
        if (items.count() != 1) {
            throw new UnmetException(
                    "the report of item 0, which was announced, before item 1 killed the worker",
                    items.count() + " reports of items");
        }
    }
}
