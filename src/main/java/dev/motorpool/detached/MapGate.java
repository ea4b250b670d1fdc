package dev.motorpool.detached;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * How many maps of one pool have their items in memory at once: as many as fit in a budget of bytes, at least one. The
 * others wait in their order; a map takes long, and holds its items until its end.
 */
final class MapGate {

    static final long MOST_BYTES = 64L << 20;
    private static final int MOST_MAPS = 64;

    @GuardedBy("this")
    private final Map<Run, Long> open = new LinkedHashMap<>();

    @GuardedBy("this")
    private final TreeMap<JobKey, MapRun> waiting = new TreeMap<>();

    @GuardedBy("this")
    private long bytes;

    /** Whether the map may open its lane now; else it is among those that {@link #leave} answers later. */
    synchronized boolean enter(MapRun run) {
        waiting.put(run.key, run);
        return waiting.firstEntry().getValue().equals(run) && next() != null;
    }

    @GuardedBy("this")
    private @Nullable MapRun next() {
        if (waiting.isEmpty()) {
            return null;
        }
        MapRun first = waiting.firstEntry().getValue();
        if (!open.isEmpty() && (open.size() >= MOST_MAPS || bytes + first.bytes > MOST_BYTES)) {
            return null;
        }
        waiting.remove(first.key);
        open.put(first, first.bytes);
        bytes += first.bytes;
        return first;
    }

    /** The map holds its items no more; those that may open their lanes now. */
    synchronized List<MapRun> leave(Run run) {
        waiting.remove(run.key, run);
        Long held = open.remove(run);
        if (held != null) {
            bytes -= held;
        }
        List<MapRun> admitted = new ArrayList<>();
        for (MapRun next = next(); next != null; next = next()) {
            admitted.add(next);
        }
        return admitted;
    }
}
