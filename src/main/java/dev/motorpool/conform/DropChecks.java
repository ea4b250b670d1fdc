package dev.motorpool.conform;

import dev.motorpool.wire.Message;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Drop. */
final class DropChecks {

    static final List<Check> ALL = List.of(
            new Check("P20", "each drop is answered by one dropped", DropChecks::oneAnswer),
            new Check("P21", "drop is answered while a call runs", DropChecks::answerWhileBusy),
            new Check("P22", "what has not started is given back, and never runs", DropChecks::givesBack));

    private static final String ANSWER = "a dropped";
    private static final int ATTEMPTS = 50;

    private DropChecks() {}

    private static void oneAnswer(Trial trial) throws UnmetException, IOException, InterruptedException {
        CheckedWorker worker = trial.one();
        worker.send(Orders.drop());
        nothing(worker);
        worker.send(Orders.drop(1), Orders.drop(1, 2), Orders.drop());
        for (int i = 0; i < 3; i++) {
            nothing(worker);
        }
        worker.echo(1, "1");
        worker.send(Orders.drop(1, 1));
        nothing(worker);
        worker.echo(2, "2");
        worker.finish();
    }

    private static void nothing(CheckedWorker worker) throws UnmetException, InterruptedException {
        Message.Dropped dropped = worker.next(Message.Dropped.class, ANSWER);
        if (!dropped.ids().isEmpty()) {
            throw new UnmetException("a dropped without ids", Transcript.excerpt(dropped));
        }
    }

    private static void answerWhileBusy(Trial trial) throws UnmetException, IOException, InterruptedException {
        CheckedWorker worker = trial.one();
        for (int id = 1; id <= ATTEMPTS; id++) {
            worker.send(Orders.call(id, Orders.SLEEP, "600"));
            TimeUnit.MILLISECONDS.sleep(50);
            worker.send(Orders.drop(id));
            Message.Dropped dropped = worker.next(Message.Dropped.class, "a dropped, while a call runs");
            if (dropped.ids().isEmpty()) {
                return;
            }
            // It had not started, so it is sent again.
        }
        throw new UnmetException("a call that starts", "it was always given back");
    }

    private static void givesBack(Trial trial) throws UnmetException, IOException, InterruptedException {
        CheckedWorker worker = trial.one();
        worker.send(
                Orders.call(1, Orders.SLEEP, "1"),
                Orders.call(2, Orders.ECHO, "2"),
                Orders.call(3, Orders.SIGNAL, "9,0"),
                Orders.star(4, Orders.SIGNAL, "[9,0]", "[9,0]"),
                Orders.drop(3, 4, 2));
        Message.Dropped dropped = worker.next(Message.Dropped.class, ANSWER);
        if (dropped.ids().size() != 3 || !dropped.ids().containsAll(List.of(2L, 3L, 4L))) {
            throw new UnmetException("a dropped of 2, 3 and 4, which wait behind 1", Transcript.excerpt(dropped));
        }
        String _ = worker.result(1);
        worker.echo(5, "5");
        givesItemsBack(worker);
        worker.finish();
    }

    /** The items before those that are given back are reported, and no others. */
    private static void givesItemsBack(CheckedWorker worker) throws UnmetException, InterruptedException {
        worker.send(Orders.chunk(6, Orders.SLEEP, "0.3", "0.3", "600", "600"), Orders.drop(6));
        ItemReports items = new ItemReports(worker, 6);
        int end = -1;
        while (end < 0 || items.count() < end) {
            Message.Report report = worker.next("the reports of the items that were not given back");
            if (report instanceof Message.Dropped dropped) {
                if (!dropped.ids().equals(List.of(6L)) || dropped.from().getFirst() > 2) {
                    throw new UnmetException(
                            "a dropped of the items that have not started", Transcript.excerpt(report));
                }
                end = dropped.from().getFirst();
            } else {
                items.add(report);
            }
        }
        worker.echo(7, "7");
    }
}
