package dev.motorpool.function;

import dev.motorpool.json.JsonWriter;
import dev.motorpool.json.RawJson;
import org.jspecify.annotations.Nullable;

/**
 * One parameter as clients see it.
 *
 * @param description empty if there is none
 * @param defaultValue null if every call must give a value
 */
record Parameter(
        String name,
        String description,
        ValueType type,
        @Nullable RawJson defaultValue) {

    void writeSchema(JsonWriter out) {
        out.name(name).beginObject();
        type.writeSchema(out, false);
        if (!description.isEmpty()) {
            out.name("description").value(description);
        }
        if (defaultValue != null) {
            out.name("default").value(defaultValue);
        }
        out.endObject();
    }
}
