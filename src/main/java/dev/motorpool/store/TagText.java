package dev.motorpool.store;

import dev.motorpool.json.JsonCursor;
import dev.motorpool.json.JsonStrings;
import dev.motorpool.json.JsonWriter;
import dev.motorpool.json.RawJson;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The tags of a job in its row: a JSON object of strings, nothing if there are none. */
final class TagText {

    private TagText() {}

    static @Nullable String of(Map<String, String> tags) {
        if (tags.isEmpty()) {
            return null;
        }
        JsonWriter out = new JsonWriter();
        out.beginObject();
        tags.forEach((name, value) -> out.name(name).value(value));
        return out.endObject().toRawJson().toString();
    }

    static Map<String, String> read(@Nullable String text) {
        if (text == null) {
            return Map.of();
        }
        Map<String, String> tags = new LinkedHashMap<>();
        JsonCursor cursor = new JsonCursor(RawJson.of(text));
        while (cursor.next()) {
            tags.put(cursor.name(), JsonStrings.decode(cursor.value()));
        }
        return Collections.unmodifiableMap(tags);
    }
}
