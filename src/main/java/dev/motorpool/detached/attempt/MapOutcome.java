package dev.motorpool.detached.attempt;

import dev.motorpool.detached.model.MapDone;
import dev.motorpool.detached.model.MapEnd;
import dev.motorpool.detached.model.MapResults;
import dev.motorpool.detached.model.ResultBuffer;
import dev.motorpool.json.JsonSlices;
import dev.motorpool.json.RawJson;
import dev.motorpool.pool.Failure;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The results of a map's items until they are stored, and the end that follows from them. The first decision about the
 * end holds; later results are discarded. Guarded by the monitor of its {@link MapAttempt}.
 */
final class MapOutcome {

    private final ResultBuffer buffer = new ResultBuffer();

    /** Items without a result. */
    private int left;

    /** The failed item with the lowest index that makes the map be retried. */
    private MapEnd.@Nullable Failed worthRetrying;

    private @Nullable MapEnd end;
    private boolean endTold;

    MapOutcome(int items) {
        this.left = items;
    }

    /** This many items run; the first result is at this place in the order of completion. */
    void begin(long nextSeq, int items) {
        buffer.begin(nextSeq);
        left = items;
    }

    int left() {
        return left;
    }

    boolean isDecided() {
        return end != null;
    }

    @Nullable
    MapEnd end() {
        return end;
    }

    /** Returns false if another end was decided before. */
    boolean decide(MapEnd its) {
        if (end != null) {
            return false;
        }
        end = its;
        return true;
    }

    /** Returns whether the buffer has become full, so that no further items may start. */
    boolean succeeded(MapDone.Gaps missing, long index, JsonSlices values) {
        if (end != null) {
            return false;
        }
        missing.split(index, values, buffer::succeeded);
        left -= values.count();
        return buffer.becameFull();
    }

    /** The item has failed for good, and the map goes on. */
    void failed(int item, RawJson error) {
        if (end == null) {
            left--;
            buffer.failed(item, error);
        }
    }

    /**
     * The item has failed, and the map goes on. The item runs again if the map is retried.
     *
     * @param retriable the failure if it makes the map be retried; else null
     */
    void failedForNow(int item, RawJson error, @Nullable Failure retriable) {
        if (end == null) {
            left--;
            buffer.failedForNow(item, error);
            if (retriable != null && (worthRetrying == null || item < worthRetrying.index())) {
                worthRetrying = new MapEnd.Failed(item, retriable);
            }
        }
    }

    /** The item has failed, and the map with it. Returns false if another end was decided before. */
    boolean fail(int item, Failure failure) {
        boolean first = decide(new MapEnd.Failed(item, failure));
        left -= first ? 1 : 0;
        return first;
    }

    /** Decides the end once each item has a result. */
    void endIfDone() {
        if (left == 0 && end == null) {
            if (worthRetrying == null) {
                buffer.settle();
            }
            end = worthRetrying == null ? MapEnd.SUCCEEDED : worthRetrying;
        }
        if (end != null) {
            buffer.hurry();
        }
    }

    /** The next step; {@code Empty} is returned once, after the end was decided and all results are stored. */
    ResultBuffer.Step next(long nowNanos) {
        ResultBuffer.Step step = endTold ? new ResultBuffer.Step.Wait() : buffer.next(end != null, nowNanos);
        endTold |= step instanceof ResultBuffer.Step.Empty;
        return step;
    }

    /** The time of {@link ResultBuffer.Step.Later} is over. */
    void timeIsOver() {
        buffer.timeIsOver();
    }

    /** The results that were sent are stored. Returns whether the buffer has room again. */
    boolean committed(long nowNanos) {
        buffer.committed(nowNanos);
        return buffer.becameRoomy();
    }

    boolean isFull() {
        return buffer.isFull();
    }

    /** All results that may not be stored. */
    List<MapResults> unwritten() {
        return buffer.unwritten();
    }

    /** The result of the item that makes the map fail. */
    MapResults last(int index, RawJson error) {
        return buffer.last(index, error);
    }
}
