package dev.motorpool.function.signature;

import dev.motorpool.json.JsonKind;
import dev.motorpool.json.JsonWriter;
import dev.motorpool.json.RawJson;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * A value that may be missing or {@code null}, as one of Java's optionals.
 *
 * @param value the type of the value
 * @param optional {@link Optional}, or one of those for numbers
 */
public record OptionalType(ValueType value, Class<?> optional) implements ValueType {

    @Override
    public @Nullable Misfit check(RawJson json, UrlRule urls) {
        return json.kind() == JsonKind.NULL ? null : value.check(json, urls);
    }

    @Override
    public Object bind(RawJson json) {
        Object bound = json.kind() == JsonKind.NULL ? null : value.bind(json);
        if (optional == OptionalInt.class) {
            return bound == null ? OptionalInt.empty() : OptionalInt.of((Integer) bound);
        }
        if (optional == OptionalLong.class) {
            return bound == null ? OptionalLong.empty() : OptionalLong.of((Long) bound);
        }
        if (optional == OptionalDouble.class) {
            return bound == null ? OptionalDouble.empty() : OptionalDouble.of((Double) bound);
        }
        return Optional.ofNullable(bound);
    }

    @Override
    public void writeIndex(JsonWriter out) {
        throw new UnsupportedOperationException("only built-in functions have an index");
    }

    @Override
    public void writeSchema(JsonWriter out, boolean nullable) {
        value.writeSchema(out, true);
    }
}
