package dev.motorpool.function.signature;

import dev.motorpool.function.Workload;
import dev.motorpool.json.JsonCursor;
import dev.motorpool.json.JsonKind;
import dev.motorpool.json.JsonNumber;
import dev.motorpool.json.JsonStrings;
import dev.motorpool.json.RawJson;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads a function as a worker announces it in its {@code hello} (docs/protocol.md). */
public final class AnnouncedFunction {

    private static final int LONGEST_NAME = 200;
    private static final int MOST_PARAMETERS = 1_000;

    private final String runtime;
    private final SchemaLibrary library;
    private final Map<String, RawJson> members;
    private final String name;

    private AnnouncedFunction(RawJson announced, String runtime, SchemaLibrary library) {
        if (announced.kind() != JsonKind.OBJECT) {
            throw new IllegalArgumentException(
                    "a function is an object, not " + announced.kind().words());
        }
        this.runtime = runtime;
        this.library = library;
        this.members = SchemaReader.members(announced);
        this.name = text("name", "");
    }

    /**
     * The definition of the function.
     *
     * @param announced well-formed JSON
     * @param runtime name of the worker's runtime
     * @throws IllegalArgumentException if it cannot be understood, with the name of the function and what is wrong
     */
    public static FunctionDefinition read(RawJson announced, String runtime, SchemaLibrary library) {
        AnnouncedFunction function = new AnnouncedFunction(announced, runtime, library);
        try {
            return function.definition();
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "the function " + function.name + " cannot be used: " + e.getMessage(), e);
        }
    }

    private FunctionDefinition definition() {
        if (name.isEmpty() || name.length() > LONGEST_NAME) {
            throw new IllegalArgumentException("its name has 1 to " + LONGEST_NAME + " characters");
        }
        String workload = text("workload", Workload.CPU.word());
        if (!workload.equals(Workload.CPU.word()) && !workload.equals(Workload.IO.word())) {
            throw new IllegalArgumentException("its workload is cpu or io, not " + workload);
        }
        RawJson schema = members.getOrDefault("parameters", RawJson.EMPTY_OBJECT);
        RawJson returns = members.getOrDefault("returns", RawJson.EMPTY_OBJECT);
        if (returns.kind() == JsonKind.BOOLEAN && SchemaReader.isTrue(returns)) {
            returns = RawJson.EMPTY_OBJECT;
        }
        String source = text("source", "");
        RawJson asynchronous = members.get("asynchronous");
        return new FunctionDefinition(
                name,
                text("description", ""),
                workload.equals(Workload.CPU.word()) ? Workload.CPU : Workload.IO,
                signature(schema),
                schema,
                returns,
                new Origin(
                        runtime,
                        source.isEmpty() ? null : source,
                        asynchronous != null && SchemaReader.isTrue(asynchronous),
                        defaults()));
    }

    private Signature signature(RawJson schema) {
        if (schema.kind() != JsonKind.OBJECT) {
            throw new IllegalArgumentException("the schema of its parameters is an object");
        }
        Map<String, RawJson> keywords = SchemaReader.members(schema);
        RawJson type = keywords.get("type");
        if (type != null
                && !(type.kind() == JsonKind.STRING && JsonStrings.decode(type).equals("object"))) {
            throw new IllegalArgumentException("the schema of its parameters has the type object, not " + type);
        }
        SchemaReader reader = new SchemaReader(library, keywords.get("$defs"));
        Set<String> required = strings(keywords.get("required"));
        List<Parameter> parameters = new ArrayList<>();
        RawJson properties = keywords.getOrDefault("properties", RawJson.EMPTY_OBJECT);
        if (properties.kind() != JsonKind.OBJECT) {
            throw new IllegalArgumentException("the properties of its parameters are an object");
        }
        for (JsonCursor each = new JsonCursor(properties); each.next(); ) {
            parameters.add(parameter(reader, each.name(), each.value(), required));
        }
        library.compile(schema);
        if (parameters.size() > MOST_PARAMETERS) {
            throw new IllegalArgumentException("it has more than " + MOST_PARAMETERS + " parameters");
        }
        int positional = number("positional", parameters.size(), parameters.size());
        return new Signature(
                parameters,
                positional,
                number("positional_only", 0, positional),
                further(reader, members.get("rest")),
                further(reader, keywords.getOrDefault("additionalProperties", RawJson.of("false"))));
    }

    private static Parameter parameter(SchemaReader reader, String name, RawJson schema, Set<String> required) {
        try {
            RawJson defaultValue = schema.kind() == JsonKind.OBJECT
                    ? SchemaReader.members(schema).get("default")
                    : null;
            return new Parameter(name, "", reader.read(schema), required.contains(name), defaultValue);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("in the schema of its parameter " + name + ", " + e.getMessage(), e);
        }
    }

    /** The type of further arguments; null if there can be none. */
    private static @Nullable ValueType further(SchemaReader reader, @Nullable RawJson schema) {
        if (schema == null || schema.kind() == JsonKind.NULL) {
            return null;
        }
        return schema.kind() == JsonKind.BOOLEAN && !SchemaReader.isTrue(schema) ? null : reader.read(schema);
    }

    private CallDefaults defaults() {
        RawJson defaults = members.get("defaults");
        if (defaults == null || defaults.kind() != JsonKind.OBJECT) {
            return CallDefaults.NONE;
        }
        Map<String, RawJson> given = SchemaReader.members(defaults);
        RawJson pool = given.get("pool");
        return new CallDefaults(
                pool == null || pool.kind() != JsonKind.STRING ? null : JsonStrings.decode(pool),
                seconds(given.get("timeout")),
                integer(given.get("retries")),
                seconds(given.get("retry_delay")),
                integer(given.get("priority")));
    }

    private static @Nullable Duration seconds(@Nullable RawJson number) {
        if (number == null || number.kind() == JsonKind.NULL) {
            return null;
        }
        double seconds =
                number.kind() == JsonKind.NUMBER ? JsonNumber.of(number).doubleValue() : -1;
        if (!(seconds >= 0 && seconds <= 1e9)) {
            throw new IllegalArgumentException("the time " + number + " is no number of seconds");
        }
        return Duration.ofNanos((long) (seconds * 1e9));
    }

    private static @Nullable Integer integer(@Nullable RawJson number) {
        if (number == null || number.kind() == JsonKind.NULL) {
            return null;
        }
        JsonNumber integer = number.kind() == JsonKind.NUMBER ? JsonNumber.of(number) : null;
        if (integer == null || !integer.isInteger() || integer.integerDigits() > 9) {
            throw new IllegalArgumentException(number + " is no integer of at most nine digits");
        }
        return integer.intValue();
    }

    private int number(String member, int otherwise, int most) {
        Integer number = integer(members.get(member));
        if (number != null && (number < 0 || number > most)) {
            throw new IllegalArgumentException(member + " is " + number + ", not from 0 to " + most);
        }
        return number == null ? otherwise : number;
    }

    private String text(String member, String otherwise) {
        RawJson value = members.get(member);
        if (value == null || value.kind() == JsonKind.NULL) {
            return otherwise;
        }
        if (value.kind() != JsonKind.STRING) {
            throw new IllegalArgumentException(
                    "its " + member + " is a string, not " + value.kind().words());
        }
        return JsonStrings.decode(value);
    }

    private static Set<String> strings(@Nullable RawJson array) {
        Set<String> strings = new HashSet<>();
        if (array != null && array.kind() == JsonKind.ARRAY) {
            for (JsonCursor each = new JsonCursor(array); each.next(); ) {
                if (each.value().kind() == JsonKind.STRING) {
                    strings.add(JsonStrings.decode(each.value()));
                }
            }
        }
        return strings;
    }
}
