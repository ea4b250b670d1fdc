package dev.motorpool.conform;

import dev.motorpool.pool.process.ExitStatus;
import dev.motorpool.wire.Message;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Exit codes and signals. */
final class ExitChecks {

    static final List<Check> ALL = List.of(
            new Check("P36", "leaving is not sent because of a signal", ExitChecks::signals),
            new Check("P37", "the worker exits with the code of a function that exits", ExitChecks::codes));

    private static final int SIGTERM = 15;

    private ExitChecks() {}

    private static void signals(Trial trial) throws UnmetException, IOException, InterruptedException {
        CheckedWorker own = trial.one();
        own.send(Orders.call(1, Orders.SIGNAL, SIGTERM + ",0"));
        unannounced(own, trial);
        for (boolean busy : new boolean[] {false, true}) {
            CheckedWorker worker = trial.one();
            if (busy) {
                worker.send(Orders.call(1, Orders.SLEEP, "600"));
                TimeUnit.MILLISECONDS.sleep(50);
            }
            boolean _ = worker.process().toHandle().destroy();
            unannounced(worker, trial);
        }
    }

    /** A worker may live on, as a process may ignore what is not SIGKILL. */
    private static void unannounced(CheckedWorker worker, Trial trial) throws UnmetException, InterruptedException {
        if (!worker.process().waitFor(trial.patience().silence().toMillis(), TimeUnit.MILLISECONDS)) {
            return;
        }
        while (worker.nextOrEnd("the end of the reports", trial.patience().answer()) != null) {
            // Whatever was reported before the signal.
        }
        if (worker.left()) {
            throw new UnmetException("no leaving, as a signal has ended the worker", "leaving");
        }
    }

    private static void codes(Trial trial) throws UnmetException, IOException, InterruptedException {
        for (int code : new int[] {7, 128 + SIGTERM}) {
            CheckedWorker worker = trial.one();
            worker.send(Orders.call(1, Orders.EXIT, Integer.toString(code)));
            String expected = "the end of a worker whose function has exited";
            Message.Report report = worker.nextOrEnd(expected, trial.patience().answer());
            if (report != null) {
                throw new UnmetException(expected, Transcript.excerpt(report));
            }
            ExitStatus status = worker.awaitExit(expected);
            if (status.code() == null || status.code() != code) {
                throw new UnmetException("an exit with code " + code, "the worker " + status.sentence());
            }
        }
    }
}
