package dev.motorpool.function.signature;

import dev.motorpool.json.RawJson;
import org.jspecify.annotations.Nullable;

/** Compiles the JSON Schemas (2020-12) that say more than the types of built-in functions can. */
@FunctionalInterface
public interface SchemaLibrary {

    /**
     * Compiles a schema.
     *
     * @param schema well-formed JSON
     * @throws IllegalArgumentException if it is no schema, with what is wrong
     */
    SchemaCheck compile(RawJson schema);

    /** A compiled schema. Thread-safe. */
    @FunctionalInterface
    interface SchemaCheck {

        /** Null if the value fits. */
        @Nullable
        Objection check(RawJson value);
    }

    /**
     * Why a value does not fit.
     *
     * @param path JSON Pointer from the value to the part of it that is wrong; empty if that is the whole
     * @param detail the rest of a sentence that begins with that part, as {@code must be an integer}
     */
    record Objection(String path, String detail) {}
}
