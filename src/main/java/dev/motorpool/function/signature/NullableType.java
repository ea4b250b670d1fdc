package dev.motorpool.function.signature;

import dev.motorpool.json.JsonKind;
import dev.motorpool.json.JsonWriter;
import dev.motorpool.json.RawJson;
import org.jspecify.annotations.Nullable;

/** Another type, or {@code null}. */
public record NullableType(ValueType type) implements ValueType {

    @Override
    public @Nullable Misfit check(RawJson value, UrlRule urls) {
        return value.kind() == JsonKind.NULL ? null : type.check(value, urls);
    }

    @Override
    public boolean surelyFits(byte[] bytes, int from, int end) {
        return bytes[from] == 'n' || type.surelyFits(bytes, from, end);
    }

    @Override
    public @Nullable Object bind(RawJson value) {
        return value.kind() == JsonKind.NULL ? null : type.bind(value);
    }

    @Override
    public void writeIndex(JsonWriter out) {
        out.beginArray().value("nullable");
        type.writeIndex(out);
        out.endArray();
    }

    @Override
    public void writeSchema(JsonWriter out, boolean nullable) {
        type.writeSchema(out, true);
    }
}
