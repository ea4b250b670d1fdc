package dev.motorpool.function.signature;

import dev.motorpool.json.JsonCursor;
import dev.motorpool.json.JsonNumber;
import dev.motorpool.json.JsonStrings;
import dev.motorpool.json.JsonWriter;
import dev.motorpool.json.RawJson;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Any JSON value.
 *
 * @param raw whether the function takes its text; else it takes maps, lists, strings, booleans, {@link JsonNumber}s and
 *     nulls
 */
public record AnyType(boolean raw) implements ValueType {

    @Override
    public @Nullable Misfit check(RawJson value, UrlRule urls) {
        return null;
    }

    @Override
    public boolean surelyFits(byte[] bytes, int from, int end) {
        return true;
    }

    @Override
    public @Nullable Object bind(RawJson value) {
        return raw ? value : tree(value);
    }

    @Override
    public void writeIndex(JsonWriter out) {
        out.beginArray().value(raw ? "raw" : "tree").endArray();
    }

    @Override
    public void writeSchema(JsonWriter out, boolean nullable) {
        // No member: the empty schema takes everything.
    }

    private static @Nullable Object tree(RawJson value) {
        return switch (value.kind()) {
            case NULL -> null;
            case BOOLEAN -> value.bytes()[value.offset()] == 't';
            case NUMBER -> JsonNumber.of(value);
            case STRING -> JsonStrings.decode(value);
            case ARRAY -> {
                List<@Nullable Object> elements = new ArrayList<>();
                for (JsonCursor cursor = new JsonCursor(value); cursor.next(); ) {
                    elements.add(tree(cursor.value()));
                }
                yield elements;
            }
            case OBJECT -> {
                Map<String, @Nullable Object> members = new LinkedHashMap<>();
                for (JsonCursor cursor = new JsonCursor(value); cursor.next(); ) {
                    members.put(cursor.name(), tree(cursor.value()));
                }
                yield members;
            }
        };
    }
}
