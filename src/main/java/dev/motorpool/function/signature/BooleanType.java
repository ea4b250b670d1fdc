package dev.motorpool.function.signature;

import dev.motorpool.json.JsonKind;
import dev.motorpool.json.JsonWriter;
import dev.motorpool.json.RawJson;
import org.jspecify.annotations.Nullable;

/** {@code true} or {@code false}. */
public record BooleanType() implements ValueType {

    @Override
    public @Nullable Misfit check(RawJson value, UrlRule urls) {
        return value.kind() == JsonKind.BOOLEAN ? null : ValueType.wrongKind("a boolean", value);
    }

    @Override
    public boolean surelyFits(byte[] bytes, int from, int end) {
        return bytes[from] == 't' || bytes[from] == 'f';
    }

    @Override
    public Object bind(RawJson value) {
        return value.bytes()[value.offset()] == 't';
    }

    @Override
    public void writeIndex(JsonWriter out) {
        out.beginArray().value("boolean").endArray();
    }

    @Override
    public void writeSchema(JsonWriter out, boolean nullable) {
        ValueType.writeType(out, "boolean", nullable);
    }
}
