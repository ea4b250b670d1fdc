package dev.motorpool.wire;

import dev.motorpool.json.JsonSlices;
import dev.motorpool.json.RawJson;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Messages of every type, with all that their members may hold. */
final class RandomMessages {

    static Message next(Random random) {
        return switch (random.nextInt(23)) {
            case 0 ->
                new Message.Call(
                        id(random),
                        random.nextInt(1, 9),
                        text(random),
                        array(random),
                        object(random),
                        random.nextBoolean(),
                        maybe(random),
                        maybe(random),
                        about(random));
            case 1 -> new Message.Cancel(id(random), random.nextInt(3));
            case 2 -> new Message.Drop(ids(random));
            case 3 -> new Message.Stop();
            case 4 ->
                new Message.Hello(
                        FrameCodec.VERSION,
                        array(random),
                        array(random),
                        random.nextBoolean() ? List.of() : List.of(text(random), Message.Hello.PING));
            case 5 -> new Message.Result(id(random), id(random), value(random, 3));
            case 6 ->
                new Message.Error(
                        id(random),
                        random.nextInt(3),
                        id(random),
                        List.of("function-raised", "value-not-json", "value-too-large", "unknown-function")
                                .get(random.nextInt(4)),
                        maybe(random),
                        text(random),
                        maybe(random),
                        random.nextBoolean() ? null : random.nextInt(256),
                        random.nextBoolean() ? null : random.nextInt(65));
            case 7 -> {
                List<Long> ids = ids(random);
                yield new Message.Dropped(
                        ids, ids.stream().map(id -> random.nextInt(3)).toList());
            }
            case 8 -> new Message.Progress(id(random), id(random), id(random), text(random));
            case 9 ->
                new Message.Chunk(
                        id(random),
                        random.nextInt(1, 9),
                        text(random),
                        random.nextBoolean(),
                        slices(random),
                        random.nextBoolean(),
                        maybe(random),
                        maybe(random),
                        about(random));
            case 10 -> new Message.Results(id(random), random.nextInt(1000), id(random), slices(random));
            case 11 -> new Message.Running(id(random), random.nextInt(1000));
            case 12 -> new Message.Output(id(random), text(random));
            case 13 -> new Message.Accepted(id(random));
            case 14 -> new Message.Ping();
            case 15 -> new Message.Pong();
            case 16 -> new Message.Loading(text(random));
            case 17 ->
                new Message.Fork(
                        id(random),
                        random.nextBoolean() ? Map.of() : Map.of("NAME" + text(random), text(random), "", ""));
            case 18 -> new Message.Opened(id(random));
            case 19 -> new Message.Forked(id(random), id(random), ids(random));
            case 20 -> new Message.Failed(id(random), text(random));
            case 21 ->
                new Message.Exited(
                        id(random),
                        random.nextBoolean() ? null : random.nextInt(256),
                        random.nextBoolean() ? null : random.nextInt(65));
            default -> new Message.Leaving();
        };
    }

    private static long id(Random random) {
        return random.nextLong() >>> random.nextInt(1, 64);
    }

    private static List<Long> ids(Random random) {
        return random.longs(random.nextInt(5), 0, Long.MAX_VALUE).boxed().toList();
    }

    private static @Nullable String maybe(Random random) {
        return random.nextBoolean() ? text(random) : null;
    }

    private static Message.@Nullable About about(Random random) {
        return random.nextBoolean()
                ? null
                : new Message.About(
                        text(random),
                        text(random),
                        random.nextBoolean() ? null : Duration.ofMillis(random.nextInt(100_000)));
    }

    private static String text(Random random) {
        StringBuilder text = new StringBuilder();
        for (int left = random.nextInt(20); left > 0; left--) {
            text.appendCodePoint(
                    switch (random.nextInt(6)) {
                        case 0 -> random.nextInt(0x20);
                        case 1 -> random.nextInt(0x80, 0x800);
                        case 2 -> random.nextInt(0xe000, 0x10000);
                        case 3 -> random.nextInt(0x10000, 0x110000);
                        default -> random.nextInt(0x20, 0x80);
                    });
        }
        return text.toString();
    }

    private static RawJson array(Random random) {
        return RawJson.of("[" + (random.nextBoolean() ? "" : value(random, 2) + " , " + value(random, 2)) + "]");
    }

    private static JsonSlices slices(Random random) {
        return JsonSlices.elements(array(random));
    }

    private static RawJson object(Random random) {
        return RawJson.of("{" + (random.nextBoolean() ? "" : "\"k\u20ac\":" + value(random, 2) + ",\"\":{}") + "}");
    }

    private static RawJson value(Random random, int depth) {
        return switch (random.nextInt(depth > 0 ? 9 : 7)) {
            case 0 -> RawJson.NULL;
            case 1 -> RawJson.of("true");
            case 2 -> RawJson.of(Long.toString(random.nextLong()));
            case 3 ->
                RawJson.of(random.nextInt(1000) + "." + "0".repeat(random.nextInt(1, 5)) + "E+0" + random.nextInt(9));
            case 4 -> RawJson.of("\"\\u00e9 \\\" \u00e9\ud83d\ude00\"");
            case 5 -> RawJson.of('"' + "x".repeat(random.nextInt(3000)) + '"');
            case 6 -> RawJson.of("\"\"");
            case 7 -> RawJson.of("[" + value(random, depth - 1) + "," + value(random, depth - 1) + "]");
            default ->
                RawJson.of("{ \"a\": " + value(random, depth - 1) + ", \"b\":" + value(random, depth - 1) + " }");
        };
    }

    private RandomMessages() {}
}
