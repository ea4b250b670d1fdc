package dev.motorpool.conform;

import dev.motorpool.runtime.AcceptedOrders;
import dev.motorpool.wire.Message;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The features {@code accepted} and {@code ping}. */
final class AcceptedChecks {

    static final List<Check> ALL = List.of(
            new Check("P26", "orders are accepted before what they order starts", AcceptedChecks::beforeTheStart),
            new Check("P27", "the file of accepted orders is opened before hello, and not made", AcceptedChecks::file),
            new Check("P28", "each ping is answered by a pong, also while a call runs", AcceptedChecks::pong));

    private AcceptedChecks() {}

    private static void beforeTheStart(Trial trial)
            throws UnmetException, SkippedException, IOException, InterruptedException {
        CheckedWorker worker = trial.with(Message.Hello.ACCEPTED);
        worker.send(Orders.call(1, Orders.ECHO, "1"), Orders.drop(7));
        counts(worker, 3, null, trial);
    }

    /** Sends a call that kills the worker, as the last of this many orders. */
    private static void counts(CheckedWorker worker, int orders, @Nullable AcceptedOrders file, Trial trial)
            throws UnmetException, InterruptedException {
        worker.send(Orders.call(2, Orders.SIGNAL, "9,0"));
        while (worker.nextOrEnd(
                        "the end of a worker that has killed itself",
                        trial.patience().answer())
                != null) {
            // The result of the first call, and the dropped.
        }
        long count = Math.max(worker.accepted(), file == null ? 0 : file.count());
        if (count != orders) {
            throw new UnmetException(orders + " accepted orders, as the last has started", Long.toString(count));
        }
    }

    private static void file(Trial trial) throws UnmetException, SkippedException, IOException, InterruptedException {
        Path folder = Files.createTempDirectory("motorpool-conform");
        try {
            Path missing = folder.resolve("accepted");
            CheckedWorker without =
                    trial.with(Message.Hello.ACCEPTED, Map.of(AcceptedOrders.VARIABLE, missing.toString()));
            if (Files.exists(missing)) {
                throw new UnmetException("that a missing file is not made", "there is one");
            }
            counts(without, 1, null, trial);
        } finally {
            Files.deleteIfExists(folder.resolve("accepted"));
            Files.delete(folder);
        }
        try (AcceptedOrders stored = AcceptedOrders.create()) {
            if (stored == null) {
                throw new SkippedException("no file could be made here");
            }
            Map<String, String> variables = new HashMap<>();
            stored.nameIn(variables);
            CheckedWorker worker = trial.with(Message.Hello.ACCEPTED, variables);
            stored.removeName();
            counts(worker, 1, stored, trial);
        }
    }

    private static void pong(Trial trial) throws UnmetException, SkippedException, IOException, InterruptedException {
        CheckedWorker worker = trial.with(Message.Hello.PING);
        worker.send(Orders.PING, Orders.PING);
        for (int i = 0; i < 2; i++) {
            Message.Pong _ = worker.next(Message.Pong.class, "a pong");
        }
        worker.echo(1, "1");
        worker.send(Orders.call(2, Orders.SLEEP, "600"));
        for (int i = 0; i < 3; i++) {
            worker.send(Orders.PING);
            Message.Pong _ = worker.next(Message.Pong.class, "a pong, while a call runs");
        }
    }
}
