package dev.motorpool.json;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes JSON text into memory, up to a limit. Adds commas itself; the caller closes what it opens. Not thread-safe.
 */
public final class JsonWriter {

    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] MIN_LONG = "-9223372036854775808".getBytes(StandardCharsets.US_ASCII);

    /** The ASCII characters that need no escape in strings. */
    private static final boolean[] PLAIN = new boolean[0x80];

    static {
        Arrays.fill(PLAIN, 0x20, PLAIN.length, true);
        PLAIN['"'] = false;
        PLAIN['\\'] = false;
    }

    private final int limit;
    private byte[] buffer;
    private int size;
    private boolean comma;

    public JsonWriter() {
        this(Integer.MAX_VALUE - 64);
    }

    /** A writer of at most {@code limit} bytes; writing more throws {@link TooLongException}. */
    public JsonWriter(int limit) {
        this.limit = limit;
        this.buffer = new byte[Math.min(limit, 512)];
    }

    public JsonWriter beginObject() {
        separate();
        put('{');
        comma = false;
        return this;
    }

    public JsonWriter endObject() {
        put('}');
        comma = true;
        return this;
    }

    public JsonWriter beginArray() {
        separate();
        put('[');
        comma = false;
        return this;
    }

    public JsonWriter endArray() {
        put(']');
        comma = true;
        return this;
    }

    public JsonWriter name(String name) {
        separate();
        quoted(name);
        put(':');
        comma = false;
        return this;
    }

    /** Writes a string, or {@code null}; half a surrogate pair, which has no UTF-8 form, becomes U+FFFD. */
    public JsonWriter value(@Nullable String text) {
        if (text == null) {
            return nullValue();
        }
        separate();
        quoted(text);
        comma = true;
        return this;
    }

    public JsonWriter value(long number) {
        separate();
        decimal(number);
        comma = true;
        return this;
    }

    public JsonWriter value(boolean truth) {
        return literal(truth ? "true" : "false");
    }

    public JsonWriter nullValue() {
        return literal("null");
    }

    /** Writes ASCII text that is a JSON value, such as the digits of a number. */
    public JsonWriter literal(String ascii) {
        separate();
        int length = ascii.length();
        reserve(length);
        for (int i = 0; i < length; i++) {
            buffer[size++] = (byte) ascii.charAt(i);
        }
        comma = true;
        return this;
    }

    /** Writes the text of a value unchanged. */
    public JsonWriter value(RawJson value) {
        separate();
        reserve(value.length());
        System.arraycopy(value.bytes(), value.offset(), buffer, size, value.length());
        size += value.length();
        comma = true;
        return this;
    }

    /** Writes an object of strings. */
    public JsonWriter value(Map<String, String> members) {
        beginObject();
        members.forEach((name, text) -> name(name).value(text));
        return endObject();
    }

    public int size() {
        return size;
    }

    /** The written text, not copied: the writer must not be used afterwards. */
    public RawJson toRawJson() {
        return new RawJson(buffer, 0, size);
    }

    private void separate() {
        if (comma) {
            put(',');
        }
    }

    private void put(char ascii) {
        reserve(1);
        buffer[size++] = (byte) ascii;
    }

    private void quoted(String text) {
        int length = text.length();
        reserve(length + 2);
        byte[] bytes = buffer;
        int at = size;
        bytes[at++] = '"';
        int i = 0;
        for (; i < length; i++) {
            char c = text.charAt(i);
            if (c >= PLAIN.length || !PLAIN[c]) {
                break;
            }
            bytes[at++] = (byte) c;
        }
        size = at;
        for (; i < length; i++) {
            char c = text.charAt(i);
            if (c < 0x80) {
                ascii(c);
            } else if (c < 0x800) {
                reserve(2);
                buffer[size++] = (byte) (0xc0 | (c >> 6));
                buffer[size++] = (byte) (0x80 | (c & 0x3f));
            } else if (Character.isHighSurrogate(c) && i + 1 < length && Character.isLowSurrogate(text.charAt(i + 1))) {
                i++;
                int point = Character.toCodePoint(c, text.charAt(i));
                reserve(4);
                buffer[size++] = (byte) (0xf0 | (point >> 18));
                buffer[size++] = (byte) (0x80 | (point >> 12 & 0x3f));
                buffer[size++] = (byte) (0x80 | (point >> 6 & 0x3f));
                buffer[size++] = (byte) (0x80 | (point & 0x3f));
            } else {
                int unit = Character.isSurrogate(c) ? 0xfffd : c;
                reserve(3);
                buffer[size++] = (byte) (0xe0 | (unit >> 12));
                buffer[size++] = (byte) (0x80 | (unit >> 6 & 0x3f));
                buffer[size++] = (byte) (0x80 | (unit & 0x3f));
            }
        }
        put('"');
    }

    private void ascii(char c) {
        if (PLAIN[c]) {
            put(c);
            return;
        }
        switch (c) {
            case '"', '\\' -> escape(c);
            case '\b' -> escape('b');
            case '\f' -> escape('f');
            case '\n' -> escape('n');
            case '\r' -> escape('r');
            case '\t' -> escape('t');
            default -> {
                escape('u');
                put('0');
                put('0');
                put((char) HEX[c >> 4]);
                put((char) HEX[c & 0xf]);
            }
        }
    }

    private void escape(char letter) {
        put('\\');
        put(letter);
    }

    private void decimal(long number) {
        if (number == Long.MIN_VALUE) {
            reserve(MIN_LONG.length);
            System.arraycopy(MIN_LONG, 0, buffer, size, MIN_LONG.length);
            size += MIN_LONG.length;
            return;
        }
        if (number < 0) {
            put('-');
        }
        long rest = Math.abs(number);
        int digits = 1;
        for (long power = 10; digits < 19 && rest >= power; power *= 10) {
            digits++;
        }
        reserve(digits);
        size += digits;
        int at = size;
        do {
            buffer[--at] = (byte) ('0' + rest % 10);
            rest /= 10;
        } while (rest > 0);
    }

    private void reserve(int more) {
        if (more > limit - size) {
            throw new TooLongException(limit);
        }
        if (more > buffer.length - size) {
            int wanted = (int) Math.min(limit, Math.max(2L * buffer.length, (long) size + more));
            buffer = Arrays.copyOf(buffer, wanted);
        }
    }

    /** The text would be longer than the writer's limit. */
    public static final class TooLongException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        TooLongException(int limit) {
            super("more than " + limit + " bytes of JSON", null, false, false);
        }
    }
}
