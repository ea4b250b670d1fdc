package dev.motorpool.conform;

import dev.motorpool.pool.process.ExitStatus;
import dev.motorpool.wire.Message;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Stop and cancel. */
final class OrderChecks {

    static final List<Check> ALL = List.of(
            new Check("P16", "stop lets what was sent before finish, then the worker exits with 0", OrderChecks::stop),
            new Check("P17", "cancel harms no other call", OrderChecks::cancelHarmsNoOther),
            new Check("P18", "a cancelled call is reported", OrderChecks::cancelledCallsAreReported),
            new Check("P19", "cancel of what the worker does not have is ignored", OrderChecks::unknownCancel));

    private static final int ROUNDS = 60;

    private OrderChecks() {}

    private static void stop(Trial trial) throws UnmetException, IOException, InterruptedException {
        CheckedWorker worker = trial.one();
        worker.send(
                Orders.call(1, Orders.SLEEP, "0.2"),
                Orders.call(2, Orders.ECHO, "2"),
                Orders.chunk(3, Orders.ECHO, "3", "4"),
                Orders.STOP);
        String _ = worker.result(1);
        String _ = worker.result(2);
        List<String> _ = new ItemReports(worker, 3).await(2);
        exitsWithZero(worker, trial);
        CheckedWorker idle = trial.one();
        idle.send(Orders.STOP);
        exitsWithZero(idle, trial);
    }

    private static void exitsWithZero(CheckedWorker worker, Trial trial) throws UnmetException, InterruptedException {
        Message.Report more =
                worker.nextOrEnd("the end of the reports", trial.patience().answer());
        if (more != null) {
            throw new UnmetException("the end of the reports", Transcript.excerpt(more));
        }
        ExitStatus status = worker.awaitExit("the end of the process after stop");
        if (status.code() == null || status.code() != 0) {
            throw new UnmetException("an exit with code 0", "the worker " + status.sentence());
        }
    }

    private static void cancelHarmsNoOther(Trial trial) throws UnmetException, IOException, InterruptedException {
        CheckedWorker worker = trial.one();
        for (int round = 0; round < ROUNDS; round++) {
            long first = 10L * round;
            // Before it starts, as it starts, or as it ends.
            worker.send(
                    Orders.call(first, Orders.ECHO, "1"),
                    Orders.cancel(first),
                    Orders.call(first + 1, Orders.ECHO, "2"));
            reported(worker, first);
            String _ = worker.result(first + 1);
            // While it runs, or as it ends.
            worker.send(Orders.call(first + 2, Orders.SLEEP, "0.01"), Orders.call(first + 3, Orders.ECHO, "3"));
            TimeUnit.MICROSECONDS.sleep(250L * round);
            worker.send(Orders.cancel(first + 2));
            reported(worker, first + 2);
            String _ = worker.result(first + 3);
            // After it has ended.
            worker.send(Orders.cancel(first + 3), Orders.call(first + 4, Orders.SLEEP, "0"));
            String _ = worker.result(first + 4);
        }
        worker.finish();
    }

    /** A result or an error, whichever came first. */
    private static void reported(CheckedWorker worker, long id) throws UnmetException, InterruptedException {
        String expected = "the report of call " + id + ", which was cancelled";
        Message.Report report = worker.next(expected);
        boolean its = (report instanceof Message.Result result && result.id() == id)
                || (report instanceof Message.Error error && error.id() == id);
        if (!its) {
            throw new UnmetException(expected, Transcript.excerpt(report));
        }
    }

    private static void cancelledCallsAreReported(Trial trial)
            throws UnmetException, IOException, InterruptedException {
        CheckedWorker worker = trial.one();
        worker.send(Orders.call(1, Orders.SLEEP, "0.3"), Orders.call(2, Orders.ECHO, "2"));
        TimeUnit.MILLISECONDS.sleep(50);
        worker.send(Orders.cancel(2), Orders.cancel(1));
        reported(worker, 1);
        reported(worker, 2);
        worker.send(Orders.chunk(3, Orders.SLEEP, "0.2", "0.2", "0"), Orders.cancel(3, 1));
        TimeUnit.MILLISECONDS.sleep(50);
        worker.send(Orders.cancel(3));
        List<String> _ = new ItemReports(worker, 3).await(3);
        worker.echo(9, "9");
        worker.finish();
    }

    private static void unknownCancel(Trial trial) throws UnmetException, IOException, InterruptedException {
        CheckedWorker worker = trial.one();
        worker.send(Orders.cancel(1), Orders.cancel(7, 3));
        worker.echo(1, "1");
        worker.send(Orders.cancel(1), Orders.cancel(Long.MAX_VALUE));
        worker.send(Orders.chunk(20, Orders.SLEEP, "0", "0.1"), Orders.cancel(20, 5));
        List<String> values = new ItemReports(worker, 20).await(2);
        worker.send(Orders.cancel(20, 0), Orders.cancel(20, 1));
        worker.echo(30, "3");
        if (!values.equals(List.of("null", "null"))) {
            throw new UnmetException("two items that nobody has cancelled", values.toString());
        }
        worker.finish();
    }
}
