package dev.motorpool.detached.model;

import dev.motorpool.json.JsonSlices;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Which items of a map have a result from before.
 *
 * @param items their indexes; not changed any more
 * @param nextSeq the place in completion of the next result
 */
public record MapDone(BitSet items, long nextSeq) {

    public static final MapDone NOTHING = new MapDone(new BitSet(), 0);

    /** Takes a piece of values apart. */
    @FunctionalInterface
    public interface Sink {
        void add(int firstIndex, JsonSlices values);
    }

    /** The items that are left, in the order in which a lane gets them. */
    public static final class Gaps {

        /** Index of an item by the index that it has in the lane, for the first item of each gap. Not changed any more. */
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

        /** Hands the items over, which are not held here any more. Once, by who opens the lane. */
        public List<JsonSlices> takePieces() {
            List<JsonSlices> taken = List.copyOf(pieces);
            pieces.clear();
            return taken;
        }

        /** The index of the item that has this index in the lane. */
        public int itemOf(long laneIndex) {
            Map.Entry<Long, Integer> start = starts.floorEntry(laneIndex);
            return start.getValue() + (int) (laneIndex - start.getKey());
        }

        /** Tells values that follow one another in the lane as they follow one another in the map. */
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
