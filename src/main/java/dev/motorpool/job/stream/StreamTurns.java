package dev.motorpool.job.stream;

import dev.motorpool.job.JobError;
import dev.motorpool.job.stream.Arrival.Accepted;
import dev.motorpool.job.stream.ItemStream.Lines;
import dev.motorpool.pool.Failure;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Assigns results to lines, in the order of the items or of their arrival. Used by the writer of the stream alone. */
final class StreamTurns {

    private final boolean ordered;
    private final StreamWindow window;

    /** Rows of items with missing results, by the index of the first one in the lane. */
    private final TreeMap<Long, Accepted> open = new TreeMap<>();

    /** The row that the next result probably belongs to. */
    private @Nullable Accepted likely;

    /** Results that came before their turn, by index. */
    private final TreeMap<Long, Waiting> waiting = new TreeMap<>();

    /**
     * Values of a row, from one place up to another, or an error.
     *
     * @param bytes what they take
     */
    private record Waiting(
            @Nullable StreamValues values,
            int from,
            int end,
            @Nullable JobError error,
            long bytes) {}

    /** The index of the next line. */
    private long next;

    private long count;
    private long failed;

    StreamTurns(boolean ordered, StreamWindow window) {
        this.ordered = ordered;
        this.window = window;
    }

    long count() {
        return count;
    }

    long failed() {
        return failed;
    }

    /** The index in the lane of the item that is next, if it has no result; all before it have been written. */
    long nextInLane() {
        Map.Entry<Long, Accepted> first = open.firstEntry();
        return first == null ? 0 : first.getKey() + Math.max(0, next - first.getValue().index);
    }

    void accepted(Accepted row) {
        open.put(row.laneIndex, row);
    }

    void misfit(long index, JobError error, Lines lines) throws IOException {
        place(index, new Waiting(null, 0, 1, error, 0), lines);
    }

    void values(long laneIndex, StreamValues values, Lines lines) throws IOException {
        int from = 0;
        while (from < values.count()) {
            long at = laneIndex + from;
            Accepted row = row(at);
            int until = (int) Math.min(values.count(), row.laneIndex + row.count - laneIndex);
            Waiting part = new Waiting(values, from, until, null, values.size(from, until));
            place(row.index + at - row.laneIndex, part, lines);
            resulted(row, until - from);
            from = until;
        }
    }

    void failed(long laneIndex, Failure failure, JobError error, Lines lines) throws IOException {
        Accepted row = row(laneIndex);
        place(row.index + laneIndex - row.laneIndex, new Waiting(null, 0, 1, error, bytes(failure)), lines);
        resulted(row, 1);
    }

    static long bytes(Failure failure) {
        long text = failure instanceof Failure.Raised raised
                ? raised.message().length() + (long) raised.traceback().length()
                : 0;
        return text + StreamWindow.OVERHEAD;
    }

    private Accepted row(long laneIndex) {
        Accepted row = likely;
        if (row == null || row.left == 0 || laneIndex < row.laneIndex || laneIndex >= row.laneIndex + row.count) {
            Map.Entry<Long, Accepted> entry = open.floorEntry(laneIndex);
            if (entry == null) {
                throw new IllegalStateException("a result of an item that was not accepted, or a second one");
            }
            row = entry.getValue();
            likely = row;
        }
        return row;
    }

    private void resulted(Accepted row, int results) {
        row.left -= results;
        if (row.left == 0) {
            open.remove(row.laneIndex);
            window.bytes().resulted(row.bytes);
        }
    }

    private void place(long index, Waiting result, Lines lines) throws IOException {
        if (ordered && index != next) {
            waiting.put(index, result);
            return;
        }
        boolean whole = write(index, result, lines);
        while (whole && ordered && !waiting.isEmpty() && waiting.firstKey() == next) {
            whole = write(next, waiting.pollFirstEntry().getValue(), lines);
        }
    }

    /** Returns false if the values have been dropped meanwhile, because the stream has ended. */
    private boolean write(long index, Waiting result, Lines lines) throws IOException {
        StreamValues values = result.values;
        int written = result.end - result.from;
        if (values != null) {
            for (int i = 0; i < written; i++) {
                if (!lines.value(index + i, values, result.from + i)) {
                    count += i;
                    return false;
                }
            }
            window.bytes().written(values, result.bytes);
        } else if (result.error != null) {
            lines.error(index, result.error);
            failed++;
            window.bytes().written(result.bytes);
        }
        next = index + written;
        count += written;
        return true;
    }
}
