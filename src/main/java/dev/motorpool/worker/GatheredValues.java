package dev.motorpool.worker;

import dev.motorpool.json.JsonSlices;
import dev.motorpool.json.RawJson;
import dev.motorpool.wire.Message;
import java.util.Arrays;

/** Values of consecutive items of one chunk, collected for one report. Owned by its run. */
final class GatheredValues {

    private static final int MOST_BYTES = 32 * 1024;
    private static final int MOST_VALUES = 4 * 1024;

    private final long id;
    private byte[] bytes = new byte[256];
    private int[] bounds = new int[32];
    private int length;
    private int count;
    private int first;
    private long nanos;

    GatheredValues(long id) {
        this.id = id;
    }

    boolean isEmpty() {
        return count == 0;
    }

    /** Adds the value of the item after the last one added. Returns false if there is no room for it. */
    boolean add(int index, long ran, RawJson value) {
        int needed = length + value.length();
        if (needed > MOST_BYTES || count == MOST_VALUES) {
            return false;
        }
        if (needed > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(needed, Math.min(MOST_BYTES, 4 * bytes.length)));
        }
        if (2 * count == bounds.length) {
            bounds = Arrays.copyOf(bounds, 4 * bounds.length);
        }
        if (count == 0) {
            first = index;
        }
        System.arraycopy(value.bytes(), value.offset(), bytes, length, value.length());
        bounds[2 * count] = length;
        length = needed;
        bounds[2 * count + 1] = length;
        count++;
        nanos += ran;
        return true;
    }

    /** Reports and removes them. */
    void writeTo(Reports reports) {
        reports.write(new Message.Results(id, first, nanos, new JsonSlices(bytes, bounds, count)));
        length = 0;
        count = 0;
        nanos = 0;
    }

    /** The report of a value that is too large to be collected. */
    static Message.Results alone(long id, int index, long nanos, RawJson value) {
        int[] bounds = {value.offset(), value.offset() + value.length()};
        return new Message.Results(id, index, nanos, new JsonSlices(value.bytes(), bounds, 1));
    }
}
