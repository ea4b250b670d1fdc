package dev.motorpool.conform;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** The JSON of orders. */
final class Orders {

    static final String ECHO = "conform.echo";
    static final String SIZE = "conform.size";
    static final String TEXT = "conform.text";
    static final String FAIL = "conform.fail";
    static final String SLEEP = "conform.sleep";
    static final String WRITE = "conform.write";
    static final String UNFIT = "conform.unfit";
    static final String SIGNAL = "conform.signal";
    static final String EXIT = "conform.exit";
    static final String SPAWN = "conform.spawn";

    /** What a worker must have to be tested. */
    static final List<String> FUNCTIONS = List.of(ECHO, SIZE, TEXT, FAIL, SLEEP, WRITE, UNFIT, SIGNAL, EXIT, SPAWN);

    static final String PING = "{\"type\":\"ping\"}";
    static final String STOP = "{\"type\":\"stop\"}";

    private Orders() {}

    /** @param arguments JSON values, separated by commas */
    static String call(long id, String function, String arguments) {
        return "{\"type\":\"call\",\"id\":" + id + ",\"attempt\":1,\"function\":\"" + function + "\",\"args\":["
                + arguments + "],\"kwargs\":{}}";
    }

    static String chunk(long id, String function, String... items) {
        return chunk(id, function, false, items);
    }

    /** A chunk of items that are arrays of arguments. */
    static String star(long id, String function, String... items) {
        return chunk(id, function, true, items);
    }

    private static String chunk(long id, String function, boolean star, String... items) {
        return "{\"type\":\"chunk\",\"id\":" + id + ",\"attempt\":1,\"function\":\"" + function + "\""
                + (star ? ",\"star\":true" : "") + ",\"items\":[" + String.join(",", items) + "]}";
    }

    static String cancel(long id) {
        return "{\"type\":\"cancel\",\"id\":" + id + "}";
    }

    static String cancel(long id, int index) {
        return "{\"type\":\"cancel\",\"id\":" + id + ",\"index\":" + index + "}";
    }

    static String drop(long... ids) {
        return "{\"type\":\"drop\",\"ids\":"
                + Arrays.stream(ids).mapToObj(Long::toString).collect(Collectors.joining(",", "[", "]")) + "}";
    }
}
