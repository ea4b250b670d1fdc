package dev.motorpool.function;

import dev.motorpool.json.RawJson;
import org.jspecify.annotations.Nullable;

/** One function: name, schema, the check of its arguments, and its run. Stub: follows. */
public final class FunctionDefinition {

    public String name() {
        throw new UnsupportedOperationException();
    }

    public String description() {
        throw new UnsupportedOperationException();
    }

    public Workload workload() {
        throw new UnsupportedOperationException();
    }

    /** JSON Schema (2020-12) of the named parameters, in order: an object schema with {@code properties}. */
    public RawJson parameters() {
        throw new UnsupportedOperationException();
    }

    /** JSON Schema of the value. */
    public RawJson returns() {
        throw new UnsupportedOperationException();
    }

    /**
     * Checks a call's arguments without running anything.
     *
     * @param args strict JSON array (already known to be one)
     * @param kwargs strict JSON object (already known to be one)
     * @param urls decides on URLs where a parameter is one
     * @return null if they fit
     */
    public @Nullable ArgumentFault check(RawJson args, RawJson kwargs, UrlRule urls) {
        throw new UnsupportedOperationException();
    }

    /** Binds the arguments, runs the method, and writes its value as JSON; throws what the method threw. */
    public RawJson invoke(RawJson args, RawJson kwargs, CallContext context, int valueLimit) throws Throwable {
        throw new UnsupportedOperationException();
    }
}
