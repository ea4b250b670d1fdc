package dev.motorpool.function.signature;

import dev.motorpool.json.JsonKind;
import dev.motorpool.json.JsonWriter;
import dev.motorpool.json.RawJson;
import org.jspecify.annotations.Nullable;

/** The type of a parameter: what it takes, how that becomes a Java value, and how JSON Schema says it. */
public sealed interface ValueType
        permits NumberType,
                BooleanType,
                StringType,
                AnyType,
                ListType,
                MapType,
                NullableType,
                LibraryType,
                RecordType,
                EnumType,
                EnumMapType,
                TextType,
                CollectionType,
                OptionalType {

    /** Null if the value (one well-formed JSON value) fits. */
    @Nullable
    Misfit check(RawJson value, UrlRule urls);

    /**
     * Whether a value surely fits, told without making anything; false says nothing. For items of maps, millions of
     * which are checked at once.
     */
    default boolean surelyFits(byte[] bytes, int from, int end) {
        return false;
    }

    /** The Java value of a JSON value that fits. */
    @Nullable
    Object bind(RawJson value);

    /** Writes the type as {@link TypeIndex} reads it. */
    void writeIndex(JsonWriter out);

    /** Writes the members of the schema into an object that is open. */
    void writeSchema(JsonWriter out, boolean nullable);

    static void writeType(JsonWriter out, String type, boolean nullable) {
        out.name("type");
        if (nullable) {
            out.beginArray().value(type).value("null").endArray();
        } else {
            out.value(type);
        }
    }

    static Misfit wrongKind(String wanted, RawJson value) {
        JsonKind kind = value.kind();
        return new Misfit("must be " + wanted + ", not " + kind.words());
    }
}
