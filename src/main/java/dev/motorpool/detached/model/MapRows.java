package dev.motorpool.detached.model;

import dev.motorpool.json.JsonSlices;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A buffer of results of a map's items, in the order of completion. Guarded by its owner. */
final class MapRows {

    /** Consecutive results are merged into one row up to this size. */
    private static final long ROW_BYTES = 256 << 10;

    private static final long OVERHEAD = 16;

    private record Piece(int first, boolean failed, JsonSlices values) {}

    private final List<Piece> pieces = new ArrayList<>();
    private int count;
    private long bytes;

    /** @param failed whether these are errors; else they are values */
    void add(int firstIndex, boolean failed, JsonSlices values) {
        pieces.add(new Piece(firstIndex, failed, values));
        count += values.count();
        bytes += values.totalLength() + OVERHEAD * values.count();
    }

    boolean isEmpty() {
        return pieces.isEmpty();
    }

    int count() {
        return count;
    }

    /** Approximate bytes of the results. */
    long bytes() {
        return bytes;
    }

    /** The rows. Results of one kind are merged if they are consecutive by index and were completed in that order. */
    List<MapResults> toResults(long firstSeq) {
        List<MapResults> rows = new ArrayList<>();
        long seq = firstSeq;
        int from = 0;
        while (from < pieces.size()) {
            int to = from + 1;
            int items = pieces.get(from).values.count();
            long length = pieces.get(from).values.totalLength();
            while (to < pieces.size()
                    && pieces.get(to).first == pieces.get(from).first + items
                    && pieces.get(to).failed == pieces.get(from).failed
                    && length + pieces.get(to).values.totalLength() <= ROW_BYTES) {
                items += pieces.get(to).values.count();
                length += pieces.get(to).values.totalLength();
                to++;
            }
            List<Piece> some = pieces.subList(from, to);
            rows.add(MapResults.of(some.getFirst().first, seq, some.getFirst().failed, together(some, items)));
            seq += items;
            from = to;
        }
        return rows;
    }

    private static JsonSlices together(List<Piece> some, int items) {
        if (some.size() == 1) {
            return some.getFirst().values;
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        int[] bounds = new int[2 * items];
        int at = 0;
        for (Piece piece : some) {
            JsonSlices values = piece.values;
            for (int i = 0; i < values.count(); i++) {
                bounds[at++] = out.size();
                out.write(values.bytes(), values.start(i), values.length(i));
                bounds[at++] = out.size();
            }
        }
        return new JsonSlices(out.toByteArray(), Arrays.copyOf(bounds, at), items);
    }
}
