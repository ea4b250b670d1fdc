package dev.motorpool.function.signature;

import dev.motorpool.json.JsonWriter;
import dev.motorpool.json.RawJson;
import org.jspecify.annotations.Nullable;

/**
 * One parameter as clients see it.
 *
 * @param description empty if there is none
 * @param required whether every call must give a value
 * @param defaultValue the value of calls that give none, as far as it is known here
 */
public record Parameter(
        String name,
        String description,
        ValueType type,
        boolean required,
        @Nullable RawJson defaultValue) {

    /** A parameter whose default is known, or that every call must give. */
    public Parameter(String name, String description, ValueType type, @Nullable RawJson defaultValue) {
        this(name, description, type, defaultValue == null, defaultValue);
    }

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
