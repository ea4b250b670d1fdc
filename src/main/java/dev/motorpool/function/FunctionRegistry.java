package dev.motorpool.function;

import java.util.List;
import java.util.Optional;

/** The functions that can be called, by name. Stub: follows. */
public final class FunctionRegistry {

    /** Reads the annotated methods of the classes. */
    public static FunctionRegistry of(List<Class<?>> holders) {
        throw new UnsupportedOperationException();
    }

    public Optional<FunctionDefinition> find(String name) {
        throw new UnsupportedOperationException();
    }

    /** All functions, sorted by name. */
    public List<FunctionDefinition> all() {
        throw new UnsupportedOperationException();
    }
}
