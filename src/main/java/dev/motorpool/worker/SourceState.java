package dev.motorpool.worker;

import dev.motorpool.json.JsonWriter;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A source as {@code hello} lists it.
 *
 * @param file relative to the directory
 * @param failed whether it could not be loaded
 * @param reason why it failed, or a warning; null: none
 * @param traceback of the fault; null: none
 * @param functions names of its functions
 */
record SourceState(
        String name,
        String file,
        boolean failed,
        @Nullable String reason,
        @Nullable String traceback,
        List<String> functions) {

    void writeTo(JsonWriter out) {
        out.beginObject().name("name").value(name).name("file").value(file);
        out.name("state").value(failed ? "failed" : "ready");
        out.name("reason").value(reason).name("traceback").value(traceback);
        out.name("functions").beginArray();
        functions.forEach(out::value);
        out.endArray().endObject();
    }
}
