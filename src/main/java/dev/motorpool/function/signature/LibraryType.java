package dev.motorpool.function.signature;

import dev.motorpool.json.JsonWriter;
import dev.motorpool.json.RawJson;
import org.jspecify.annotations.Nullable;

/** A type of a function that a worker has announced, checked by a library. The worker itself makes values of it. */
record LibraryType(SchemaLibrary.SchemaCheck check) implements ValueType {

    @Override
    public @Nullable Misfit check(RawJson value, UrlRule urls) {
        SchemaLibrary.Objection objection = check.check(value);
        return objection == null ? null : new Misfit(objection.path(), objection.detail(), false);
    }

    @Override
    public Object bind(RawJson value) {
        throw new UnsupportedOperationException("only workers make values of this type");
    }

    @Override
    public void writeIndex(JsonWriter out) {
        throw new UnsupportedOperationException("only Java functions have an index");
    }

    @Override
    public void writeSchema(JsonWriter out, boolean nullable) {
        throw new UnsupportedOperationException("the worker has announced the schema");
    }
}
