package dev.motorpool.json;

/**
 * Checks whole JSON texts strictly, in one pass over the bytes and without building objects. Besides what RFC 8259
 * forbids, it refuses duplicate keys at any depth, invalid UTF-8, a byte order mark, nesting deeper than
 * {@link #MAX_DEPTH}, and numbers of more than {@link #MAX_DIGITS} digits. Takes linear time for every text.
 */
public final class StrictJson {

    public static final int MAX_DEPTH = 200;

    /** Maximum digits of a number: before and after the point and of the exponent together. */
    public static final int MAX_DIGITS = 4096;

    private static final int SHORT = 18;

    /** Checks that the text is one JSON value and nothing else. */
    public static void check(RawJson text) throws MalformedJsonException {
        if (!isShortInteger(text)) {
            check(text, MAX_DEPTH);
        }
    }

    /** Whether the text consists of a few digits, as many items of maps and streams do. */
    private static boolean isShortInteger(RawJson text) {
        byte[] bytes = text.bytes();
        int from = text.offset();
        int end = from + text.length();
        if (end == from || text.length() > SHORT || (bytes[from] == '0' && text.length() > 1)) {
            return false;
        }
        for (int at = from; at < end; at++) {
            if (bytes[at] < '0' || bytes[at] > '9') {
                return false;
            }
        }
        return true;
    }

    /** As {@link #check(RawJson)}, with another limit of nesting. */
    public static void check(RawJson text, int maxDepth) throws MalformedJsonException {
        new StrictScanner(text, maxDepth, null).scan();
    }

    /** Checks that the text is one JSON object, and finds the values of its known members on the way. */
    public static Members members(RawJson text, MemberNames names) throws MalformedJsonException {
        return members(text, names, MAX_DEPTH);
    }

    /** As {@link #members(RawJson, MemberNames)}, with another limit of nesting. */
    public static Members members(RawJson text, MemberNames names, int maxDepth) throws MalformedJsonException {
        Members members = new Members(names, text);
        new StrictScanner(text, maxDepth, members).scan();
        return members;
    }

    private StrictJson() {}
}
