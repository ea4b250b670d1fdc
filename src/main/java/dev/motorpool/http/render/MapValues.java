package dev.motorpool.http.render;

import dev.motorpool.detached.DetachedJobs;
import dev.motorpool.detached.model.MapResults;
import dev.motorpool.http.route.AnswerWriter;
import dev.motorpool.http.route.ByteBudget;
import dev.motorpool.http.route.ByteSink;
import dev.motorpool.http.route.ByteText;
import dev.motorpool.json.JsonSlices;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Reads the results of a detached map that has succeeded, some at a time, and counts them against the answer budget
 * while it holds them. Used by one thread.
 */
final class MapValues {

    private static final byte[] NULL = ByteText.ascii("null");
    private static final byte[] OPEN = ByteText.ascii("[");
    private static final byte[] COMMA = ByteText.ascii(",");
    private static final byte[] CLOSE = ByteText.ascii("]");
    private static final byte[] INDEX = ByteText.ascii("{\"index\":");

    private final DetachedJobs jobs;
    private final AnswerWriter answers;
    private final ByteBudget.Held held;
    private final UUID id;
    private final int count;

    private boolean anyFailed;

    MapValues(DetachedJobs jobs, AnswerWriter answers, ByteBudget.Held held, UUID id, int count) {
        this.jobs = jobs;
        this.answers = answers;
        this.held = held;
        this.id = id;
        this.count = count;
    }

    /** Writes the array of values, {@code null} where an item has failed. */
    void values(ByteSink sink) throws Exception {
        sink.put(OPEN);
        each(
                (index, row, i) -> {
                    if (index > 0) {
                        sink.put(COMMA);
                    }
                    if (row == null) {
                        anyFailed = true;
                        sink.put(NULL);
                    } else {
                        sink.put(row.bytes(), row.start(i), row.length(i));
                    }
                },
                false);
        sink.put(CLOSE);
    }

    /** Writes the array of the errors of failed items. Must be called after {@link #values}. */
    void errors(ByteSink sink) throws Exception {
        sink.put(OPEN);
        if (anyFailed) {
            boolean[] first = {true};
            each(
                    (index, row, i) -> {
                        if (row != null) {
                            sink.put(first[0] ? INDEX : ByteText.ascii(",{\"index\":"));
                            first[0] = false;
                            sink.put(ByteText.ascii(Integer.toString(index)));
                            sink.put(ItemLines.ERROR);
                            sink.put(row.bytes(), row.start(i), row.length(i));
                            sink.put(ItemLines.BRACE);
                        }
                    },
                    true);
        }
        sink.put(CLOSE);
    }

    /** Takes results in the order of their indexes. */
    private interface Taker {
        /** @param row the row with the result at this place; null if the result is not of the requested kind */
        void take(int index, @Nullable JsonSlices row, int place) throws Exception;
    }

    /** @param failed true for errors, false for values */
    private void each(Taker taker, boolean failed) throws Exception {
        int next = 0;
        while (next < count) {
            List<MapResults> page = jobs.results(id, next);
            long bytes = page.stream().mapToLong(row -> row.bytes().length).sum();
            answers.hold(held, bytes);
            try {
                int before = next;
                for (MapResults row : page) {
                    next = take(row, next, taker, failed);
                }
                if (next == before) {
                    throw JobName.unknown(id); // the job was forgotten meanwhile
                }
            } finally {
                held.giveBack(bytes);
            }
        }
    }

    private int take(MapResults row, int from, Taker taker, boolean failed) throws Exception {
        int next = from;
        if (row.firstIndex() > next) {
            throw JobName.unknown(id); // as above: a map that has succeeded has no gaps
        }
        JsonSlices results = row.results();
        while (next < row.firstIndex() + row.count()) {
            taker.take(next, row.failed() == failed ? results : null, next - row.firstIndex());
            next++;
        }
        return next;
    }
}
