package dev.motorpool.store.sqlite;

import dev.motorpool.json.JsonCursor;
import dev.motorpool.json.JsonStrings;
import dev.motorpool.json.JsonWriter;
import dev.motorpool.json.RawJson;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The tags of a job in its row: a JSON object of strings, nothing if there are none. */
final class TagText {

    private TagText() {}

    static @Nullable String of(Map<String, String> tags) {
        return tags.isEmpty() ? null : new JsonWriter().value(tags).toRawJson().toString();
    }

    /** For a query: of each tag a list of what it may be, each a name and a value. */
    static String choices(List<List<Map.Entry<String, String>>> tags) {
        JsonWriter out = new JsonWriter();
        out.beginArray();
        for (List<Map.Entry<String, String>> choices : tags) {
            out.beginArray();
            for (Map.Entry<String, String> choice : choices) {
                out.beginArray().value(choice.getKey()).value(choice.getValue()).endArray();
            }
            out.endArray();
        }
        return out.endArray().toRawJson().toString();
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
