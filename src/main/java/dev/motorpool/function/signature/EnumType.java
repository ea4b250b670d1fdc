package dev.motorpool.function.signature;

import dev.motorpool.json.JsonKind;
import dev.motorpool.json.JsonStrings;
import dev.motorpool.json.JsonWriter;
import dev.motorpool.json.RawJson;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A constant of an enum, by its name. Immutable. */
public final class EnumType implements ValueType {

    private final Map<String, Enum<?>> constants = new LinkedHashMap<>();

    public EnumType(Class<?> type) {
        for (Object constant : type.getEnumConstants()) {
            Enum<?> named = (Enum<?>) constant;
            constants.put(named.name(), named);
        }
    }

    @Override
    public @Nullable Misfit check(RawJson value, UrlRule urls) {
        if (value.kind() != JsonKind.STRING) {
            return ValueType.wrongKind("a string", value);
        }
        return objection(JsonStrings.decode(value));
    }

    /** Null if there is a constant of this name. */
    @Nullable
    Misfit objection(String name) {
        return constants.containsKey(name)
                ? null
                : new Misfit("must be one of " + String.join(", ", constants.keySet()));
    }

    @Override
    public Object bind(RawJson value) {
        return constant(JsonStrings.decode(value));
    }

    Enum<?> constant(String name) {
        Enum<?> constant = constants.get(name);
        if (constant == null) {
            throw new IllegalStateException("an unknown constant was let through");
        }
        return constant;
    }

    @Override
    public void writeIndex(JsonWriter out) {
        throw new UnsupportedOperationException("only built-in functions have an index");
    }

    @Override
    public void writeSchema(JsonWriter out, boolean nullable) {
        ValueType.writeType(out, "string", nullable);
        writeNames(out, nullable);
    }

    /** Writes the keyword with all names. */
    void writeNames(JsonWriter out, boolean nullable) {
        out.name("enum").beginArray();
        constants.keySet().forEach(out::value);
        if (nullable) {
            out.nullValue();
        }
        out.endArray();
    }
}
