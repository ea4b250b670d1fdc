package dev.motorpool.conform;

import dev.motorpool.wire.Message;
import java.io.IOException;
import java.util.List;

/** The words of errors. */
final class ErrorChecks {

    static final List<Check> ALL = List.of(
            new Check("P32", "what a function throws is function-raised", trial -> {
                CheckedWorker worker = trial.one();
                expect(worker, Orders.call(1, Orders.FAIL, "\"boom\""), 1, "function-raised");
                worker.finish();
            }),
            new Check("P33", "a function that is missing is unknown-function", trial -> {
                CheckedWorker worker = trial.one();
                expect(worker, Orders.call(1, "conform.nowhere", "1"), 1, "unknown-function");
                worker.finish();
            }),
            new Check("P34", "a value that has no JSON within the limits is value-not-json", ErrorChecks::unfit),
            new Check("P35", "a value above the limit is value-too-large", ErrorChecks::tooLarge));

    private ErrorChecks() {}

    private static void unfit(Trial trial) throws UnmetException, IOException, InterruptedException {
        CheckedWorker worker = trial.one();
        long id = 1;
        for (String kind : List.of("nan", "deep", "digits")) {
            expect(worker, Orders.call(id, Orders.UNFIT, Frames.quoted(kind)), id, "value-not-json");
            id++;
        }
        worker.echo(id, "1");
        worker.finish();
    }

    private static void tooLarge(Trial trial) throws UnmetException, IOException, InterruptedException {
        CheckedWorker worker = trial.one();
        int most = trial.valueLimit() - 2;
        worker.send(Orders.call(1, Orders.TEXT, Integer.toString(most)));
        int length = worker.result(1).length() - 2;
        if (length != most) {
            throw new UnmetException("a value of the largest size", "a text of " + length + " characters");
        }
        expect(worker, Orders.call(2, Orders.TEXT, Integer.toString(most + 1)), 2, "value-too-large");
        worker.echo(3, "3");
        worker.finish();
    }

    private static void expect(CheckedWorker worker, String order, long id, String word)
            throws UnmetException, InterruptedException {
        worker.send(order);
        String expected = "the error " + word + " of call " + id;
        Message.Error error = worker.next(Message.Error.class, expected);
        if (error.id() != id || !error.type().equals(word)) {
            throw new UnmetException(expected, Transcript.excerpt(error));
        }
    }
}
