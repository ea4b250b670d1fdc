package dev.motorpool.function.method;

import dev.motorpool.function.signature.TextForm;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** The JSON of values that no built-in function returns. */
final class RareValues {

    /** The value as text; null if its JSON is no string. */
    static @Nullable String text(Object value) {
        if (value instanceof Enum<?> constant) {
            return constant.name();
        }
        return value instanceof Character character ? character.toString() : TextForm.write(value);
    }

    /** The name of a member whose key in the map is this; null if it has none. */
    static @Nullable String key(@Nullable Object key) {
        return key == null || key instanceof byte[] ? null : text(key);
    }

    static boolean isOptional(Object value) {
        return value instanceof Optional<?>
                || value instanceof OptionalInt
                || value instanceof OptionalLong
                || value instanceof OptionalDouble;
    }

    /** What an optional contains; null if it is empty. */
    static @Nullable Object content(Object optional) {
        if (optional instanceof Optional<?> any) {
            return any.orElse(null);
        }
        if (optional instanceof OptionalInt number) {
            return number.isPresent() ? (Integer) number.getAsInt() : null;
        }
        if (optional instanceof OptionalLong number) {
            return number.isPresent() ? (Long) number.getAsLong() : null;
        }
        OptionalDouble number = (OptionalDouble) optional;
        return number.isPresent() ? (Double) number.getAsDouble() : null;
    }

    private RareValues() {}
}
