package dev.motorpool.job.stream;

import dev.motorpool.job.JobError;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The memory budget of all streams: bytes of items without a result, and of values that have not been written. A caller
 * may hold half of them. Before a limit is reached, streams slow down. If values exceed it, streams whose clients take
 * nothing end early. Thread-safe. The lock of this object guards the choice of items to admit and of streams to end.
 */
public final class StreamBudget {

    /** The smallest budget: a caller's half has room for one item of the greatest length and its value. */
    public static final long LEAST = 64 << 20;

    /**
     * The step in which each stream counts, and which it always may take. Few of its changes reach the counters that
     * streams share.
     */
    static final long STEP = 64 << 10;

    /** While items wait for room, a stream ends early if its client has taken nothing for this long. */
    private static final long STALLED_NANOS = 5_000_000_000L;

    private final long limit;
    private final long share;
    private final AtomicLong used = new AtomicLong();

    /** Callers with open streams, by name. */
    private final ConcurrentHashMap<String, Caller> callers = new ConcurrentHashMap<>();

    /** The open streams of one caller, and the bytes that they hold. */
    final class Caller {
        private final String name;
        private final AtomicLong used = new AtomicLong();
        private final Set<StreamBytes> streams = ConcurrentHashMap.newKeySet();

        private Caller(String name) {
            this.name = name;
        }

        void add(long bytes) {
            used.addAndGet(bytes);
            StreamBudget.this.used.addAndGet(bytes);
        }

        void leave(StreamBytes stream) {
            callers.computeIfPresent(name, (same, caller) -> {
                caller.streams.remove(stream);
                return caller.streams.isEmpty() ? null : caller;
            });
        }

        /** Whether its streams are restricted to one item at a time. */
        boolean isTight() {
            return used.get() > share / 2 || StreamBudget.this.used.get() > limit / 4 * 3;
        }

        boolean isExceeded() {
            return used.get() > share || StreamBudget.this.used.get() > limit;
        }

        /** Whether there is room for items of this size, so that room is left for values. */
        private boolean admits(long bytes) {
            boolean own = used.get() <= share / 4 || used.get() + bytes <= share / 4 * 3;
            return own && StreamBudget.this.used.get() + bytes <= limit / 8 * 7;
        }

        /**
         * Among the streams that hold most, the one whose client has taken nothing for the longest, and for at least
         * this time.
         */
        private @Nullable StreamBytes longestStalled(long nanos) {
            long now = System.nanoTime();
            List<StreamBytes> stalled = streams.stream()
                    .filter(stream -> stream.endFrees() > 0 && now - stream.takenNanos() >= nanos)
                    .toList();
            long most = stalled.stream().mapToLong(StreamBytes::endFrees).max().orElse(0);
            return stalled.stream()
                    .filter(stream -> 2 * stream.endFrees() >= most)
                    .max(Comparator.comparingLong(stream -> now - stream.takenNanos()))
                    .orElse(null);
        }
    }

    /** @param limit maximum of all bytes, at least {@link #LEAST} */
    public StreamBudget(long limit) {
        this.limit = limit;
        this.share = limit / 2;
    }

    Caller enter(String name, StreamBytes stream) {
        return callers.compute(name, (same, known) -> {
            Caller caller = known == null ? new Caller(name) : known;
            caller.streams.add(stream);
            return caller;
        });
    }

    /**
     * Takes bytes of items if there is room. Otherwise ends the next stream whose client has long taken none of its
     * values.
     */
    boolean admit(Caller caller, StreamBytes stream, long bytes) {
        StreamBytes stalled;
        synchronized (this) {
            if (caller.admits(bytes)) {
                stream.addItems(bytes);
                return true;
            }
            Caller most = caller.used.get() > share / 4 ? caller : largest(callers.values());
            stalled = most == null ? null : most.longestStalled(STALLED_NANOS);
            if (stalled != null) {
                stalled.end(error());
            }
        }
        if (stalled != null) {
            stalled.cancel();
        }
        return false;
    }

    /** Ends streams until the others are within the limits. */
    void relieve() {
        for (StreamBytes ended = endOne(); ended != null; ended = endOne()) {
            ended.cancel();
        }
    }

    private synchronized @Nullable StreamBytes endOne() {
        Caller largest = largest(callers.values());
        if (largest == null || !largest.isExceeded()) {
            return null;
        }
        StreamBytes ended = largest.longestStalled(0);
        if (ended != null) {
            ended.end(error());
        }
        return ended;
    }

    private static @Nullable Caller largest(Collection<Caller> callers) {
        return callers.stream()
                .max(Comparator.comparingLong(caller -> caller.used.get()))
                .orElse(null);
    }

    private JobError error() {
        return JobError.limitReached(
                "stream-bytes",
                "The streams of one caller hold at most " + share
                        + " bytes of items and values (half of motorpool.http.stream-budget), and this one's lines were"
                        + " not read. Read lines as they come, or use fewer streams at once.");
    }
}
