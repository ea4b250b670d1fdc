package dev.motorpool.http.route;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.UUID;

/** Builds an answer from bytes, many of which are constant. Optimized for {@code apply}. */
public final class ByteText {

    private static final byte[] HEX = ascii("0123456789abcdef");
    private static final DateTimeFormatter SECOND =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss").withZone(ZoneOffset.UTC);

    /** The text of one second. Most answers have times of the second before last, the last, and the present. */
    @SuppressWarnings("ArrayRecordComponent") // never written to
    private record Second(long epoch, byte[] text) {}

    private static volatile Second latest = new Second(0, ascii("1970-01-01T00:00:00"));

    private byte[] bytes;
    private int length;

    public ByteText(int capacity) {
        bytes = new byte[capacity];
    }

    /** The text, without a copy: this object must not be used afterwards. */
    public ByteBuffer buffer() {
        return ByteBuffer.wrap(bytes, 0, length);
    }

    public int length() {
        return length;
    }

    public void clear() {
        length = 0;
    }

    public static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    public ByteText put(byte[] text) {
        return put(text, 0, text.length);
    }

    public ByteText put(byte[] text, int from, int count) {
        reserve(count);
        System.arraycopy(text, from, bytes, length, count);
        length += count;
        return this;
    }

    /** A text of ASCII characters only. */
    @SuppressWarnings("deprecation")
    public // intended: the low byte of each character
    ByteText put(String text) {
        int count = text.length();
        reserve(count);
        text.getBytes(0, count, bytes, length);
        length += count;
        return this;
    }

    public ByteText put(char ascii) {
        reserve(1);
        bytes[length++] = (byte) ascii;
        return this;
    }

    public ByteText put(long number) {
        if (number < 0) {
            return put(Long.toString(number));
        }
        int digits = 1;
        for (long rest = number; rest >= 10; rest /= 10) {
            digits++;
        }
        reserve(digits);
        length += digits;
        long rest = number;
        for (int at = length - 1; digits > 0; digits--) {
            bytes[at--] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
        return this;
    }

    /** Nanoseconds as seconds. */
    public ByteText seconds(long nanos) {
        put(nanos / 1_000_000_000);
        int fraction = (int) (nanos % 1_000_000_000);
        if (fraction > 0) {
            put('.');
            for (int unit = 100_000_000; fraction > 0; unit /= 10) {
                put((char) ('0' + fraction / unit));
                fraction %= unit;
            }
        }
        return this;
    }

    public ByteText id(UUID id) {
        reserve(36);
        hex(id.getMostSignificantBits() >>> 32, 8);
        bytes[length++] = '-';
        hex(id.getMostSignificantBits() >>> 16, 4);
        bytes[length++] = '-';
        hex(id.getMostSignificantBits(), 4);
        bytes[length++] = '-';
        hex(id.getLeastSignificantBits() >>> 48, 4);
        bytes[length++] = '-';
        hex(id.getLeastSignificantBits(), 12);
        return this;
    }

    private void hex(long bits, int digits) {
        for (int shift = 4 * (digits - 1); shift >= 0; shift -= 4) {
            bytes[length++] = HEX[(int) (bits >>> shift) & 0xF];
        }
    }

    /** A time in UTC with milliseconds. */
    public ByteText time(Instant time) {
        Second second = latest;
        if (second.epoch != time.getEpochSecond()) {
            second = new Second(time.getEpochSecond(), ascii(SECOND.format(time)));
            latest = second;
        }
        int millis = time.getNano() / 1_000_000;
        put(second.text);
        put('.').put((char) ('0' + millis / 100)).put((char) ('0' + millis / 10 % 10));
        return put((char) ('0' + millis % 10)).put('Z');
    }

    private void reserve(int more) {
        if (bytes.length - length < more) {
            bytes = Arrays.copyOf(bytes, Math.max(length + more, 2 * bytes.length));
        }
    }
}
