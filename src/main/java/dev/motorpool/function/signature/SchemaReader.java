package dev.motorpool.function.signature;

import dev.motorpool.json.JsonCursor;
import dev.motorpool.json.JsonKind;
import dev.motorpool.json.JsonNumber;
import dev.motorpool.json.JsonStrings;
import dev.motorpool.json.JsonWriter;
import dev.motorpool.json.RawJson;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Makes types of the schemas of parameters: the types of built-in functions where a schema says no more than they do,
 * and checks of a library for all others.
 */
final class SchemaReader {

    /** Keywords that say nothing about which values are valid. */
    private static final Set<String> ANNOTATIONS = Set.of(
            "title",
            "description",
            "default",
            "examples",
            "deprecated",
            "readOnly",
            "writeOnly",
            "$comment",
            "$schema");

    private final SchemaLibrary library;

    /** The member {@code $defs} of the whole schema, to which references point. */
    private final @Nullable RawJson definitions;

    SchemaReader(SchemaLibrary library, @Nullable RawJson definitions) {
        this.library = library;
        this.definitions = definitions;
    }

    /**
     * The type of a schema.
     *
     * @param schema well-formed JSON
     * @throws IllegalArgumentException if it is no schema
     */
    ValueType read(RawJson schema) {
        if (schema.kind() == JsonKind.OBJECT) {
            ValueType own = own(members(schema));
            if (own != null) {
                return own;
            }
        } else if (schema.kind() != JsonKind.BOOLEAN) {
            throw new IllegalArgumentException(
                    "a schema is an object, true or false, not " + schema.kind().words());
        } else if (isTrue(schema)) {
            return new AnyType(true);
        }
        return new LibraryType(library.compile(withDefinitions(schema)));
    }

    /** Null if only the library can check it. */
    private @Nullable ValueType own(Map<String, RawJson> schema) {
        schema.keySet().removeAll(ANNOTATIONS);
        if (schema.isEmpty()) {
            return new AnyType(true);
        }
        RawJson type = schema.remove("type");
        if (type == null) {
            return null;
        }
        if (type.kind() == JsonKind.ARRAY) {
            String word = besideNull(type);
            ValueType plain = word == null ? null : own(word, schema);
            return plain == null ? null : new NullableType(plain);
        }
        return type.kind() == JsonKind.STRING ? own(JsonStrings.decode(type), schema) : null;
    }

    private @Nullable ValueType own(String type, Map<String, RawJson> limits) {
        return switch (type) {
            case "boolean" -> limits.isEmpty() ? new BooleanType() : null;
            case "integer" -> number(NumberType.Form.BIG_INTEGER, limits);
            case "number" -> number(NumberType.Form.JSON_NUMBER, limits);
            case "string" -> string(limits);
            case "array" -> limits.isEmpty() ? new ListType(new AnyType(true)) : only(limits, "items", true);
            case "object" ->
                limits.isEmpty() ? new MapType(new AnyType(true)) : only(limits, "additionalProperties", false);
            default -> null;
        };
    }

    /** The type whose elements or members have this one keyword's schema. */
    private @Nullable ValueType only(Map<String, RawJson> limits, String keyword, boolean list) {
        RawJson schema = limits.get(keyword);
        if (schema == null || limits.size() > 1) {
            return null;
        }
        ValueType each = read(schema);
        return list ? new ListType(each) : new MapType(each);
    }

    private static @Nullable ValueType number(NumberType.Form form, Map<String, RawJson> limits) {
        JsonNumber minimum = bound(limits.remove("minimum"));
        JsonNumber maximum = bound(limits.remove("maximum"));
        return limits.isEmpty() ? new NumberType(form, minimum, maximum) : null;
    }

    private static @Nullable JsonNumber bound(@Nullable RawJson number) {
        if (number == null) {
            return null;
        }
        JsonNumber bound = number.kind() == JsonKind.NUMBER ? JsonNumber.of(number) : null;
        if (bound == null || !bound.fitsBigDecimal()) {
            throw new IllegalArgumentException("the bound " + number + " is no number that can be compared");
        }
        return bound;
    }

    private static @Nullable ValueType string(Map<String, RawJson> limits) {
        int least = length(limits.remove("minLength"), 0);
        int most = length(limits.remove("maxLength"), Integer.MAX_VALUE);
        return limits.isEmpty() ? new StringType(least, most, false) : null;
    }

    private static int length(@Nullable RawJson number, int otherwise) {
        if (number == null) {
            return otherwise;
        }
        JsonNumber length = number.kind() == JsonKind.NUMBER ? JsonNumber.of(number) : null;
        if (length == null || !length.isInteger() || length.signum() < 0 || length.integerDigits() > 9) {
            throw new IllegalArgumentException("the length " + number + " is no integer from 0 to 999999999");
        }
        return length.intValue();
    }

    /** The other one of two types of which one is null; else null. */
    private static @Nullable String besideNull(RawJson types) {
        String other = null;
        int count = 0;
        for (JsonCursor cursor = new JsonCursor(types); cursor.next(); count++) {
            RawJson type = cursor.value();
            String word = type.kind() == JsonKind.STRING ? JsonStrings.decode(type) : "null";
            other = word.equals("null") ? other : word;
        }
        return count == 2 ? other : null;
    }

    private RawJson withDefinitions(RawJson schema) {
        if (definitions == null) {
            return schema;
        }
        JsonWriter whole = new JsonWriter();
        whole.beginObject().name("$defs").value(definitions);
        return whole.name("allOf")
                .beginArray()
                .value(schema)
                .endArray()
                .endObject()
                .toRawJson();
    }

    /** The members of an object, in order. */
    static Map<String, RawJson> members(RawJson object) {
        Map<String, RawJson> members = new LinkedHashMap<>();
        for (JsonCursor cursor = new JsonCursor(object); cursor.next(); ) {
            members.put(cursor.name(), cursor.value());
        }
        return members;
    }

    static boolean isTrue(RawJson value) {
        return value.bytes()[value.offset()] == 't';
    }
}
