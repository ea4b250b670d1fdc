package dev.motorpool.function;

import dev.motorpool.json.JsonCursor;
import dev.motorpool.json.JsonPointers;
import dev.motorpool.json.RawJson;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The arguments of one call, each at its parameter's place. */
final class Arguments {

    private final String function;
    private final List<Parameter> parameters;
    /** For each parameter the value that the call gives it, or null. */
    private final @Nullable RawJson[] given;

    private int positional;

    private Arguments(String function, List<Parameter> parameters) {
        this.function = function;
        this.parameters = parameters;
        this.given = new RawJson[parameters.size()];
    }

    /** Puts the arguments in their places, and checks that each has one and fits it. */
    static Arguments match(String function, List<Parameter> parameters, RawJson args, RawJson kwargs, UrlRule urls)
            throws MisfitException {
        Arguments arguments = new Arguments(function, parameters);
        arguments.placePositional(args);
        boolean named = arguments.placeNamed(kwargs);
        arguments.refuseMissing(named);
        arguments.checkTypes(urls);
        return arguments;
    }

    /** As {@link #match}, for one positional argument. */
    static Arguments matchOne(String function, List<Parameter> parameters, RawJson argument, UrlRule urls)
            throws MisfitException {
        Arguments arguments = new Arguments(function, parameters);
        if (parameters.isEmpty()) {
            throw arguments.tooMany(1);
        }
        arguments.given[0] = argument;
        arguments.positional = 1;
        arguments.refuseMissing(false);
        arguments.checkTypes(urls);
        return arguments;
    }

    /** The value for a parameter: the one given, else its default. */
    RawJson value(int index) {
        RawJson value = given[index];
        if (value == null) {
            value = parameters.get(index).defaultValue();
        }
        if (value == null) {
            throw new IllegalStateException("a missing argument was let through");
        }
        return value;
    }

    private void placePositional(RawJson args) throws MisfitException {
        JsonCursor cursor = new JsonCursor(args);
        int count = 0;
        while (cursor.next()) {
            if (count < given.length) {
                given[count] = cursor.value();
            }
            count++;
        }
        if (count > given.length) {
            throw tooMany(count);
        }
        positional = count;
    }

    private MisfitException tooMany(int count) {
        String takes = given.length == 0
                ? "no arguments"
                : (given.length == 1 ? "1 argument (" : "at most " + given.length + " arguments (") + names() + ")";
        return new MisfitException(
                JsonPointers.element("/args", given.length),
                function + " takes " + takes + ", but " + count + (count == 1 ? " was" : " were") + " given.",
                false);
    }

    private boolean placeNamed(RawJson kwargs) throws MisfitException {
        JsonCursor cursor = new JsonCursor(kwargs);
        boolean any = false;
        while (cursor.next()) {
            any = true;
            String name = cursor.name();
            int index = indexOf(name);
            if (index < 0) {
                throw new MisfitException(pointerToNamed(name), unknown(name), false);
            }
            if (given[index] != null) {
                throw new MisfitException(
                        pointerToNamed(name),
                        "The argument " + name + " is given twice: by its position and by its name.",
                        false);
            }
            given[index] = cursor.value();
        }
        return any;
    }

    private String unknown(String name) {
        if (parameters.isEmpty()) {
            return function + " takes no arguments, but " + cut(name) + " was given.";
        }
        String suggestion =
                NearestName.among(parameters.stream().map(Parameter::name).toList(), name);
        return function + " has no parameter " + cut(name) + "; "
                + (suggestion != null ? "did you mean " + suggestion + "?" : "it has " + names() + ".");
    }

    private void refuseMissing(boolean named) throws MisfitException {
        for (int i = 0; i < given.length; i++) {
            if (given[i] == null && parameters.get(i).defaultValue() == null) {
                throw new MisfitException(
                        named ? "/kwargs" : "/args",
                        "The argument " + parameters.get(i).name() + " of " + function + " is missing.",
                        false);
            }
        }
    }

    private void checkTypes(UrlRule urls) throws MisfitException {
        for (int i = 0; i < given.length; i++) {
            RawJson value = given[i];
            if (value != null) {
                Misfit misfit = parameters.get(i).type().check(value, urls);
                if (misfit != null) {
                    throw misfit(i, misfit);
                }
            }
        }
    }

    private MisfitException misfit(int index, Misfit misfit) {
        String name = parameters.get(index).name();
        String pointer = index < positional ? JsonPointers.element("/args", index) : pointerToNamed(name);
        String subject = misfit.path().isEmpty()
                ? "The argument " + name + " "
                : "In the argument " + name + ", the value at " + cut(misfit.path()) + " ";
        String end = misfit.detail().endsWith(".") ? "" : ".";
        return new MisfitException(pointer + misfit.path(), subject + misfit.detail() + end, misfit.address());
    }

    private int indexOf(String name) {
        for (int i = 0; i < given.length; i++) {
            if (parameters.get(i).name().equals(name)) {
                return i;
            }
        }
        return -1;
    }

    private String names() {
        return parameters.stream().map(Parameter::name).collect(Collectors.joining(", "));
    }

    private static String pointerToNamed(String name) {
        return name.length() > 1000 ? "/kwargs" : JsonPointers.member("/kwargs", name);
    }

    private static String cut(String name) {
        return name.length() <= 100 ? name : name.substring(0, 100) + "...";
    }

    /** Arguments that do not fit. */
    static final class MisfitException extends Exception {
        private static final long serialVersionUID = 1L;

        private final transient ArgumentFault fault;

        MisfitException(String pointer, String detail, boolean address) {
            super(detail, null, false, false);
            this.fault = new ArgumentFault(pointer, detail, address);
        }

        ArgumentFault fault() {
            return fault;
        }
    }
}
