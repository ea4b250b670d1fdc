package dev.motorpool.detached.model;

import dev.motorpool.json.JsonSlices;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * Results of consecutive items of a map that were completed in this order. The bytes are the length of each result, an
 * integer of 4 bytes, big-endian, and then the results, values or errors, as JSON.
 *
 * @param firstIndex index of the first item
 * @param firstSeq its place in the order of completion among all items of the map, from 0; the others follow
 * @param count number of items
 * @param failed whether all of them have failed; else all have succeeded
 */
@SuppressWarnings("ArrayRecordComponent") // shared, and never compared
public record MapResults(int firstIndex, long firstSeq, int count, boolean failed, byte[] bytes) {

    public static MapResults of(int firstIndex, long firstSeq, boolean failed, JsonSlices results) {
        int count = results.count();
        ByteBuffer out = ByteBuffer.allocate(Math.toIntExact((long) Integer.BYTES * count + results.totalLength()));
        for (int i = 0; i < count; i++) {
            out.putInt(results.length(i));
        }
        for (int i = 0; i < count; i++) {
            out.put(results.bytes(), results.start(i), results.length(i));
        }
        return new MapResults(firstIndex, firstSeq, count, failed, out.array());
    }

    /** The bytes of all these rows. */
    public static long bytes(List<MapResults> rows) {
        return rows.stream().mapToLong(row -> row.bytes.length).sum();
    }

    /** The results themselves, without a copy. */
    public JsonSlices results() {
        ByteBuffer lengths = ByteBuffer.wrap(bytes);
        int[] bounds = new int[2 * count];
        int at = Integer.BYTES * count;
        for (int i = 0; i < count; i++) {
            bounds[2 * i] = at;
            at += lengths.getInt();
            bounds[2 * i + 1] = at;
        }
        return new JsonSlices(bytes, bounds, count);
    }
}
