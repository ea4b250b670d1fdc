package dev.motorpool.function.signature;

import dev.motorpool.json.JsonCursor;
import dev.motorpool.json.JsonKind;
import dev.motorpool.json.JsonPointers;
import dev.motorpool.json.JsonWriter;
import dev.motorpool.json.RawJson;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An array whose elements are all of one type. */
public record ListType(ValueType element) implements ValueType {

    @Override
    public @Nullable Misfit check(RawJson value, UrlRule urls) {
        if (value.kind() != JsonKind.ARRAY) {
            return ValueType.wrongKind("an array", value);
        }
        JsonCursor cursor = new JsonCursor(value);
        for (int index = 0; cursor.next(); index++) {
            Misfit misfit = element.check(cursor.value(), urls);
            if (misfit != null) {
                return misfit.under(JsonPointers.element("", index));
            }
        }
        return null;
    }

    @Override
    public Object bind(RawJson value) {
        List<@Nullable Object> elements = new ArrayList<>();
        for (JsonCursor cursor = new JsonCursor(value); cursor.next(); ) {
            elements.add(element.bind(cursor.value()));
        }
        return elements;
    }

    @Override
    public void writeIndex(JsonWriter out) {
        out.beginArray().value("list");
        element.writeIndex(out);
        out.endArray();
    }

    @Override
    public void writeSchema(JsonWriter out, boolean nullable) {
        ValueType.writeType(out, "array", nullable);
        out.name("items").beginObject();
        element.writeSchema(out, false);
        out.endObject();
    }
}
