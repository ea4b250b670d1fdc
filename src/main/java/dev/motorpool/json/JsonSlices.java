package dev.motorpool.json;

import java.util.Arrays;
import java.util.StringJoiner;

/**
 * A list of JSON values, each a slice of one array that no longer changes. Many values take a single object in this
 * form.
 */
public final class JsonSlices {

    /** Memory of the bounds of one value. */
    public static final long BYTES_OF_BOUNDS = 8;

    private final byte[] bytes;
    /** Start and end of each value. */
    private final int[] bounds;

    private final int from;
    private final int count;

    /**
     * Values with known bounds.
     *
     * @param bytes shared; no longer changes
     * @param bounds start and end of each value in {@code bytes}, in order; no longer changes
     * @param count number of values
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

    /** The elements of a well-formed array with this number of elements. */
    public static JsonSlices elements(RawJson array, int count) {
        int[] bounds = new int[2 * count];
        JsonCursor cursor = new JsonCursor(array);
        for (int i = 0; i < count && cursor.next(); i++) {
            bounds[2 * i] = cursor.start();
            bounds[2 * i + 1] = cursor.end();
        }
        return new JsonSlices(array.bytes(), bounds, count);
    }

    /** The elements of a well-formed array. */
    public static JsonSlices elements(RawJson array) {
        int count = 0;
        for (JsonCursor cursor = new JsonCursor(array); cursor.next(); count++) {}
        return elements(array, count);
    }

    /** As {@link #part}, but copied, so that the other values do not stay in memory. */
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

    /** Start of a value in {@link #bytes}. */
    public int start(int index) {
        return bounds[2 * (from + index)];
    }

    /** End of a value in {@link #bytes}, exclusively. */
    public int end(int index) {
        return bounds[2 * (from + index) + 1];
    }

    public int length(int index) {
        return end(index) - start(index);
    }

    public RawJson get(int index) {
        return new RawJson(bytes, start(index), length(index));
    }

    /** Total bytes of the values, without the text between them. */
    public long totalLength() {
        long total = 0;
        for (int i = 0; i < count; i++) {
            total += length(i);
        }
        return total;
    }

    /** Two lists are equal if their values are. */
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

    /** The values from {@code first} to {@code end}, exclusively. Shares the arrays. */
    public JsonSlices part(int first, int end) {
        return new JsonSlices(bytes, bounds, from + first, end - first);
    }
}
