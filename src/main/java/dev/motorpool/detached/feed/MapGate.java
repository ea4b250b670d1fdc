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
 * Which maps of one pool have their items in memory at once: a map holds them until its end. The others wait in their
 * order. A map never waits for one of lower priority, as long as all fit in a greater budget; so what is urgent is not
 * held up by the many that were there before it.
 */
final class MapGate {

    /** How many times as much as those of one priority all maps together may have. */
    static final int LEVELS = 4;

    /** What a map takes beside its items. */
    static final long OVERHEAD = 4 << 10;

    private final long levelBytes;

    @GuardedBy("this")
    private final Map<AttemptRun, Long> open = new LinkedHashMap<>();

    /** Bytes of open maps by priority. */
    @GuardedBy("this")
    private final TreeMap<Integer, Long> levels = new TreeMap<>();

    @GuardedBy("this")
    private final TreeMap<JobKey, MapAttempt> waiting = new TreeMap<>();

    /**
     * @param levelBytes how much maps of one priority and of higher ones may have together; a single map always has its
     *     place
     */
    MapGate(long levelBytes) {
        this.levelBytes = levelBytes;
    }

    /** Whether the map may open its lane now; else it is among those that {@link #leave} answers later. */
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

    /** What maps of this priority and of higher ones hold. */
    @GuardedBy("this")
    private long bytes(int priority) {
        long sum = 0;
        for (long held : levels.tailMap(priority, true).values()) {
            sum += held;
        }
        return sum;
    }

    /** The map holds its items no more; those that may open their lanes now. */
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
