package dev.motorpool.function;

import dev.motorpool.json.JsonWriter;
import dev.motorpool.json.RawJson;
import java.lang.reflect.Method;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The functions that can be called, by name. Immutable. */
public final class FunctionRegistry {

    private final SortedMap<String, FunctionDefinition> functions;

    private FunctionRegistry(SortedMap<String, FunctionDefinition> functions) {
        this.functions = functions;
    }

    /**
     * Reads the annotated methods of the classes.
     *
     * @throws IllegalArgumentException if one of them cannot be a function, or two have the same name
     */
    public static FunctionRegistry of(List<Class<?>> holders) {
        SortedMap<String, FunctionDefinition> functions = new TreeMap<>();
        for (Class<?> holder : holders) {
            for (Method method : holder.getDeclaredMethods()) {
                Function annotation = method.getAnnotation(Function.class);
                if (annotation != null) {
                    FunctionDefinition definition = MethodReader.read(method, annotation);
                    if (functions.put(definition.name(), definition) != null) {
                        throw new IllegalArgumentException("Two functions are named " + definition.name()
                                + "; one is in " + holder.getName() + ".");
                    }
                }
            }
        }
        return new FunctionRegistry(functions);
    }

    /**
     * The registry whose {@link #index} this is.
     *
     * @param index well-formed JSON, written by the same version of the program
     */
    public static FunctionRegistry ofIndex(RawJson index) {
        SortedMap<String, FunctionDefinition> functions = new TreeMap<>();
        for (FunctionDefinition function : FunctionIndex.read(index)) {
            functions.put(function.name(), function);
        }
        return new FunctionRegistry(functions);
    }

    /** The registry as text, from which a process that has the same classes makes it again without reflection. */
    public RawJson index() {
        return FunctionIndex.write(functions.values());
    }

    public Optional<FunctionDefinition> find(String name) {
        return Optional.ofNullable(functions.get(name));
    }

    /** All functions, sorted by name. */
    public List<FunctionDefinition> all() {
        return List.copyOf(functions.values());
    }

    /** The known name nearest to one that is not known, or null. */
    public @Nullable String suggestion(String name) {
        return NearestName.among(functions.keySet(), name);
    }

    /** All functions as a worker announces them: an array of name, description, workload, parameters, returns. */
    public RawJson describe() {
        JsonWriter out = new JsonWriter();
        out.beginArray();
        for (FunctionDefinition function : functions.values()) {
            out.beginObject();
            function.writeMembers(out);
            out.endObject();
        }
        return out.endArray().toRawJson();
    }
}
