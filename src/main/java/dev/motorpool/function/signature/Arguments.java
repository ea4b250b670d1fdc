package dev.motorpool.function.signature;

import dev.motorpool.json.JsonCursor;
import dev.motorpool.json.JsonPointers;
import dev.motorpool.json.RawJson;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The arguments of one call, each at its parameter's place. */
public final class Arguments {

    private final String function;
    private final Signature signature;
    private final List<Parameter> parameters;
    /** For each parameter the value that the call gives it, or null. */
    private final @Nullable RawJson[] given;

    private int positional;

    private Arguments(String function, Signature signature) {
        this.function = function;
        this.signature = signature;
        this.parameters = signature.parameters();
        this.given = new RawJson[parameters.size()];
    }

    /** Puts the arguments in their places, and checks that each has one and fits it. */
    public static Arguments match(String function, Signature signature, RawJson args, RawJson kwargs, UrlRule urls)
            throws MisfitException {
        Arguments arguments = new Arguments(function, signature);
        arguments.placePositional(args, urls);
        boolean named = arguments.placeNamed(kwargs, urls);
        arguments.refuseMissing(named);
        arguments.checkTypes(urls);
        return arguments;
    }

    /** As {@link #match}, for one positional argument. */
    public static Arguments matchOne(String function, Signature signature, RawJson argument, UrlRule urls)
            throws MisfitException {
        Arguments arguments = new Arguments(function, signature);
        if (signature.positional() > 0) {
            arguments.given[0] = argument;
        } else if (signature.rest() != null) {
            arguments.checkRest(signature.rest(), 0, argument, urls);
        } else {
            throw arguments.tooMany(1);
        }
        arguments.positional = 1;
        arguments.refuseMissing(false);
        arguments.checkTypes(urls);
        return arguments;
    }

    /** The value for a parameter: the one given, else its default. */
    public RawJson value(int index) {
        RawJson value = given[index];
        if (value == null) {
            value = parameters.get(index).defaultValue();
        }
        if (value == null) {
            throw new IllegalStateException("a missing argument was let through");
        }
        return value;
    }

    private void placePositional(RawJson args, UrlRule urls) throws MisfitException {
        JsonCursor cursor = new JsonCursor(args);
        int count = 0;
        while (cursor.next()) {
            if (count < signature.positional()) {
                given[count] = cursor.value();
            } else if (signature.rest() != null) {
                checkRest(signature.rest(), count, cursor.value(), urls);
            }
            count++;
        }
        if (count > signature.positional() && signature.rest() == null) {
            throw tooMany(count);
        }
        positional = count;
    }

    private void checkRest(ValueType type, int index, RawJson value, UrlRule urls) throws MisfitException {
        Misfit misfit = type.check(value, urls);
        if (misfit != null) {
            throw misfit(JsonPointers.element("/args", index), "argument " + (index + 1), misfit);
        }
    }

    private MisfitException tooMany(int count) {
        int most = signature.positional();
        String takes = most == 0
                ? "no arguments" + (parameters.isEmpty() ? "" : " by position")
                : (most == 1 ? "1 argument (" : "at most " + most + " arguments (") + names(most) + ")";
        return new MisfitException(
                JsonPointers.element("/args", most),
                function + " takes " + takes + ", but " + count + (count == 1 ? " was" : " were") + " given.",
                false);
    }

    private boolean placeNamed(RawJson kwargs, UrlRule urls) throws MisfitException {
        JsonCursor cursor = new JsonCursor(kwargs);
        boolean any = false;
        while (cursor.next()) {
            any = true;
            String name = cursor.name();
            int index = indexOf(name);
            if (index < signature.positionalOnly()) {
                placeOther(name, index >= 0, cursor.value(), urls);
                continue;
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

    private void placeOther(String name, boolean known, RawJson value, UrlRule urls) throws MisfitException {
        ValueType others = signature.others();
        if (others == null) {
            throw new MisfitException(
                    pointerToNamed(name),
                    known ? "The argument " + name + " of " + function + " is given by position only." : unknown(name),
                    false);
        }
        Misfit misfit = others.check(value, urls);
        if (misfit != null) {
            throw misfit(pointerToNamed(name), "argument " + cut(name), misfit);
        }
    }

    private String unknown(String name) {
        if (parameters.isEmpty()) {
            return function + " takes no arguments, but " + cut(name) + " was given.";
        }
        String suggestion =
                NearestName.among(parameters.stream().map(Parameter::name).toList(), name);
        return function + " has no parameter " + cut(name) + "; "
                + (suggestion != null
                        ? "did you mean " + suggestion + "?"
                        : "it has " + names(parameters.size()) + ".");
    }

    private void refuseMissing(boolean named) throws MisfitException {
        for (int i = 0; i < given.length; i++) {
            if (given[i] == null && parameters.get(i).required()) {
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
        return misfit(pointer, "argument " + name, misfit);
    }

    private static MisfitException misfit(String pointer, String argument, Misfit misfit) {
        String subject = misfit.path().isEmpty()
                ? "The " + argument + " "
                : "In the " + argument + ", the value at " + cut(misfit.path()) + " ";
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

    private String names(int most) {
        return parameters.stream().limit(most).map(Parameter::name).collect(Collectors.joining(", "));
    }

    private static String pointerToNamed(String name) {
        return name.length() > 1000 ? "/kwargs" : JsonPointers.member("/kwargs", name);
    }

    private static String cut(String name) {
        return name.length() <= 100 ? name : name.substring(0, 100) + "...";
    }

    /** Arguments that do not fit. */
    public static final class MisfitException extends Exception {
        private static final long serialVersionUID = 1L;

        private final transient ArgumentFault fault;

        MisfitException(String pointer, String detail, boolean address) {
            super(detail, null, false, false);
            this.fault = new ArgumentFault(pointer, detail, address);
        }

        public ArgumentFault fault() {
            return fault;
        }
    }
}
