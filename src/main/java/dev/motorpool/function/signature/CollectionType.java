package dev.motorpool.function.signature;

import dev.motorpool.json.JsonCursor;
import dev.motorpool.json.JsonWriter;
import dev.motorpool.json.RawJson;
import java.lang.reflect.Array;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An array that a function takes as a set or as a Java array.
 *
 * @param list the same array as a list
 * @param component type of the Java array's elements; null for a set
 */
public record CollectionType(ListType list, @Nullable Class<?> component) implements ValueType {

    @Override
    public @Nullable Misfit check(RawJson value, UrlRule urls) {
        return list.check(value, urls);
    }

    @Override
    public Object bind(RawJson value) {
        List<@Nullable Object> elements = new ArrayList<>();
        for (JsonCursor cursor = new JsonCursor(value); cursor.next(); ) {
            elements.add(list.element().bind(cursor.value()));
        }
        if (component == null) {
            Set<@Nullable Object> set = new LinkedHashSet<>(elements);
            return set;
        }
        Object array = Array.newInstance(component, elements.size());
        for (int i = 0; i < elements.size(); i++) {
            Array.set(array, i, elements.get(i));
        }
        return array;
    }

    @Override
    public void writeIndex(JsonWriter out) {
        throw new UnsupportedOperationException("only built-in functions have an index");
    }

    @Override
    public void writeSchema(JsonWriter out, boolean nullable) {
        list.writeSchema(out, nullable);
    }
}
