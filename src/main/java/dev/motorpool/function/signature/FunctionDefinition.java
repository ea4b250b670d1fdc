package dev.motorpool.function.signature;

import dev.motorpool.function.Workload;
import dev.motorpool.json.JsonKind;
import dev.motorpool.json.JsonSlices;
import dev.motorpool.json.JsonWriter;
import dev.motorpool.json.RawJson;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What clients see of a function, and the check of its arguments. Immutable. */
public final class FunctionDefinition {

    private final String name;
    private final String description;
    private final Workload workload;
    private final Signature signature;
    private final @Nullable RawJson schema;
    private final RawJson returns;
    private final Origin origin;

    /** See {@link Signature#onlyRequired}. */
    private final @Nullable ValueType only;

    /** @param schema of the parameters as their worker announced it; null: as their types say it */
    public FunctionDefinition(
            String name,
            String description,
            Workload workload,
            Signature signature,
            @Nullable RawJson schema,
            RawJson returns,
            Origin origin) {
        this.name = name;
        this.description = description;
        this.workload = workload;
        this.signature = signature;
        this.schema = schema;
        this.returns = returns;
        this.origin = origin;
        this.only = signature.onlyRequired();
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

    /** Where the function comes from, and what its author says of calls. */
    public Origin origin() {
        return origin;
    }

    public Signature signature() {
        return signature;
    }

    /** JSON Schema (2020-12) of the named parameters, in order: an object schema with {@code properties}. */
    public RawJson parameters() {
        if (schema != null) {
            return schema;
        }
        List<Parameter> parameters = signature.parameters();
        JsonWriter out = new JsonWriter();
        out.beginObject().name("type").value("object").name("properties").beginObject();
        for (Parameter parameter : parameters) {
            parameter.writeSchema(out);
        }
        out.endObject().name("required").beginArray();
        for (Parameter parameter : parameters) {
            if (parameter.required()) {
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
            Arguments.match(name, signature, args, kwargs, urls);
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
                Arguments.matchOne(name, signature, item, urls);
            } else if (item.kind() == JsonKind.ARRAY) {
                Arguments.match(name, signature, item, RawJson.EMPTY_OBJECT, urls);
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
}
