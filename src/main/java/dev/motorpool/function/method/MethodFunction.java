package dev.motorpool.function.method;

import dev.motorpool.function.CallContext;
import dev.motorpool.function.signature.Arguments;
import dev.motorpool.function.signature.FunctionDefinition;
import dev.motorpool.function.signature.Parameter;
import dev.motorpool.function.signature.UrlRule;
import dev.motorpool.json.RawJson;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A function that is a Java method: its definition, and its run. Immutable. */
public final class MethodFunction {

    /** No lambda here nor in what a fresh worker runs: linking its first one costs it several milliseconds. */
    private static final UrlRule ANY_URL = new UrlRule() {
        @Override
        public @Nullable Objection objection(String url) {
            return null;
        }
    };

    private final FunctionDefinition definition;
    private final InvocableMethod method;

    MethodFunction(FunctionDefinition definition, InvocableMethod method) {
        this.definition = definition;
        this.method = method;
    }

    public FunctionDefinition definition() {
        return definition;
    }

    InvocableMethod method() {
        return method;
    }

    /**
     * Binds the arguments, runs the method, and writes its value as JSON; throws what the method threw.
     *
     * @throws IllegalArgumentException if the arguments do not fit
     * @throws UnfitValueException if the value cannot be sent, or has more than {@code valueLimit} bytes
     */
    public RawJson invoke(RawJson args, RawJson kwargs, CallContext context, int valueLimit) throws Throwable {
        try {
            return run(
                    Arguments.match(definition.name(), definition.signature(), args, kwargs, ANY_URL),
                    context,
                    valueLimit);
        } catch (Arguments.MisfitException e) {
            throw misfit(e);
        }
    }

    /** As {@link #invoke}, with one positional argument. */
    public RawJson invokeOne(RawJson argument, CallContext context, int valueLimit) throws Throwable {
        try {
            return run(
                    Arguments.matchOne(definition.name(), definition.signature(), argument, ANY_URL),
                    context,
                    valueLimit);
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
        List<Parameter> parameters = definition.signature().parameters();
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
