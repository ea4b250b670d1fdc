package dev.motorpool.detached.feed;

import dev.motorpool.detached.attempt.AttemptRun;
import dev.motorpool.detached.model.JobKey;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/**
 * The waiting attempts of a line that are in memory, in the order in which they run, with their limits of number and
 * bytes. Guarded by the monitor of their {@link PoolPrefetch}.
 */
final class WaitingAttempts {

    private final JobMemory memory;
    private final TreeMap<JobKey, AttemptRun> runs = new TreeMap<>();
    private long bytes;

    WaitingAttempts(JobMemory memory) {
        this.memory = memory;
    }

    boolean isEmpty() {
        return runs.isEmpty();
    }

    int size() {
        return runs.size();
    }

    void add(AttemptRun run) {
        runs.put(run.key, run);
        bytes += run.bytes;
    }

    void remove(AttemptRun run) {
        if (runs.remove(run.key, run)) {
            bytes -= run.bytes;
        }
    }

    /** Removes and returns all. */
    List<AttemptRun> clear() {
        List<AttemptRun> all = List.copyOf(runs.values());
        runs.clear();
        bytes = 0;
        return all;
    }

    /** Removes and returns those whose function is missing. */
    List<AttemptRun> removeThoseOf(MissingFunctions missing) {
        List<AttemptRun> removed = runs.values().stream()
                .filter(run -> missing.isMissing(run.job.spec().function()))
                .toList();
        removed.forEach(this::remove);
        return removed;
    }

    /** Removes and returns the last ones, so that half of them stay, and no more than may be loaded. */
    List<AttemptRun> removeSurplus() {
        List<AttemptRun> surplus = new ArrayList<>();
        int most = Math.max(1, Math.min(PoolPrefetch.MOST_WAITING, runs.size() / 2));
        while (runs.size() > most) {
            AttemptRun last = runs.pollLastEntry().getValue();
            bytes -= last.bytes;
            surplus.add(last);
        }
        return surplus;
    }

    /** Whether no more are loaded after these. */
    boolean isFull() {
        return runs.size() >= PoolPrefetch.MOST_WAITING || bytes >= memory.waiting();
    }

    /** Whether they exceed a limit, so that the last of them are dropped from memory. */
    boolean isCrowded() {
        return runs.size() > 2 * PoolPrefetch.MOST_WAITING || bytes > 2 * memory.waiting();
    }

    /** Whether more are loaded. */
    boolean areFew() {
        return runs.size() <= PoolPrefetch.MOST_WAITING / 2 && bytes <= memory.waiting() / 2;
    }

    /** How many more may be loaded; at most half of all if others have to leave for them. */
    int room(boolean inPlaceOfOthers) {
        int half = inPlaceOfOthers ? PoolPrefetch.MOST_WAITING / 2 : 0;
        return Math.max(PoolPrefetch.MOST_WAITING - runs.size(), half);
    }

    /** As {@link #room}, in bytes. */
    long roomBytes(boolean inPlaceOfOthers) {
        return Math.max(memory.waiting() - bytes, inPlaceOfOthers ? memory.waiting() / 2 : 0);
    }

    /** The key of the last one, or one before all others if there is none. */
    JobKey lastKey() {
        return runs.isEmpty() ? JobKey.FIRST : runs.lastKey();
    }

    /** The key of the last one before this key, or one before all others if there is none. */
    JobKey keyBefore(JobKey key) {
        JobKey before = runs.lowerKey(key);
        return before == null ? JobKey.FIRST : before;
    }

    /** How many are before this key. The newest of many jobs, which clients query most, has few after it to count. */
    int before(JobKey key) {
        return runs.size() - runs.tailMap(key, true).size();
    }
}
