package dev.motorpool.detached.feed;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The functions that jobs of a line wait for, because the service or the workers of the pool do not have them. Their
 * jobs are not loaded. Guarded by the monitor of its {@link PoolPrefetch}.
 */
final class MissingFunctions {

    /** Most names that are remembered; jobs of further ones are read and skipped. */
    static final int MOST = 1_000;

    private static final long FIRST_PAUSE_NANOS = Duration.ofSeconds(1).toNanos();
    private static final long LONGEST_PAUSE_NANOS = Duration.ofMinutes(1).toNanos();

    private final KnownFunctions known;

    private final Set<String> names = new HashSet<>();

    /** Functions that the service has and the workers of the pool did not have; some are being tried again. */
    private final Map<String, Lack> lacks = new HashMap<>();

    /** Whether jobs were skipped whose function is not among the names. */
    private boolean others;

    /**
     * Workers did not have a function.
     *
     * @param since when that was first seen
     * @param pauseNanos the pause before the function is tried again; doubles each time
     * @param untilNanos the end of the pause, in the time of {@link System#nanoTime}
     */
    private record Lack(Instant since, long pauseNanos, long untilNanos) {}

    MissingFunctions(KnownFunctions known) {
        this.known = known;
    }

    /** Whether jobs of the function have to wait; if so, {@link #changed} returns true once it is there. */
    boolean isMissing(String function) {
        if (names.contains(function)) {
            return true;
        }
        if (known.isKnown(function)) {
            return false;
        }
        if (names.size() < MOST) {
            names.add(function);
        } else {
            others = true;
        }
        return true;
    }

    /** A worker did not have the function: it is missing for a while. */
    void lacked(String function, Instant now, long nanoTime) {
        Lack before = lacks.get(function);
        if (before == null || nanoTime - before.untilNanos >= 0) {
            long pause = before == null ? FIRST_PAUSE_NANOS : Math.min(2 * before.pauseNanos, LONGEST_PAUSE_NANOS);
            lacks.put(function, new Lack(before == null ? now : before.since, pause, nanoTime + pause));
        }
        names.add(function);
    }

    /** The service may have other functions now. Returns whether jobs may have to be loaded again. */
    boolean changed() {
        lacks.clear();
        boolean back = names.removeIf(known::isKnown) || others;
        others = false;
        return back;
    }

    /** Tries functions again that workers did not have a while ago; returns whether there are any. */
    boolean retry(long nanoTime) {
        boolean back = false;
        for (Map.Entry<String, Lack> each : lacks.entrySet()) {
            back |= nanoTime - each.getValue().untilNanos >= 0
                    && known.isKnown(each.getKey())
                    && names.remove(each.getKey());
        }
        return back;
    }

    /** Since when the workers do not have the function; null unless that is why it is missing. */
    @Nullable
    Instant lackedSince(String function) {
        Lack lack = names.contains(function) ? lacks.get(function) : null;
        return lack == null ? null : lack.since;
    }

    List<String> names() {
        return List.copyOf(names);
    }
}
