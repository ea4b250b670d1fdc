package dev.motorpool.conform;

import dev.motorpool.json.JsonStrings;
import dev.motorpool.json.RawJson;
import dev.motorpool.wire.Message;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/** Frames: how they are cut, how long they may be, and what is none. */
final class FrameChecks {

    static final List<Check> ALL = List.of(
            new Check("P6", "frames are read however they are cut", FrameChecks::cutAnywhere),
            new Check("P7", "frames of the largest size are read", FrameChecks::largestOrder),
            new Check("P8", "no frame is longer than the limit", FrameChecks::largestReports),
            new Check("P9", "a report is one JSON object in UTF-8", FrameChecks::textOfAnyKind),
            new Check("P13", "nothing is read after what breaks the protocol", FrameChecks::stopsAtWhatIsBroken));

    private static final String TEXT = "\"\u00fc\u20ac\ud83d\ude00\"";

    private FrameChecks() {}

    private static void cutAnywhere(Trial trial) throws UnmetException, IOException, InterruptedException {
        CheckedWorker worker = trial.one();
        int length = threeCalls(100).length;
        for (byte each : threeCalls(100)) {
            worker.send(new byte[] {each});
            TimeUnit.MILLISECONDS.sleep(1);
        }
        threeResults(worker, 100, "byte by byte");
        for (int cut = 1; cut < length; cut++) {
            int first = 100 + 3 * cut;
            byte[] bytes = threeCalls(first);
            worker.send(Arrays.copyOf(bytes, cut));
            TimeUnit.MILLISECONDS.sleep(1);
            worker.send(Arrays.copyOfRange(bytes, cut, length));
            threeResults(worker, first, "in two pieces, the first of " + cut + " bytes");
        }
        worker.finish();
    }

    private static byte[] threeCalls(int first) {
        byte[][] frames = new byte[3][];
        for (int i = 0; i < frames.length; i++) {
            frames[i] = Frames.of(Orders.call(first + i, Orders.ECHO, TEXT));
        }
        return Frames.concat(frames);
    }

    private static void threeResults(CheckedWorker worker, int first, String how)
            throws UnmetException, InterruptedException {
        for (int id = first; id < first + 3; id++) {
            String value = text(worker.result(id));
            if (!value.equals(text(TEXT))) {
                throw new UnmetException(TEXT + " of a call that was sent " + how, value);
            }
        }
    }

    private static void largestOrder(Trial trial) throws UnmetException, IOException, InterruptedException {
        CheckedWorker worker = trial.one();
        int room = trial.frameLimit() - Orders.call(1, Orders.SIZE, "\"\"").length();
        for (int less : new int[] {1, 0}) {
            int id = 2 - less;
            int count = room - less;
            worker.send(Orders.call(id, Orders.SIZE, '"' + "x".repeat(count) + '"'));
            String value = worker.result(id);
            if (!value.equals(Integer.toString(count))) {
                throw new UnmetException("the size " + count, value);
            }
        }
        worker.finish();
    }

    private static void largestReports(Trial trial) throws UnmetException, IOException, InterruptedException {
        CheckedWorker worker = trial.one();
        String most = Integer.toString(trial.valueLimit() / 4 * 3);
        worker.send(Orders.chunk(1, Orders.TEXT, most, most, most));
        List<String> values = new ItemReports(worker, 1).await(3);
        for (String value : values) {
            if (value.length() != trial.valueLimit() / 4 * 3 + 2) {
                throw new UnmetException("values of " + most + " characters", value.length() - 2 + " characters");
            }
        }
        worker.finish();
    }

    private static void textOfAnyKind(Trial trial) throws UnmetException, IOException, InterruptedException {
        CheckedWorker worker = trial.one();
        String all = "\0\b\t\n\f\r\u001f \"\\/\u007f\u0080\u00e4\u2028\u2029\ufffd\uffff\ud83d\ude00";
        worker.send(Orders.call(1, Orders.ECHO, Frames.quoted(all)));
        String value = text(worker.result(1));
        if (!value.equals(all)) {
            throw new UnmetException(Frames.quoted(all), Frames.quoted(value));
        }
        worker.send(Orders.call(2, Orders.FAIL, Frames.quoted(all)));
        Message.Error _ = worker.next(Message.Error.class, "an error with a message that has all kinds of characters");
        worker.send(Orders.call(3, "conform.\u00e4", Frames.quoted(all)));
        Message.Error _ = worker.next(Message.Error.class, "an error, as there is no such function");
        worker.finish();
    }

    /** What a JSON value is as text; a value of another type is shown as it is. */
    private static String text(String json) {
        return json.startsWith("\"") ? JsonStrings.decode(RawJson.of(json)) : json;
    }

    private static void stopsAtWhatIsBroken(Trial trial) throws UnmetException, IOException, InterruptedException {
        for (Map.Entry<String, byte[]> broken : broken(trial.frameLimit()).entrySet()) {
            CheckedWorker worker = trial.one();
            worker.echo(1, "1");
            worker.send(Frames.concat(broken.getValue(), Frames.of(Orders.call(2, Orders.ECHO, "2"))));
            boolean ended = worker.process().waitFor(trial.patience().silence().toMillis(), TimeUnit.MILLISECONDS);
            Message.Report report = ended
                    ? worker.nextOrEnd(
                            "the end of the reports", trial.patience().answer())
                    : worker.nextIfAny();
            if (report != null) {
                throw new UnmetException(
                        "nothing more after " + broken.getKey() + ", which breaks the protocol",
                        Transcript.excerpt(report));
            }
        }
    }

    private static Map<String, byte[]> broken(int limit) {
        String call = Orders.call(2, Orders.ECHO, "2");
        byte[] latin = "{\"type\":\"ping\",\"\u00ff\":1}".getBytes(StandardCharsets.ISO_8859_1);
        Map<String, byte[]> broken = new TreeMap<>();
        broken.put("a frame of no bytes", new byte[Frames.HEADER]);
        broken.put("a frame above the limit", Frames.withLength(limit + 1, new byte[limit + 1]));
        broken.put("a message that is not JSON", Frames.of("{\"type\":\"ping\""));
        broken.put("a message that is not UTF-8", Frames.withLength(latin.length, latin));
        broken.put("a message of an unknown type", Frames.of("{\"type\":\"conform\"}"));
        broken.put("a call without an id", Frames.of(call.replace("\"id\":2,", "")));
        broken.put("a call with a text as id", Frames.of(call.replace("\"id\":2", "\"id\":\"2\"")));
        return broken;
    }
}
