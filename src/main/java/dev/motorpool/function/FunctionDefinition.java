package dev.motorpool.function;

import dev.motorpool.json.JsonKind;
import dev.motorpool.json.JsonSlices;
import dev.motorpool.json.JsonWriter;
import dev.motorpool.json.RawJson;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One function: name, schema, the check of its arguments, and its run. Immutable. */
public final class FunctionDefinition {

    /** No lambda here nor in what a fresh worker runs: linking its first one costs it several milliseconds. */
    private static final UrlRule ANY_URL = new UrlRule() {
        @Override
        public @Nullable Objection objection(String url) {
            return null;
        }
    };

    private final String name;
    private final String description;
    private final Workload workload;
    private final List<Parameter> parameters;
    private final RawJson returns;
    private final StaticMethod method;

    /** The type of the one argument that a call must have; null if it must have none or several. */
    private final @Nullable ValueType only;

    FunctionDefinition(
            String name,
            String description,
            Workload workload,
            RawJson returns,
            StaticMethod method,
            List<Parameter> parameters) {
        this.name = name;
        this.description = description;
        this.workload = workload;
        this.returns = returns;
        this.method = method;
        this.parameters = List.copyOf(parameters);
        this.only = onlyRequired(this.parameters);
    }

    private static @Nullable ValueType onlyRequired(List<Parameter> parameters) {
        for (int i = 1; i < parameters.size(); i++) {
            if (parameters.get(i).defaultValue() == null) {
                return null;
            }
        }
        return parameters.isEmpty() ? null : parameters.getFirst().type();
    }

    public String name() {
        return name;
    }

    public String description() {
        return description;
    }

    public Workload workload() {
        return workload;
    }

    /** JSON Schema (2020-12) of the named parameters, in order: an object schema with {@code properties}. */
    public RawJson parameters() {
        JsonWriter out = new JsonWriter();
        out.beginObject().name("type").value("object").name("properties").beginObject();
        for (Parameter parameter : parameters) {
            parameter.writeSchema(out);
        }
        out.endObject().name("required").beginArray();
        for (Parameter parameter : parameters) {
            if (parameter.defaultValue() == null) {
                out.value(parameter.name());
            }
        }
        out.endArray().name("additionalProperties").value(false).endObject();
        return out.toRawJson();
    }

    /** JSON Schema of the value. */
    public RawJson returns() {
        return returns;
    }

    List<Parameter> parameterList() {
        return parameters;
    }

    StaticMethod method() {
        return method;
    }

    /** Writes name, description, workload, parameters and returns into an object that is open. */
    public void writeMembers(JsonWriter out) {
        out.name("name").value(name).name("description").value(description);
        out.name("workload").value(workload.word());
        out.name("parameters").value(parameters()).name("returns").value(returns());
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
        try {
            Arguments.match(name, parameters, args, kwargs, urls);
            return null;
        } catch (Arguments.MisfitException e) {
            return e.fault();
        }
    }

    /**
     * Checks the arguments of one item of a map or stream. What surely fits is told apart without making anything.
     *
     * @param index which of the items
     * @param star whether an item is the array of the positional arguments; else it is the one argument
     * @return null if they fit; else the pointer is one into the item
     */
    public @Nullable ArgumentFault checkItem(JsonSlices items, int index, boolean star, UrlRule urls) {
        if (!star && only != null && only.surelyFits(items.bytes(), items.start(index), items.end(index))) {
            return null;
        }
        RawJson item = items.get(index);
        try {
            if (!star) {
                Arguments.matchOne(name, parameters, item, urls);
            } else if (item.kind() == JsonKind.ARRAY) {
                Arguments.match(name, parameters, item, RawJson.EMPTY_OBJECT, urls);
            } else {
                return new ArgumentFault(
                        "",
                        "Each item must be the array of the arguments of one call, not "
                                + item.kind().words() + ".",
                        false);
            }
            return null;
        } catch (Arguments.MisfitException e) {
            String pointer = e.fault().pointer();
            String args = star || !pointer.startsWith("/args/0") ? "/args" : "/args/0";
            return new ArgumentFault(
                    pointer.substring(args.length()),
                    e.fault().detail(),
                    e.fault().address());
        }
    }

    /**
     * Binds the arguments, runs the method, and writes its value as JSON; throws what the method threw.
     *
     * @throws IllegalArgumentException if the arguments do not fit
     * @throws UnfitValueException if the value cannot be sent, or has more than {@code valueLimit} bytes
     */
    public RawJson invoke(RawJson args, RawJson kwargs, CallContext context, int valueLimit) throws Throwable {
        try {
            return run(Arguments.match(name, parameters, args, kwargs, ANY_URL), context, valueLimit);
        } catch (Arguments.MisfitException e) {
            throw misfit(e);
        }
    }

    /** As {@link #invoke}, with one positional argument. */
    public RawJson invokeOne(RawJson argument, CallContext context, int valueLimit) throws Throwable {
        try {
            return run(Arguments.matchOne(name, parameters, argument, ANY_URL), context, valueLimit);
        } catch (Arguments.MisfitException e) {
            throw misfit(e);
        }
    }

    private static IllegalArgumentException misfit(Arguments.MisfitException e) {
        return new IllegalArgumentException(
                e.fault().pointer() + ": " + e.fault().detail());
    }

    private RawJson run(Arguments arguments, CallContext context, int valueLimit) throws Throwable {
        @Nullable Object[] values = bind(arguments, context);
        Object value = method.call(values);
        if (value instanceof RawJson raw && raw.length() <= valueLimit && contains(values, raw)) {
            // An argument that comes back is JSON already: it needs neither a check nor a copy.
            return raw;
        }
        return ValueWriter.write(value, valueLimit);
    }

    @SuppressWarnings("ReferenceEquality") // The very object, not one that looks like it.
    private static boolean contains(@Nullable Object[] values, RawJson raw) {
        for (Object value : values) {
            if (value == raw) {
                return true;
            }
        }
        return false;
    }

    private @Nullable Object[] bind(Arguments arguments, CallContext context) {
        int contextIndex = method.contextIndex();
        @Nullable Object[] values = new @Nullable Object[parameters.size() + (contextIndex < 0 ? 0 : 1)];
        int at = 0;
        for (int i = 0; i < parameters.size(); i++) {
            if (at == contextIndex) {
                at++;
            }
            values[at++] = parameters.get(i).type().bind(arguments.value(i));
        }
        if (contextIndex >= 0) {
            values[contextIndex] = context;
        }
        return values;
    }
}
