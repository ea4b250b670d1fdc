package dev.motorpool.function.signature;

import dev.motorpool.json.JsonCursor;
import dev.motorpool.json.JsonKind;
import dev.motorpool.json.JsonNumber;
import dev.motorpool.json.JsonStrings;
import dev.motorpool.json.RawJson;
import org.jspecify.annotations.Nullable;

/** Reads types as {@link ValueType#writeIndex} wrote them: an array of the kind of type and its details. */
public final class TypeIndex {

    public static ValueType read(RawJson type) {
        JsonCursor details = new JsonCursor(type);
        String kind = JsonStrings.decode(next(details));
        return switch (kind) {
            case "boolean" -> new BooleanType();
            case "raw" -> new AnyType(true);
            case "tree" -> new AnyType(false);
            case "list" -> new ListType(read(next(details)));
            case "map" -> new MapType(read(next(details)));
            case "nullable" -> new NullableType(read(next(details)));
            case "string" -> new StringType(integer(next(details)), integer(next(details)), isTrue(next(details)));
            case "number" ->
                new NumberType(
                        named(NumberType.Form.values(), next(details)), bound(next(details)), bound(next(details)));
            default -> throw new IllegalArgumentException("an index of functions holds the unknown type " + kind);
        };
    }

    private static @Nullable JsonNumber bound(RawJson text) {
        return text.kind() == JsonKind.NULL ? null : JsonNumber.of(JsonStrings.decode(text));
    }

    private static int integer(RawJson number) {
        return JsonNumber.of(number).intValue();
    }

    /** The constant of this name; {@code valueOf} would call {@code values()} by reflection, which starts slowly. */
    public static <E extends Enum<E>> E named(E[] constants, RawJson name) {
        String wanted = JsonStrings.decode(name);
        for (E constant : constants) {
            if (constant.name().equals(wanted)) {
                return constant;
            }
        }
        throw new IllegalArgumentException("an index of functions holds the unknown word " + wanted);
    }

    private static boolean isTrue(RawJson value) {
        return value.bytes()[value.offset()] == 't';
    }

    public static RawJson next(JsonCursor cursor) {
        if (!cursor.next()) {
            throw new IllegalArgumentException("an index of functions ends early");
        }
        return cursor.value();
    }

    private TypeIndex() {}
}
