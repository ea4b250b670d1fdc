package dev.motorpool.http.render;

import dev.motorpool.detached.model.JobDocument;
import dev.motorpool.http.route.ByteText;
import dev.motorpool.job.waited.MapResult;
import dev.motorpool.json.JsonSlices;
import dev.motorpool.json.RawJson;
import java.nio.ByteBuffer;
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
        this.count = result.shape().count();
        long sum = head().length() + members().length() + 3L + Math.max(0, count - 1);
        long given = 0;
        for (JsonSlices some : result.values().values()) {
            sum += some.totalLength();
            given += some.count();
        }
        sum += (count - given) * NULL.length;
        if (result.shape().collect()) {
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

    private RawJson head() {
        return JobDocument.head(result.job());
    }

    /** The members after the values, without the brace that ends the object. */
    private RawJson members() {
        return JobDocument.tail(result.job(), null, true);
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
                put(part, head()).put('[');
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
                put(part.put(']'), members());
                if (result.shape().collect()) {
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

    private static ByteText put(ByteText part, RawJson text) {
        return part.put(text.bytes(), text.offset(), text.length());
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
