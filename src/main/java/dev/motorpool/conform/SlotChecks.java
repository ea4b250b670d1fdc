package dev.motorpool.conform;

import dev.motorpool.runtime.WorkerShape;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Workers of one slot, and of many. */
final class SlotChecks {

    static final List<Check> ALL = List.of(
            new Check("P39", "a worker of one slot runs calls in the order sent", SlotChecks::oneAfterTheOther),
            new Check("P40", "a call is reported before the next one starts", SlotChecks::reportedBeforeTheNext),
            new Check("P41", "a worker of many slots starts each call at once", SlotChecks::atOnce));

    private static final int CALLS = 100;

    private SlotChecks() {}

    private static void oneAfterTheOther(Trial trial) throws UnmetException, IOException, InterruptedException {
        CheckedWorker worker = trial.one();
        List<String> orders = new ArrayList<>();
        for (int id = 1; id <= CALLS; id++) {
            orders.add(id % 25 == 1 ? Orders.call(id, Orders.SLEEP, "0.05") : Orders.call(id, Orders.ECHO, "1"));
        }
        worker.send(orders.toArray(String[]::new));
        for (int id = 1; id <= CALLS; id++) {
            String _ = worker.result(id);
        }
        worker.finish();
    }

    private static void reportedBeforeTheNext(Trial trial) throws UnmetException, IOException, InterruptedException {
        CheckedWorker worker = trial.one();
        worker.send(
                Orders.call(1, Orders.ECHO, "1"),
                Orders.call(2, Orders.SLEEP, "0.05"),
                Orders.call(3, Orders.ECHO, "3"),
                Orders.call(4, Orders.SIGNAL, "9,0"));
        for (int id = 1; id <= 3; id++) {
            String _ = worker.result(id);
        }
    }

    private static void atOnce(Trial trial) throws UnmetException, SkippedException, IOException, InterruptedException {
        List<WorkerShape> shapes = trial.manySlots();
        if (shapes.isEmpty()) {
            throw new SkippedException("it is for pools of the kind process only");
        }
        for (WorkerShape shape : shapes) {
            CheckedWorker worker = trial.worker(shape);
            for (int id = 1; id < Trial.MANY; id++) {
                worker.send(Orders.call(id, Orders.SLEEP, "600"));
            }
            for (int id = Trial.MANY; id < Trial.MANY + 20; id++) {
                worker.echo(id, "1");
            }
        }
    }
}
