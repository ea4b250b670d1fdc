package dev.motorpool.function.signature;

import dev.motorpool.json.JsonCursor;
import dev.motorpool.json.JsonKind;
import dev.motorpool.json.JsonPointers;
import dev.motorpool.json.JsonWriter;
import dev.motorpool.json.RawJson;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An object of any member names whose values are all of one type. */
public record MapType(ValueType member) implements ValueType {

    @Override
    public @Nullable Misfit check(RawJson value, UrlRule urls) {
        if (value.kind() != JsonKind.OBJECT) {
            return ValueType.wrongKind("an object", value);
        }
        JsonCursor cursor = new JsonCursor(value);
        while (cursor.next()) {
            Misfit misfit = member.check(cursor.value(), urls);
            if (misfit != null) {
                return misfit.under(JsonPointers.member("", cursor.name()));
            }
        }
        return null;
    }

    @Override
    public Object bind(RawJson value) {
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        for (JsonCursor cursor = new JsonCursor(value); cursor.next(); ) {
            members.put(cursor.name(), member.bind(cursor.value()));
        }
        return members;
    }

    @Override
    public void writeIndex(JsonWriter out) {
        out.beginArray().value("map");
        member.writeIndex(out);
        out.endArray();
    }

    @Override
    public void writeSchema(JsonWriter out, boolean nullable) {
        ValueType.writeType(out, "object", nullable);
        out.name("additionalProperties").beginObject();
        member.writeSchema(out, false);
        out.endObject();
    }
}
