package dev.motorpool.http.render;

import dev.motorpool.http.route.ByteText;
import dev.motorpool.json.JsonWriter;
import dev.motorpool.json.RawJson;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Writes the parts of lines that describe items. */
public final class ItemLines {

    public static final byte[] ITEM = ByteText.ascii("item");
    public static final byte[] VALUE = ByteText.ascii(",\"value\":");
    public static final byte[] ERROR = ByteText.ascii(",\"error\":");
    public static final byte[] SEQ = ByteText.ascii(",\"seq\":");
    public static final byte[] BRACE = ByteText.ascii("}");

    private static final byte[] END = ByteText.ascii("end");
    private static final byte[] LINE = ByteText.ascii("{\"index\":");

    private ItemLines() {}

    /**
     * Begins an event with the result of an item.
     *
     * @param id of the event
     */
    public static void begin(StreamText text, long id, long index) {
        text.begin(ITEM, id);
        text.part(LINE).part(index);
    }

    /**
     * Writes and sends the last line.
     *
     * @param id of the event
     * @param failed negative if items cannot fail
     * @param error why the stream ended early, null if it did not
     */
    public static void end(StreamText text, long id, long count, long failed, @Nullable RawJson error)
            throws IOException {
        text.begin(END, id);
        JsonWriter json = new JsonWriter();
        json.beginObject().name("end").value(true);
        json.name("count").value(count);
        if (failed >= 0) {
            json.name("failed").value(failed);
        }
        if (error != null) {
            json.name("error").value(error);
        }
        json.endObject();
        text.put(json.toRawJson());
        text.finish();
        text.flush();
    }
}
