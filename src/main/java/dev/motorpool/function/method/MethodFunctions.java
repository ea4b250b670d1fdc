package dev.motorpool.function.method;

import dev.motorpool.function.Function;
import dev.motorpool.function.signature.FunctionRegistry;
import dev.motorpool.json.JsonWriter;
import dev.motorpool.json.RawJson;
import java.lang.reflect.Method;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** The functions of a Java worker, by name. Immutable. */
public final class MethodFunctions {

    private final SortedMap<String, MethodFunction> functions;

    private MethodFunctions(SortedMap<String, MethodFunction> functions) {
        this.functions = functions;
    }

    /**
     * Reads the annotated methods of the classes.
     *
     * @throws IllegalArgumentException if one of them cannot be a function, or two have the same name
     */
    public static MethodFunctions of(List<Class<?>> holders) {
        SortedMap<String, MethodFunction> functions = new TreeMap<>();
        for (Class<?> holder : holders) {
            for (Method method : holder.getDeclaredMethods()) {
                Function annotation = method.getAnnotation(Function.class);
                if (annotation != null) {
                    MethodFunction function = MethodReader.read(method, annotation);
                    if (functions.put(function.definition().name(), function) != null) {
                        throw new IllegalArgumentException("Two functions are named "
                                + function.definition().name() + "; one is in " + holder.getName() + ".");
                    }
                }
            }
        }
        return new MethodFunctions(functions);
    }

    /**
     * The functions whose {@link #index} this is.
     *
     * @param index well-formed JSON, written by the same version of the program
     */
    public static MethodFunctions ofIndex(RawJson index) {
        SortedMap<String, MethodFunction> functions = new TreeMap<>();
        for (MethodFunction function : FunctionIndex.read(index)) {
            functions.put(function.definition().name(), function);
        }
        return new MethodFunctions(functions);
    }

    /** The functions as text, from which a process that has the same classes reads them without reflection. */
    public RawJson index() {
        return FunctionIndex.write(functions.values());
    }

    public Optional<MethodFunction> find(String name) {
        return Optional.ofNullable(functions.get(name));
    }

    /** The definitions of all functions. */
    public FunctionRegistry registry() {
        return FunctionRegistry.of(
                functions.values().stream().map(MethodFunction::definition).toList());
    }

    /** All functions as a worker announces them: an array of name, description, workload, parameters, returns. */
    public RawJson describe() {
        JsonWriter out = new JsonWriter();
        out.beginArray();
        for (MethodFunction function : functions.values()) {
            out.beginObject();
            function.definition().writeMembers(out);
            out.endObject();
        }
        return out.endArray().toRawJson();
    }
}
