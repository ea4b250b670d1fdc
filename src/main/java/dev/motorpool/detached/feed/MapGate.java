package dev.motorpool.detached.feed;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.motorpool.detached.attempt.AttemptRun;
import dev.motorpool.detached.attempt.MapAttempt;
import dev.motorpool.detached.model.JobKey;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Limits which maps of one pool hold their items in memory at once; a map holds them until its end. The others wait in
 * order. A map never waits for one of lower priority while all fit into a larger budget, so that many earlier maps do not
 * delay an urgent one.
 */
final class MapGate {

    /** The budget of all maps together, as a multiple of the budget of one priority. */
    private static final int LEVELS = 4;

    /** Memory of a map besides its items. */
    static final long OVERHEAD = 4 << 10;

    private final long levelBytes;

    @GuardedBy("this")
    private final Map<AttemptRun, Long> open = new LinkedHashMap<>();

    /** Bytes of open maps by priority. */
    @GuardedBy("this")
    private final TreeMap<Integer, Long> levels = new TreeMap<>();

    @GuardedBy("this")
    private final TreeMap<JobKey, MapAttempt> waiting = new TreeMap<>();

    /** @param levelBytes limit for maps of one priority and higher ones together; a single map always fits */
    MapGate(long levelBytes) {
        this.levelBytes = levelBytes;
    }

    /** Whether the map may open its lane now; else a later {@link #leave} returns it. */
    synchronized boolean enter(MapAttempt run) {
        waiting.put(run.key, run);
        return waiting.firstEntry().getValue().equals(run) && next() != null;
    }

    @GuardedBy("this")
    private @Nullable MapAttempt next() {
        if (waiting.isEmpty()) {
            return null;
        }
        MapAttempt first = waiting.firstEntry().getValue();
        long its = first.bytes + OVERHEAD;
        int level = first.key.priority();
        if (!fits(bytes(level), its, levelBytes) || !fits(bytes(Integer.MIN_VALUE), its, LEVELS * levelBytes)) {
            return null;
        }
        waiting.remove(first.key);
        open.put(first, its);
        levels.merge(level, its, Long::sum);
        return first;
    }

    private static boolean fits(long held, long more, long budget) {
        return held == 0 || held + more <= budget;
    }

    /** Bytes of maps of this priority and higher ones. */
    @GuardedBy("this")
    private long bytes(int priority) {
        long sum = 0;
        for (long held : levels.tailMap(priority, true).values()) {
            sum += held;
        }
        return sum;
    }

    /** Releases the map's items; returns the maps that may open their lanes now. */
    synchronized List<MapAttempt> leave(AttemptRun run) {
        waiting.remove(run.key, run);
        Long held = open.remove(run);
        if (held != null) {
            levels.computeIfPresent(run.key.priority(), (level, sum) -> sum == (long) held ? null : sum - held);
        }
        List<MapAttempt> admitted = new ArrayList<>();
        for (MapAttempt next = next(); next != null; next = next()) {
            admitted.add(next);
        }
        return admitted;
    }
}
