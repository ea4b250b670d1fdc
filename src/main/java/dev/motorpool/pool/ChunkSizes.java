package dev.motorpool.pool;

import dev.motorpool.json.JsonSlices;
import java.time.Duration;

/** Chooses how many items a chunk gets. Guarded by the pool's lock. */
final class ChunkSizes {

    /** Target run time of a chunk, once the run time of an item is known. */
    private static final double CHUNK_NANOS = 1e6;

    private static final int MOST_ITEMS = 16 * 1024;
    private static final int MOST_BYTES = 256 * 1024;

    private final RunTimes runTimes;
    private final int processors = Runtime.getRuntime().availableProcessors();

    ChunkSizes(RunTimes runTimes) {
        this.runTimes = runTimes;
    }

    /**
     * How many items the next chunk of a lane should have.
     *
     * @param startable how many items may start
     * @param slots how many slots the pool has
     */
    long wanted(LaneRequest request, long startable, int slots) {
        Duration expires = request.expires();
        if (expires != null && !request.expiresTogether()) {
            return 1; // each must start in time, however long those before it run
        }
        double expected = runTimes.expected(request.function());
        if (Double.isInfinite(expected)) {
            return Math.clamp(share(startable, slots), 1, request.chunksize());
        }
        long fair = share(startable, 2 * Math.min(slots, processors));
        return Math.clamp((long) Math.min((double) fair, CHUNK_NANOS / Math.max(1, expected)), 1, MOST_ITEMS);
    }

    private static long share(long items, int among) {
        return (items + among - 1) / among;
    }

    /** How many of the items fit into a chunk's bytes; at least one. */
    static int fitting(JsonSlices items, int most) {
        long bytes = items.length(0);
        int count = 1;
        while (count < most && bytes + items.length(count) <= MOST_BYTES) {
            bytes += items.length(count++);
        }
        return count;
    }
}
