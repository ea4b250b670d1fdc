package dev.motorpool.detached.model;

import dev.motorpool.json.JsonSlices;
import dev.motorpool.json.RawJson;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/**
 * Results of a map on their way to the store: gathered for a moment, then under way, one set at a time, and gone from here
 * once they are there. Guarded by its {@code MapAttempt}.
 */
public final class ResultBuffer {

    /** Results are gathered for so long. */
    static final long GATHER_NANOS = 50_000_000;

    private static final int MANY_RESULTS = 4_096;
    private static final long MANY_BYTES = 1 << 20;
    /** With so much gathered nothing more is to be started, until there is half of it. */
    private static final long MOST_BYTES = 16L << 20;

    /** What is to be done now. */
    public sealed interface Step {

        /** These go to the store; {@link #committed} answers. */
        record Send(List<MapResults> rows) implements Step {}

        /** There is nothing that is not in the store. */
        record Empty() implements Step {}

        /** Time enough to ask again. */
        record Later(long nanos) implements Step {}

        /** Nothing until something is under way no more, or a time is over. */
        record Wait() implements Step {}
    }

    private MapRows gathered = new MapRows();
    private List<MapResults> underWay = List.of();

    /** Errors that may not be the items' last, as the map may be tried again. */
    private final TreeMap<Integer, RawJson> provisional = new TreeMap<>();

    /** The place in completion of the first that is gathered. */
    private long nextSeq;

    /** When the latest set was in the store, in the time of {@link System#nanoTime}; 0: the next one hurries. */
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

    /** The item has failed, and is run again if the map is tried again. */
    public void failedForNow(int index, RawJson error) {
        provisional.put(index, error);
    }

    /** The map is not tried again: those that have failed for now have failed. */
    public void settle() {
        provisional.forEach(this::failed);
        provisional.clear();
    }

    private static JsonSlices slice(RawJson json) {
        return new JsonSlices(json.bytes(), new int[] {json.offset(), json.offset() + json.length()}, 1);
    }

    /** Nothing comes after what is gathered: it goes as soon as it can. */
    public void hurry() {
        sentNanos = 0;
    }

    /** Whether it has become so much that nothing more is to be started. Tells it once. */
    public boolean becameFull() {
        if (full || gathered.bytes() <= MOST_BYTES) {
            return false;
        }
        full = true;
        return true;
    }

    /** Whether it is so little again that more may be started. Tells it once. */
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
     * The next step: to write what was gathered, or to wait.
     *
     * @param last whether nothing comes after it
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

    /** What was under way is in the store. */
    public void committed(long nowNanos) {
        underWay = List.of();
        sentNanos = nowNanos == 0 ? 1 : nowNanos;
    }

    /** All that may not be in the store. */
    public List<MapResults> unwritten() {
        List<MapResults> rows = new ArrayList<>(underWay);
        rows.addAll(gathered.toResults(nextSeq));
        long seq = nextSeq + gathered.count();
        for (var failed : provisional.entrySet()) {
            rows.add(MapResults.of(failed.getKey(), seq++, true, slice(failed.getValue())));
        }
        return rows;
    }

    /** The result of the item with which the map fails, after all others. */
    public MapResults last(int index, RawJson error) {
        return MapResults.of(index, nextSeq + gathered.count(), true, slice(error));
    }
}
