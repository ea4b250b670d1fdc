package dev.motorpool.function.signature;

import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** The functions that can be called, by name. Immutable. */
public final class FunctionRegistry {

    private final SortedMap<String, FunctionDefinition> functions;

    private FunctionRegistry(SortedMap<String, FunctionDefinition> functions) {
        this.functions = functions;
    }

    /**
     * A registry of these functions.
     *
     * @throws IllegalArgumentException if two have the same name
     */
    public static FunctionRegistry of(Iterable<FunctionDefinition> definitions) {
        SortedMap<String, FunctionDefinition> functions = new TreeMap<>();
        for (FunctionDefinition definition : definitions) {
            if (functions.put(definition.name(), definition) != null) {
                throw new IllegalArgumentException("Two functions are named " + definition.name() + ".");
            }
        }
        return new FunctionRegistry(functions);
    }

    public Optional<FunctionDefinition> find(String name) {
        return Optional.ofNullable(functions.get(name));
    }

    /** All functions, sorted by name. */
    public List<FunctionDefinition> all() {
        return List.copyOf(functions.values());
    }
}
