package dev.motorpool.detached.model;

import dev.motorpool.json.JsonSlices;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The items of a map that have a result from an earlier attempt.
 *
 * @param items their indexes; not modified
 * @param nextSeq the next place in the order of completion
 */
public record MapDone(BitSet items, long nextSeq) {

    public static final MapDone NOTHING = new MapDone(new BitSet(), 0);

    /** Receives parts of values. */
    @FunctionalInterface
    public interface Sink {
        void add(int firstIndex, JsonSlices values);
    }

    /** The remaining items, in the order of the lane. */
    public static final class Gaps {

        /** For the first item of each gap: its index in the map, by its index in the lane. Not modified. */
        private final TreeMap<Long, Integer> starts = new TreeMap<>();

        private final List<JsonSlices> pieces = new ArrayList<>();
        private int count;

        private void add(int first, JsonSlices items) {
            starts.put((long) count, first);
            pieces.add(items);
            count += items.count();
        }

        public int count() {
            return count;
        }

        /** Returns the items and releases them here. Called once, by the opener of the lane. */
        public List<JsonSlices> takePieces() {
            List<JsonSlices> taken = List.copyOf(pieces);
            pieces.clear();
            return taken;
        }

        /** The map index of the item with this lane index. */
        public int itemOf(long laneIndex) {
            Map.Entry<Long, Integer> start = starts.floorEntry(laneIndex);
            return start.getValue() + (int) (laneIndex - start.getKey());
        }

        /** Splits values that are consecutive in the lane into values that are consecutive in the map. */
        public void split(long laneIndex, JsonSlices values, Sink sink) {
            int from = 0;
            while (from < values.count()) {
                Long next = starts.higherKey(laneIndex + from);
                int to = next == null ? values.count() : (int) Math.min(values.count(), next - laneIndex);
                sink.add(itemOf(laneIndex + from), values.part(from, to));
                from = to;
            }
        }
    }

    public Gaps gaps(JsonSlices all) {
        Gaps gaps = new Gaps();
        int from = items.nextClearBit(0);
        while (from < all.count()) {
            int to = items.nextSetBit(from);
            to = to < 0 ? all.count() : Math.min(to, all.count());
            gaps.add(from, all.part(from, to));
            from = items.nextClearBit(to);
        }
        return gaps;
    }
}
