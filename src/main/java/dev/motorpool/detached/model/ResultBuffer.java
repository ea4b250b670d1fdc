package dev.motorpool.detached.model;

import dev.motorpool.json.JsonSlices;
import dev.motorpool.json.RawJson;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/**
 * A buffer between a map and the store: it collects results for a moment, then sends one set at a time, and drops them
 * once they are stored. Guarded by its {@code MapAttempt}.
 */
public final class ResultBuffer {

    /** How long results are collected. */
    static final long GATHER_NANOS = 50_000_000;

    private static final int MANY_RESULTS = 4_096;
    private static final long MANY_BYTES = 1 << 20;
    /** Above this size no further items are started until half of it is left. */
    private static final long MOST_BYTES = 16L << 20;

    /** The next step. */
    public sealed interface Step {

        /** Send these to the store, then call {@link #committed}. */
        record Send(List<MapResults> rows) implements Step {}

        /** All results are in the store. */
        record Empty() implements Step {}

        /** Ask again after this time. */
        record Later(long nanos) implements Step {}

        /** Wait until a set is stored, or a requested time is over. */
        record Wait() implements Step {}
    }

    private MapRows gathered = new MapRows();
    private List<MapResults> underWay = List.of();

    /** Errors that are not final while the map may be retried. */
    private final TreeMap<Integer, RawJson> provisional = new TreeMap<>();

    /** The place in completion of the first buffered result. */
    private long nextSeq;

    /** When the latest set was stored, in the time of {@link System#nanoTime}; 0: send the next one at once. */
    private long sentNanos;

    private boolean timed;
    private boolean full;

    /** Begins with the result at this place in the order of completion. */
    public void begin(long next) {
        nextSeq = next;
    }

    public void succeeded(int firstIndex, JsonSlices values) {
        gathered.add(firstIndex, false, values);
    }

    public void failed(int index, RawJson error) {
        gathered.add(index, true, slice(error));
    }

    /** The item has failed, and runs again if the map is retried. */
    public void failedForNow(int index, RawJson error) {
        provisional.put(index, error);
    }

    /** The map is not retried: provisional failures become final. */
    public void settle() {
        provisional.forEach(this::failed);
        provisional.clear();
    }

    private static JsonSlices slice(RawJson json) {
        return new JsonSlices(json.bytes(), new int[] {json.offset(), json.offset() + json.length()}, 1);
    }

    /** No more results follow: send the buffer as soon as possible. */
    public void hurry() {
        sentNanos = 0;
    }

    /** Whether the buffer has become full, so that no further items may start. Reports it once. */
    public boolean becameFull() {
        if (full || gathered.bytes() <= MOST_BYTES) {
            return false;
        }
        full = true;
        return true;
    }

    /** Whether the buffer has room again. Reports it once. */
    public boolean becameRoomy() {
        if (!full || gathered.bytes() > MOST_BYTES / 2) {
            return false;
        }
        full = false;
        return true;
    }

    public boolean isFull() {
        return full;
    }

    /**
     * The next step: to send results, or to wait.
     *
     * @param last whether no more results follow
     */
    public Step next(boolean last, long nowNanos) {
        if (!underWay.isEmpty()) {
            return new Step.Wait();
        }
        if (gathered.isEmpty()) {
            return last ? new Step.Empty() : new Step.Wait();
        }
        long since = nowNanos - sentNanos;
        boolean due = last || sentNanos == 0 || since >= GATHER_NANOS;
        if (due || gathered.count() >= MANY_RESULTS || gathered.bytes() >= MANY_BYTES) {
            underWay = gathered.toResults(nextSeq);
            nextSeq += gathered.count();
            gathered = new MapRows();
            return new Step.Send(underWay);
        }
        if (timed) {
            return new Step.Wait();
        }
        timed = true;
        return new Step.Later(GATHER_NANOS - since);
    }

    /** The time of {@link Step.Later} is over. */
    public void timeIsOver() {
        timed = false;
    }

    /** The set that was sent is in the store. */
    public void committed(long nowNanos) {
        underWay = List.of();
        sentNanos = nowNanos == 0 ? 1 : nowNanos;
    }

    /** All results that may not be in the store. */
    public List<MapResults> unwritten() {
        List<MapResults> rows = new ArrayList<>(underWay);
        rows.addAll(gathered.toResults(nextSeq));
        long seq = nextSeq + gathered.count();
        for (var failed : provisional.entrySet()) {
            rows.add(MapResults.of(failed.getKey(), seq++, true, slice(failed.getValue())));
        }
        return rows;
    }

    /** The result of the item that makes the map fail, after all others. */
    public MapResults last(int index, RawJson error) {
        return MapResults.of(index, nextSeq + gathered.count(), true, slice(error));
    }
}
