package dev.motorpool.function.signature;

import dev.motorpool.json.JsonKind;
import dev.motorpool.json.JsonStrings;
import dev.motorpool.json.JsonWriter;
import dev.motorpool.json.RawJson;
import org.jspecify.annotations.Nullable;

/** A string that stands for a value of another type, such as a date. */
public record TextType(TextForm form) implements ValueType {

    @Override
    public @Nullable Misfit check(RawJson value, UrlRule urls) {
        if (value.kind() != JsonKind.STRING) {
            return ValueType.wrongKind("a string", value);
        }
        try {
            form.parse(JsonStrings.decode(value));
            return null;
        } catch (RuntimeException unfit) {
            return new Misfit("must be " + form.noun());
        }
    }

    @Override
    public Object bind(RawJson value) {
        return form.parse(JsonStrings.decode(value));
    }

    @Override
    public void writeIndex(JsonWriter out) {
        throw new UnsupportedOperationException("only built-in functions have an index");
    }

    @Override
    public void writeSchema(JsonWriter out, boolean nullable) {
        ValueType.writeType(out, "string", nullable);
        form.writeLimits(out);
    }
}
