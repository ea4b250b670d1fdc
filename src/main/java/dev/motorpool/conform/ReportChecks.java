package dev.motorpool.conform;

import dev.motorpool.wire.Message;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** The reports of calls. */
final class ReportChecks {

    static final List<Check> ALL =
            List.of(new Check("P29", "each call is reported once, and no other", ReportChecks::onceEach));

    private static final int CALLS = 40;

    private ReportChecks() {}

    private static void onceEach(Trial trial) throws UnmetException, IOException, InterruptedException {
        CheckedWorker worker = trial.one();
        List<String> orders = new ArrayList<>();
        for (int id = 1; id <= CALLS; id += 4) {
            orders.add(Orders.call(id, Orders.FAIL, "\"boom\""));
            orders.add(Orders.call(id + 1, Orders.ECHO, "1"));
            orders.add(Orders.call(id + 2, "conform.nowhere", ""));
            orders.add(Orders.call(id + 3, Orders.FAIL, "\"boom\""));
        }
        worker.send(orders.toArray(String[]::new));
        for (int id = 1; id <= CALLS; id++) {
            String expected = "the one report of call " + id;
            Message.Report report = worker.next(expected);
            long of =
                    switch (report) {
                        case Message.Result result -> result.id();
                        case Message.Error error -> error.id();
                        default -> -1;
                    };
            if (of != id) {
                throw new UnmetException(expected, Transcript.excerpt(report));
            }
        }
        worker.finish();
    }
}
