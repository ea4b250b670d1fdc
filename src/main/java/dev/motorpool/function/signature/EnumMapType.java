package dev.motorpool.function.signature;

import dev.motorpool.json.JsonCursor;
import dev.motorpool.json.JsonKind;
import dev.motorpool.json.JsonPointers;
import dev.motorpool.json.JsonWriter;
import dev.motorpool.json.RawJson;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An object whose member names are constants of an enum, and whose values are all of one type. */
public record EnumMapType(EnumType keys, ValueType member) implements ValueType {

    @Override
    public @Nullable Misfit check(RawJson value, UrlRule urls) {
        if (value.kind() != JsonKind.OBJECT) {
            return ValueType.wrongKind("an object", value);
        }
        for (JsonCursor cursor = new JsonCursor(value); cursor.next(); ) {
            Misfit misfit = keys.objection(cursor.name());
            if (misfit != null) {
                return new Misfit("has a member whose name " + misfit.detail());
            }
            misfit = member.check(cursor.value(), urls);
            if (misfit != null) {
                return misfit.under(JsonPointers.member("", cursor.name()));
            }
        }
        return null;
    }

    @Override
    public Object bind(RawJson value) {
        Map<Enum<?>, @Nullable Object> members = new LinkedHashMap<>();
        for (JsonCursor cursor = new JsonCursor(value); cursor.next(); ) {
            members.put(keys.constant(cursor.name()), member.bind(cursor.value()));
        }
        return members;
    }

    @Override
    public void writeIndex(JsonWriter out) {
        throw new UnsupportedOperationException("only built-in functions have an index");
    }

    @Override
    public void writeSchema(JsonWriter out, boolean nullable) {
        ValueType.writeType(out, "object", nullable);
        out.name("propertyNames").beginObject();
        keys.writeNames(out, false);
        out.endObject().name("additionalProperties").beginObject();
        member.writeSchema(out, false);
        out.endObject();
    }
}
