package dev.motorpool.http;

import dev.motorpool.job.MapResult;
import dev.motorpool.job.MapResult.FailedItem;
import dev.motorpool.job.Seconds;
import dev.motorpool.json.JsonSlices;
import dev.motorpool.json.JsonWriter;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Iterator;
import java.util.Map;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/**
 * The JSON of a map that has succeeded, in parts of some kilobytes: the values are put together from where they are only
 * when their part is asked for, and large ones not at all.
 */
final class MapAnswer implements Iterator<ByteBuffer> {

    private static final byte[] NULL = ByteText.ascii("null");
    private static final int PART = 16 << 10;
    private static final int LARGE = 4 << 10;

    private final int count;
    private final ByteText head;
    private final ByteBuffer tail;
    private final long length;

    /** The rows that follow the present one. */
    private final Iterator<Map.Entry<Integer, JsonSlices>> rows;

    private Map.@Nullable Entry<Integer, JsonSlices> row;

    /** The next item to write, or {@code count} for the tail, or one more after it. */
    private int index;

    /** A large value whose turn is now. */
    private @Nullable ByteBuffer large;

    private boolean begun;

    MapAnswer(MapResult result) {
        this.count = result.count();
        this.head = head(result);
        this.tail = tail(result);
        long values = 0;
        long given = 0;
        for (JsonSlices some : result.values().values()) {
            values += some.totalLength();
            given += some.count();
        }
        long commas = Math.max(0, count - 1);
        this.length = head.length() + values + (count - given) * NULL.length + commas + tail.remaining();
        this.rows = result.values().entrySet().iterator();
        this.row = rows.hasNext() ? rows.next() : null;
    }

    long length() {
        return length;
    }

    private static ByteText head(MapResult result) {
        ByteText text = new ByteText(512);
        JsonWriter json = new JsonWriter().beginObject();
        json.name("id").value(result.id().toString());
        json.name("verb").value(result.verb());
        json.name("function").value(result.call().function().name());
        json.name("pool").value(result.call().pool().name());
        json.name("state").value("succeeded");
        json.name("value").beginArray();
        ByteBuffer written = json.toRawJson().buffer();
        return text.put(written.array(), written.arrayOffset() + written.position(), written.remaining());
    }

    private static ByteBuffer tail(MapResult result) {
        ByteText text = new ByteText(1024);
        JsonWriter json = new JsonWriter().beginObject();
        json.name("error").nullValue();
        json.name("attempt").value(1);
        json.name("priority").value(result.call().priority());
        JsonParts.tags(json.name("tags"), result.call().tags());
        json.name("progress").beginObject();
        json.name("done").value(result.count());
        json.name("total").value(result.count());
        json.name("message").nullValue();
        json.endObject();
        JsonParts.time(json.name("created_at"), result.createdAt());
        JsonParts.time(json.name("started_at"), result.startedAt());
        JsonParts.time(json.name("finished_at"), result.finishedAt());
        Duration queued = Duration.between(result.createdAt(), result.startedAt());
        Duration ran = Duration.between(result.startedAt(), result.finishedAt());
        json.name("queue_seconds").literal(Seconds.text(Math.max(0, queued.toNanos())));
        json.name("run_seconds").literal(Seconds.text(Math.max(0, ran.toNanos())));
        json.name("worker").nullValue();
        if (result.call().collect()) {
            json.name("errors").beginArray();
            for (FailedItem failed : result.failed()) {
                json.beginObject().name("index").value(failed.index()).name("error");
                JsonParts.error(json, failed.error());
                json.endObject();
            }
            json.endArray();
        }
        ByteBuffer written = json.endObject().toRawJson().buffer();
        // The members go on in the object that the head has begun: a comma for its brace.
        text.put(']').put(',');
        text.put(written.array(), written.arrayOffset() + 1, written.remaining() - 1);
        return text.buffer();
    }

    @Override
    public boolean hasNext() {
        return large != null || index <= count;
    }

    @Override
    public ByteBuffer next() {
        ByteBuffer turn = large;
        if (turn != null) {
            large = null;
            return turn;
        }
        if (index == count && begun) {
            index++;
            return tail;
        }
        if (index > count) {
            throw new NoSuchElementException();
        }
        ByteText part = begun ? new ByteText(PART + LARGE + 1) : head;
        begun = true;
        while (index < count && part.length() < PART && large == null) {
            if (index > 0) {
                part.put(',');
            }
            put(part);
            index++;
        }
        return part.buffer();
    }

    private void put(ByteText part) {
        Map.Entry<Integer, JsonSlices> present = row;
        if (present == null || index < present.getKey()) {
            part.put(NULL);
            return;
        }
        JsonSlices values = present.getValue();
        int at = index - present.getKey();
        if (values.length(at) > LARGE) {
            large = values.get(at).buffer();
        } else {
            part.put(values.bytes(), values.start(at), values.length(at));
        }
        if (at == values.count() - 1) {
            row = rows.hasNext() ? rows.next() : null;
        }
    }
}
