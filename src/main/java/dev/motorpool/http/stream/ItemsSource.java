package dev.motorpool.http.stream;

import dev.motorpool.detached.model.MapResults;
import dev.motorpool.detached.model.StoredJob;
import dev.motorpool.detached.wait.MapItems;
import dev.motorpool.http.render.ItemLines;
import dev.motorpool.http.render.StreamText;
import dev.motorpool.job.JobError;
import dev.motorpool.job.ProblemType;
import dev.motorpool.json.JsonSlices;
import dev.motorpool.json.RawJson;
import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The items of a detached map as lines, each with its index and its place in the order of completion. */
public final class ItemsSource implements LiveStream.Source {

    private final MapItems items;
    private final boolean byCompletion;

    /** The id of the last event. */
    private long last;

    private long count;
    private long failed;

    public ItemsSource(MapItems items, boolean byCompletion, long after) {
        this.items = items;
        this.byCompletion = byCompletion;
        this.last = after;
    }

    @Override
    public Step next(StreamText text, Duration atMost) throws Exception {
        MapResults row = items.next(atMost);
        if (row != null) {
            write(row, text);
            return Step.WRITTEN;
        }
        if (!items.ended()) {
            return Step.NOTHING;
        }
        StoredJob job = items.end();
        end(text, job == null ? forgotten().toJson() : job.error());
        return Step.ENDED;
    }

    private void write(MapResults row, StreamText text) throws IOException {
        JsonSlices results = row.results();
        for (int i = 0; i < row.count(); i++) {
            long index = row.firstIndex() + (long) i;
            long seq = row.firstSeq() + i;
            last = byCompletion ? seq : index;
            ItemLines.begin(text, last, index);
            text.part(ItemLines.SEQ).part(seq);
            text.part(row.failed() ? ItemLines.ERROR : ItemLines.VALUE);
            text.put(results.bytes(), results.start(i), results.length(i));
            text.part(ItemLines.BRACE);
            text.finish();
        }
        count += row.count();
        failed += row.failed() ? row.count() : 0;
    }

    private static JobError forgotten() {
        return JobError.of(ProblemType.UNKNOWN_JOB, "The job has been forgotten meanwhile.");
    }

    @Override
    public void wake() {
        items.wake();
    }

    @Override
    public void end(StreamText text, JobError why) throws IOException {
        end(text, why.toJson());
    }

    /** A client that reconnects after the end, as browsers do, names the last item as before. */
    private void end(StreamText text, @Nullable RawJson error) throws IOException {
        ItemLines.end(text, last, count, failed, error);
    }
}
