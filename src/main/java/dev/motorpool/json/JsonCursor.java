package dev.motorpool.json;

/**
 * Iterates over the elements of a well-formed array or the members of a well-formed object, as slices. Parses and copies
 * nothing.
 */
public final class JsonCursor {

    /** Bytes that occur in a number, true, false or null. */
    private static final boolean[] IN_SCALAR = inScalar();

    private final byte[] bytes;
    private final boolean object;
    private int position;
    private int nameFrom;
    private int nameTo;
    private int valueFrom;
    private int valueTo;
    private boolean ended;

    /** A cursor before the first element or member of {@code container}. */
    public JsonCursor(RawJson container) {
        this.bytes = container.bytes();
        int from = afterSpace(container.offset());
        this.object = bytes[from] == '{';
        this.position = from + 1;
    }

    /** Moves to the next element or member; false if there is none. */
    public boolean next() {
        if (ended) {
            return false;
        }
        int at = afterSpace(position);
        if (bytes[at] == ',') {
            at = afterSpace(at + 1);
        } else if (bytes[at] == ']' || bytes[at] == '}') {
            ended = true;
            return false;
        }
        if (object) {
            nameFrom = at + 1;
            at = afterString(at);
            nameTo = at - 1;
            at = afterSpace(afterSpace(at) + 1);
        }
        valueFrom = at;
        valueTo = afterValue(at);
        position = valueTo;
        return true;
    }

    /** The name of the current member. */
    public String name() {
        return JsonStrings.decode(bytes, nameFrom, nameTo);
    }

    /** The current element, or the value of the current member. */
    public RawJson value() {
        return new RawJson(bytes, valueFrom, valueTo - valueFrom);
    }

    byte[] bytes() {
        return bytes;
    }

    int start() {
        return valueFrom;
    }

    int end() {
        return valueTo;
    }

    private int afterSpace(int at) {
        int next = at;
        while (bytes[next] <= ' ' && bytes[next] >= 0) {
            next++;
        }
        return next;
    }

    private int afterString(int quote) {
        int at = quote + 1;
        while (bytes[at] != '"') {
            at += bytes[at] == '\\' ? 2 : 1;
        }
        return at + 1;
    }

    private int afterValue(int from) {
        return switch (bytes[from]) {
            case '"' -> afterString(from);
            case '{', '[' -> afterContainer(from);
            default -> afterScalar(from);
        };
    }

    private int afterContainer(int from) {
        int depth = 0;
        int at = from;
        do {
            switch (bytes[at]) {
                case '"' -> at = afterString(at) - 1;
                case '{', '[' -> depth++;
                case '}', ']' -> depth--;
                default -> {}
            }
            at++;
        } while (depth > 0);
        return at;
    }

    private static boolean[] inScalar() {
        boolean[] in = new boolean[256];
        for (char c : "0123456789+-.eEtrufalsn".toCharArray()) {
            in[c] = true;
        }
        return in;
    }

    private int afterScalar(int from) {
        int at = from;
        while (IN_SCALAR[bytes[at] & 0xff]) {
            at++;
        }
        return at;
    }
}
