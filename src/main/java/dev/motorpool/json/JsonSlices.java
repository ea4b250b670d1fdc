package dev.motorpool.json;

import java.util.Arrays;
import java.util.StringJoiner;

/**
 * JSON values in a row, each a slice of one array that nobody changes any more. What takes many values through the
 * service in this form makes one object for all of them.
 */
public final class JsonSlices {

    /** What the start and the end of one value take. */
    public static final long BYTES_OF_BOUNDS = 8;

    private final byte[] bytes;
    /** Start and end of each value. */
    private final int[] bounds;

    private final int from;
    private final int count;

    /**
     * Values whose places are known.
     *
     * @param bytes shared, never written to any more
     * @param bounds start and end of each value in {@code bytes}, one after the other; never written to any more
     * @param count how many of them there are
     */
    public JsonSlices(byte[] bytes, int[] bounds, int count) {
        this(bytes, bounds, 0, count);
    }

    private JsonSlices(byte[] bytes, int[] bounds, int from, int count) {
        this.bytes = bytes;
        this.bounds = bounds;
        this.from = from;
        this.count = count;
    }

    /** The elements of an array that is known to be well-formed and to have this many. */
    public static JsonSlices elements(RawJson array, int count) {
        int[] bounds = new int[2 * count];
        JsonCursor cursor = new JsonCursor(array);
        for (int i = 0; i < count && cursor.next(); i++) {
            bounds[2 * i] = cursor.start();
            bounds[2 * i + 1] = cursor.end();
        }
        return new JsonSlices(array.bytes(), bounds, count);
    }

    /** The elements of an array that is known to be well-formed. */
    public static JsonSlices elements(RawJson array) {
        int count = 0;
        for (JsonCursor cursor = new JsonCursor(array); cursor.next(); count++) {}
        return elements(array, count);
    }

    /** As {@link #part}, in an array of their own, so that they do not keep the others in memory. */
    public JsonSlices copy(int first, int end) {
        JsonSlices part = part(first, end);
        byte[] own = new byte[(int) part.totalLength()];
        int[] places = new int[2 * part.count];
        int at = 0;
        for (int i = 0; i < part.count; i++) {
            int length = part.length(i);
            System.arraycopy(part.bytes, part.start(i), own, at, length);
            places[2 * i] = at;
            at += length;
            places[2 * i + 1] = at;
        }
        return new JsonSlices(own, places, part.count);
    }

    /** The next elements of an array, at most this many; empty at its end. */
    public static JsonSlices next(JsonCursor array, int most) {
        int[] bounds = new int[2 * Math.min(most, 16)];
        int count = 0;
        while (count < most && array.next()) {
            if (2 * count == bounds.length) {
                bounds = Arrays.copyOf(bounds, 4 * count);
            }
            bounds[2 * count] = array.start();
            bounds[2 * count + 1] = array.end();
            count++;
        }
        return new JsonSlices(array.bytes(), bounds, count);
    }

    public int count() {
        return count;
    }

    /** The array that holds the values. */
    public byte[] bytes() {
        return bytes;
    }

    /** Where a value begins in {@link #bytes}. */
    public int start(int index) {
        return bounds[2 * (from + index)];
    }

    /** Where a value ends in {@link #bytes}, exclusively. */
    public int end(int index) {
        return bounds[2 * (from + index) + 1];
    }

    public int length(int index) {
        return end(index) - start(index);
    }

    public RawJson get(int index) {
        return new RawJson(bytes, start(index), length(index));
    }

    /** The bytes of all values together, what lies between them not counted. */
    public long totalLength() {
        long total = 0;
        for (int i = 0; i < count; i++) {
            total += length(i);
        }
        return total;
    }

    /** As equal as their values are. */
    @Override
    public boolean equals(Object other) {
        if (!(other instanceof JsonSlices that) || that.count != count) {
            return false;
        }
        for (int i = 0; i < count; i++) {
            if (!get(i).equals(that.get(i))) {
                return false;
            }
        }
        return true;
    }

    @Override
    public int hashCode() {
        int hash = count;
        for (int i = 0; i < count; i++) {
            hash = 31 * hash + get(i).hashCode();
        }
        return hash;
    }

    /** The values as a JSON array. */
    @Override
    public String toString() {
        StringJoiner array = new StringJoiner(",", "[", "]");
        for (int i = 0; i < count; i++) {
            array.add(get(i).toString());
        }
        return array.toString();
    }

    /** The values from one place up to another, exclusively; shares everything with this. */
    public JsonSlices part(int first, int end) {
        return new JsonSlices(bytes, bounds, from + first, end - first);
    }
}
