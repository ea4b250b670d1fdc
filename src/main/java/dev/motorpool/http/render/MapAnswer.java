package dev.motorpool.http.render;

import dev.motorpool.http.problem.JsonParts;
import dev.motorpool.http.route.ByteText;
import dev.motorpool.job.MapResult;
import dev.motorpool.job.Seconds;
import dev.motorpool.json.JsonSlices;
import dev.motorpool.json.JsonWriter;
import dev.motorpool.json.RawJson;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Iterator;
import java.util.Map;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/**
 * The JSON of a map that has succeeded, in parts of some kilobytes. Values and errors are copied only when their part
 * is requested, and large values are not copied.
 */
public final class MapAnswer implements Iterator<ByteBuffer> {

    private static final byte[] NULL = ByteText.ascii("null");
    private static final byte[] ERRORS = ByteText.ascii(",\"errors\":[");
    private static final byte[] INDEX = ByteText.ascii("{\"index\":");
    private static final int PART = 16 << 10;
    private static final int LARGE = 4 << 10;

    private final MapResult result;
    private final int count;
    private final long length;

    /** The rows after the present one. */
    private final Iterator<Map.Entry<Integer, JsonSlices>> rows;

    private Map.@Nullable Entry<Integer, JsonSlices> row;

    /** The errors that have not been written. */
    private final Iterator<Map.Entry<Integer, RawJson>> errors;

    /** The next section to write. */
    private Section section = Section.HEAD;

    /** The next item to write. */
    private int index;

    private boolean firstError = true;

    /** The large value to write now. */
    private @Nullable ByteBuffer large;

    private enum Section {
        HEAD,
        VALUES,
        MEMBERS,
        ERRORS,
        END
    }

    public MapAnswer(MapResult result) {
        this.result = result;
        this.count = result.count();
        long sum = head().remaining() + members().remaining() + 1L + Math.max(0, count - 1);
        long given = 0;
        for (JsonSlices some : result.values().values()) {
            sum += some.totalLength();
            given += some.count();
        }
        sum += (count - given) * NULL.length;
        if (result.call().collect()) {
            sum += ERRORS.length + 1L + Math.max(0, result.failed().size() - 1);
            for (Map.Entry<Integer, RawJson> failed : result.failed().entrySet()) {
                int digits = Integer.toString(failed.getKey()).length();
                sum += INDEX.length
                        + digits
                        + ItemLines.ERROR.length
                        + (long) failed.getValue().length()
                        + 1;
            }
        }
        this.length = sum;
        this.rows = result.values().entrySet().iterator();
        this.row = rows.hasNext() ? rows.next() : null;
        this.errors = result.failed().entrySet().iterator();
    }

    public long length() {
        return length;
    }

    private ByteBuffer head() {
        JsonWriter json = new JsonWriter().beginObject();
        json.name("id").value(result.id().toString());
        json.name("verb").value(result.verb());
        json.name("function").value(result.call().function().name());
        json.name("pool").value(result.call().pool().name());
        json.name("state").value("succeeded");
        json.name("value").beginArray();
        return json.toRawJson().buffer();
    }

    /** The members after the values, without the brace that ends the object. */
    private ByteBuffer members() {
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
        ByteBuffer written = json.endObject().toRawJson().buffer();
        // The members continue the object that the head began: replace the brace by a comma, and append another end.
        ByteText text = new ByteText(written.remaining() + 1).put(']').put(',');
        return text.put(written.array(), written.arrayOffset() + 1, written.remaining() - 2)
                .buffer();
    }

    @Override
    public boolean hasNext() {
        return large != null || section != Section.END;
    }

    @Override
    public ByteBuffer next() {
        ByteBuffer turn = large;
        if (turn != null) {
            large = null;
            return turn;
        }
        if (section == Section.END) {
            throw new NoSuchElementException();
        }
        ByteText part = new ByteText(PART + LARGE + 1);
        while (part.length() < PART && large == null && section != Section.END) {
            step(part);
        }
        return part.buffer();
    }

    private void step(ByteText part) {
        switch (section) {
            case HEAD -> {
                put(part, head());
                section = count > 0 ? Section.VALUES : Section.MEMBERS;
            }
            case VALUES -> {
                if (index > 0) {
                    part.put(',');
                }
                putValue(part);
                index++;
                section = index < count ? Section.VALUES : Section.MEMBERS;
            }
            case MEMBERS -> {
                put(part, members());
                if (result.call().collect()) {
                    part.put(ERRORS);
                    section = Section.ERRORS;
                } else {
                    part.put('}');
                    section = Section.END;
                }
            }
            case ERRORS -> {
                if (errors.hasNext()) {
                    putError(part, errors.next());
                } else {
                    part.put(']').put('}');
                    section = Section.END;
                }
            }
            case END -> throw new NoSuchElementException();
        }
    }

    private static void put(ByteText part, ByteBuffer text) {
        part.put(text.array(), text.arrayOffset() + text.position(), text.remaining());
    }

    private void putError(ByteText part, Map.Entry<Integer, RawJson> failed) {
        if (!firstError) {
            part.put(',');
        }
        firstError = false;
        RawJson error = failed.getValue();
        part.put(INDEX).put(failed.getKey()).put(ItemLines.ERROR);
        part.put(error.bytes(), error.offset(), error.length()).put('}');
    }

    private void putValue(ByteText part) {
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
