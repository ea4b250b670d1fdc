package dev.motorpool.json;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A JSON value as its original UTF-8 text: a slice of a byte array that no longer changes. The service and its workers
 * pass values in this form, so numbers keep their digits and no value is parsed and written again.
 *
 * @param bytes the array that holds the text; shared, never written to
 * @param offset index of the first byte
 * @param length number of bytes
 */
@SuppressWarnings("ArrayRecordComponent") // a slice by design: shared, never written to
public record RawJson(byte[] bytes, int offset, int length) {

    public static final RawJson NULL = of("null");
    public static final RawJson EMPTY_ARRAY = of("[]");
    public static final RawJson EMPTY_OBJECT = of("{}");

    public static RawJson of(String text) {
        return of(text.getBytes(StandardCharsets.UTF_8));
    }

    public static RawJson of(byte[] bytes) {
        return new RawJson(bytes, 0, bytes.length);
    }

    /** The kind of this value, from its first byte. */
    public JsonKind kind() {
        int at = offset;
        while (bytes[at] <= ' ' && bytes[at] >= 0) {
            at++;
        }
        return JsonKind.of(bytes[at]);
    }

    public void writeTo(OutputStream out) throws IOException {
        out.write(bytes, offset, length);
    }

    /** The text, not copied; must not be changed. */
    public ByteBuffer buffer() {
        return ByteBuffer.wrap(bytes, offset, length);
    }

    public byte[] toByteArray() {
        return Arrays.copyOfRange(bytes, offset, offset + length);
    }

    /** Two values are equal if their texts are equal byte for byte: {@code 1.0} and {@code 1} differ. */
    @Override
    public boolean equals(Object other) {
        return other instanceof RawJson that
                && Arrays.equals(bytes, offset, offset + length, that.bytes, that.offset, that.offset + that.length);
    }

    @Override
    public int hashCode() {
        int hash = 1;
        for (int i = offset; i < offset + length; i++) {
            hash = 31 * hash + bytes[i];
        }
        return hash;
    }

    @Override
    public String toString() {
        return new String(bytes, offset, length, StandardCharsets.UTF_8);
    }
}
