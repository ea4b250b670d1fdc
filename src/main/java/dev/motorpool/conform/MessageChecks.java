package dev.motorpool.conform;

import dev.motorpool.wire.Message;
import java.io.IOException;
import java.util.List;

/** The JSON of messages: limits, members and their types. */
final class MessageChecks {

    static final List<Check> ALL = List.of(
            new Check("P10", "values within the limits are taken and returned", MessageChecks::deepAndLong),
            new Check("P11", "members come in any order", MessageChecks::anyOrder),
            new Check("P12", "unknown members are ignored", MessageChecks::unknownMembers),
            new Check("P14", "reports have the members of their type", MessageChecks::typedReports),
            new Check("P15", "ids of 63 bits come back unchanged", MessageChecks::largeIds));

    private static final int MOST_LEVELS = 200;
    private static final int MOST_DIGITS = 4096;

    private MessageChecks() {}

    private static void deepAndLong(Trial trial) throws UnmetException, IOException, InterruptedException {
        CheckedWorker worker = trial.one();
        worker.echo(1, "[".repeat(MOST_LEVELS) + "]".repeat(MOST_LEVELS));
        worker.send(Orders.call(2, Orders.ECHO, "7".repeat(MOST_DIGITS)));
        String _ = worker.result(2);
        worker.send(Orders.chunk(3, Orders.ECHO, "[".repeat(MOST_LEVELS) + "]".repeat(MOST_LEVELS)));
        List<String> _ = new ItemReports(worker, 3).await(1);
        worker.echo(4, "4");
        worker.finish();
    }

    private static void anyOrder(Trial trial) throws UnmetException, IOException, InterruptedException {
        CheckedWorker worker = trial.one();
        worker.send("{\"kwargs\":{},\"args\":[\"type\"],\"function\":\"" + Orders.ECHO
                + "\",\"attempt\":1,\"id\":1,\"type\":\"call\"}");
        String value = worker.result(1);
        if (!value.equals("\"type\"")) {
            throw new UnmetException("the value \"type\"", value);
        }
        worker.send("{\"ids\":[1],\"type\":\"drop\"}");
        Message.Dropped _ = worker.next(Message.Dropped.class, "a dropped");
        worker.finish();
    }

    private static void unknownMembers(Trial trial) throws UnmetException, IOException, InterruptedException {
        CheckedWorker worker = trial.one();
        String more = ",\"future\":{\"type\":\"stop\",\"id\":[null,{}]},\"x\":null}";
        worker.send(with(Orders.call(1, Orders.ECHO, "\"kept\""), more));
        String value = worker.result(1);
        if (!value.equals("\"kept\"")) {
            throw new UnmetException("the value \"kept\"", value);
        }
        worker.send(with(Orders.cancel(1), more), with(Orders.drop(1), more));
        Message.Dropped _ = worker.next(Message.Dropped.class, "a dropped");
        worker.send(with(Orders.chunk(2, Orders.ECHO, "1"), more));
        List<String> _ = new ItemReports(worker, 2).await(1);
        worker.send(with(Orders.STOP, more));
        Message.Report end =
                worker.nextOrEnd("the end of the reports", trial.patience().answer());
        if (end != null) {
            throw new UnmetException("the end of the reports", Transcript.excerpt(end));
        }
    }

    private static String with(String order, String more) {
        return order.substring(0, order.length() - 1) + more;
    }

    private static void typedReports(Trial trial) throws UnmetException, IOException, InterruptedException {
        CheckedWorker worker = trial.one();
        worker.send(Orders.call(1, Orders.ECHO, "{\"a\":[1]}"));
        String _ = worker.result(1);
        worker.send(Orders.call(2, Orders.FAIL, "\"boom\""));
        Message.Error _ = worker.next(Message.Error.class, "an error");
        worker.send(Orders.chunk(3, Orders.SIZE, "\"ab\"", "5", "\"abc\""));
        List<String> _ = new ItemReports(worker, 3).await(3);
        worker.send(Orders.drop(9));
        Message.Dropped _ = worker.next(Message.Dropped.class, "a dropped");
        worker.send(Orders.call(4, "conform.nowhere", ""));
        Message.Error _ = worker.next(Message.Error.class, "an error");
        worker.finish();
    }

    private static void largeIds(Trial trial) throws UnmetException, IOException, InterruptedException {
        CheckedWorker worker = trial.one();
        for (long id : new long[] {0, (1L << 53) + 1, Long.MAX_VALUE}) {
            worker.echo(id, "\"" + id + "\"");
        }
        long chunk = Long.MAX_VALUE - 1;
        worker.send(Orders.chunk(chunk, Orders.ECHO, "1", "2"));
        List<String> _ = new ItemReports(worker, chunk).await(2);
        worker.send(Orders.cancel(Long.MAX_VALUE), Orders.drop(Long.MAX_VALUE - 2));
        Message.Dropped _ = worker.next(Message.Dropped.class, "a dropped");
        worker.finish();
    }
}
