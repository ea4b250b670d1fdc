package dev.motorpool.function.method;

import dev.motorpool.function.Function;
import dev.motorpool.function.signature.CallDefaults;
import dev.motorpool.function.signature.FunctionRegistry;
import dev.motorpool.function.signature.Origin;
import dev.motorpool.json.JsonWriter;
import dev.motorpool.json.RawJson;
import java.lang.reflect.Method;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

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
     * Reads the annotated methods of a plug-in's class.
     *
     * @param plugin name of the plug-in
     * @param instance of the class, for methods that are not static; null: there are none
     * @throws IllegalArgumentException if one of them cannot be a function
     */
    public static List<MethodFunction> ofPlugin(String plugin, Class<?> holder, @Nullable Object instance) {
        List<MethodFunction> functions = new ArrayList<>();
        for (Method method : holder.getDeclaredMethods()) {
            Function annotation = method.getAnnotation(Function.class);
            if (annotation != null && !method.isBridge()) {
                functions.add(MethodReader.read(method, annotation, instance, plugin));
            }
        }
        return functions;
    }

    /** These functions and others, of whose names none is known here. */
    public MethodFunctions with(Iterable<MethodFunction> others) {
        SortedMap<String, MethodFunction> all = new TreeMap<>(functions);
        others.forEach(other -> all.put(other.definition().name(), other));
        return new MethodFunctions(all);
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
            origin(function.definition().origin(), out);
            out.endObject();
        }
        return out.endArray().toRawJson();
    }

    private static void origin(Origin origin, JsonWriter out) {
        if (origin.source() == null) {
            return;
        }
        out.name("source").value(origin.source());
        CallDefaults defaults = origin.defaults();
        if (defaults.equals(CallDefaults.NONE)) {
            return;
        }
        out.name("defaults").beginObject();
        if (defaults.pool() != null) {
            out.name("pool").value(defaults.pool());
        }
        number("timeout", seconds(defaults.timeout()), out);
        number("retries", defaults.retries(), out);
        number("retry_delay", seconds(defaults.retryDelay()), out);
        number("priority", defaults.priority(), out);
        out.endObject();
    }

    private static void number(String name, @Nullable Number number, JsonWriter out) {
        if (number != null) {
            out.name(name).literal(number.toString());
        }
    }

    private static @Nullable Number seconds(@Nullable Duration duration) {
        return duration == null ? null : BigDecimal.valueOf(duration.toNanos(), 9);
    }
}
