package dev.motorpool.conform;

import dev.motorpool.wire.FrameCodec;
import dev.motorpool.wire.Message;
import java.io.IOException;
import java.util.List;

/** The hello. */
final class StartChecks {

    /** The test that all others need. */
    static final String FIRST = "P23";

    static final List<Check> ALL = List.of(
            new Check(FIRST, "hello is the first message, and comes within the start time", StartChecks::comesFirst),
            new Check("P24", "hello comes once", StartChecks::comesOnce),
            new Check("P25", "hello has the version of the protocol", StartChecks::hasTheVersion));

    private StartChecks() {}

    private static void comesFirst(Trial trial) throws UnmetException, IOException, InterruptedException {
        CheckedWorker _ = trial.one();
    }

    private static void comesOnce(Trial trial) throws UnmetException, IOException, InterruptedException {
        CheckedWorker worker = trial.one();
        worker.echo(1, "1");
        worker.send(Orders.chunk(2, Orders.FAIL, "\"boom\""));
        List<String> _ = new ItemReports(worker, 2).await(1);
        worker.echo(3, "3");
        worker.finish();
    }

    private static void hasTheVersion(Trial trial) throws UnmetException, IOException, InterruptedException {
        Message.Hello hello = trial.hello();
        if (hello.version() != FrameCodec.VERSION) {
            throw new UnmetException("the version " + FrameCodec.VERSION, Integer.toString(hello.version()));
        }
    }
}
