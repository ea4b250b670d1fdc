package dev.motorpool.detached;

import dev.motorpool.json.JsonSlices;
import dev.motorpool.json.RawJson;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;

/**
 * The bytes of {@link MapResults}: runs of items that follow one another by index. A run is the index of its first item,
 * how many there are, the length of each result, and the results; all numbers are integers of 4 bytes, big-endian. A
 * result is a value, or the error of an item that failed.
 */
public final class MapResultsCodec {

    private static final int INT = Integer.BYTES;

    private MapResultsCodec() {}

    /** Some results whose items follow one another. */
    public record Run(int firstIndex, JsonSlices results) {}

    /** Gathers runs. Not for several threads at once. */
    public static final class Writer {
        private final ByteArrayOutputStream out = new ByteArrayOutputStream();
        private int count;

        public void add(int firstIndex, JsonSlices results) {
            ByteBuffer head = ByteBuffer.allocate(INT * (2 + results.count()));
            head.putInt(firstIndex).putInt(results.count());
            for (int i = 0; i < results.count(); i++) {
                head.putInt(results.length(i));
            }
            out.writeBytes(head.array());
            for (int i = 0; i < results.count(); i++) {
                out.write(results.bytes(), results.start(i), results.length(i));
            }
            count += results.count();
        }

        public void add(int index, RawJson result) {
            add(index, new JsonSlices(result.bytes(), new int[] {result.offset(), result.offset() + result.length()}, 1));
        }

        /** How many results have been added. */
        public int count() {
            return count;
        }

        /** How many bytes they take. */
        public int size() {
            return out.size();
        }

        public MapResults toResults(long firstSeq, boolean failed) {
            return new MapResults(firstSeq, count, failed, out.toByteArray());
        }
    }

    /** Reads the runs one after the other. Not for several threads at once. */
    public static final class Reader {
        private final byte[] bytes;
        private final ByteBuffer in;

        public Reader(MapResults results) {
            this.bytes = results.bytes();
            this.in = ByteBuffer.wrap(bytes);
        }

        public boolean hasNext() {
            return in.hasRemaining();
        }

        public Run next() {
            int firstIndex = in.getInt();
            int count = in.getInt();
            int[] bounds = new int[2 * count];
            int at = in.position() + INT * count;
            for (int i = 0; i < count; i++) {
                bounds[2 * i] = at;
                at += in.getInt();
                bounds[2 * i + 1] = at;
            }
            in.position(at);
            return new Run(firstIndex, new JsonSlices(bytes, bounds, count));
        }
    }
}
