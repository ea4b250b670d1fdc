package dev.motorpool.function.method;

import dev.motorpool.function.CallContext;
import dev.motorpool.function.Function;
import dev.motorpool.function.Param;
import dev.motorpool.function.signature.CallDefaults;
import dev.motorpool.function.signature.FunctionDefinition;
import dev.motorpool.function.signature.Misfit;
import dev.motorpool.function.signature.NullableType;
import dev.motorpool.function.signature.NumberType;
import dev.motorpool.function.signature.OptionalType;
import dev.motorpool.function.signature.Origin;
import dev.motorpool.function.signature.Parameter;
import dev.motorpool.function.signature.Signature;
import dev.motorpool.function.signature.StringType;
import dev.motorpool.function.signature.ValueType;
import dev.motorpool.json.JsonKind;
import dev.motorpool.json.JsonNumber;
import dev.motorpool.json.MalformedJsonException;
import dev.motorpool.json.RawJson;
import dev.motorpool.json.StrictJson;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads the definition of a function from its annotated method. Rejects every definition that cannot work. */
final class MethodReader {

    private static final int LONGEST_NAME = 100;
    private static final double LONGEST_SECONDS = 1e9;

    private final Method method;
    private final Function annotation;
    private final String name;

    /** The instance that a method which is not static is called on; null: there is none. */
    private final @Nullable Object receiver;

    /** Name of the plug-in; null for a built-in function. */
    private final @Nullable String plugin;

    private MethodReader(Method method, Function annotation, @Nullable Object receiver, @Nullable String plugin) {
        this.method = method;
        this.annotation = annotation;
        this.receiver = receiver;
        this.plugin = plugin;
        String ownName = plugin == null ? SnakeCase.of(method.getName()) : method.getName();
        this.name = annotation.name().isEmpty() ? ownName : annotation.name();
    }

    /** Reads a built-in function. */
    static MethodFunction read(Method method, Function annotation) {
        return new MethodReader(method, annotation, null, null).read();
    }

    /** Reads a function of the plug-in of this name. */
    static MethodFunction read(Method method, Function annotation, @Nullable Object receiver, String plugin) {
        return new MethodReader(method, annotation, receiver, plugin).read();
    }

    private MethodFunction read() {
        if (!isName(name)) {
            throw unusable("its name must be 1 to " + LONGEST_NAME
                    + " letters, digits, underscores, dots and hyphens, and start with a letter");
        }
        int modifiers = method.getModifiers();
        if (!Modifier.isPublic(modifiers) || (!Modifier.isStatic(modifiers) && receiver == null)) {
            throw unusable(plugin == null ? "it must be public and static" : "it must be public");
        }
        List<Parameter> parameters = new ArrayList<>();
        Set<String> names = new HashSet<>();
        boolean context = false;
        for (java.lang.reflect.Parameter declared : method.getParameters()) {
            if (declared.getType() == CallContext.class) {
                if (context) {
                    throw unusable("it takes the call context twice");
                }
                context = true;
            } else {
                Parameter parameter = parameter(declared);
                if (!names.add(parameter.name())) {
                    throw unusable("two of its parameters are named " + parameter.name());
                }
                parameters.add(parameter);
            }
        }
        return new MethodFunction(
                new FunctionDefinition(
                        name,
                        annotation.description(),
                        annotation.workload(),
                        Signature.of(parameters),
                        null,
                        ReturnSchema.of(method.getGenericReturnType()),
                        origin()),
                InvocableMethod.of(
                        method,
                        Modifier.isStatic(modifiers) ? null : receiver,
                        plugin == null ? null : method.getDeclaringClass().getClassLoader()));
    }

    private Origin origin() {
        if (plugin == null) {
            return Origin.BUILT_IN;
        }
        return new Origin(
                Origin.JAVA,
                plugin,
                false,
                new CallDefaults(
                        annotation.pool().isEmpty() ? null : annotation.pool(),
                        annotation.timeout() == 0 ? null : seconds("timeout", annotation.timeout()),
                        annotation.retries() < 0 ? null : (Integer) annotation.retries(),
                        annotation.retryDelay() < 0 ? null : seconds("retry delay", annotation.retryDelay()),
                        annotation.priority() == 0 ? null : (Integer) annotation.priority()));
    }

    private Duration seconds(String what, double seconds) {
        if (!(seconds >= 0 && seconds <= LONGEST_SECONDS)) {
            throw unusable("its " + what + " of " + seconds + " is not from 0 to 1e9 seconds");
        }
        return Duration.ofNanos((long) (seconds * 1e9));
    }

    private Parameter parameter(java.lang.reflect.Parameter declared) {
        Param param = declared.getAnnotation(Param.class);
        String parameterName = param == null ? "" : param.name();
        if (parameterName.isEmpty()) {
            if (!declared.isNamePresent() && plugin == null) {
                throw unusable("the names of its parameters are missing; compile its class with -parameters");
            }
            parameterName = SnakeCase.of(declared.getName());
        }
        ValueType type = type(declared, parameterName);
        if (param != null) {
            type = constrained(type, param, parameterName);
        }
        boolean nullable = ReturnSchema.isNullable(declared.getAnnotatedType()) || ReturnSchema.isNullable(declared);
        if (nullable && !(type instanceof OptionalType)) {
            type = new NullableType(type);
        }
        // Where nothing is given, an optional is empty, and what may be null is null.
        String given = param == null ? "" : param.defaultValue();
        String text = given.isEmpty() && (nullable || type instanceof OptionalType) ? "null" : given;
        RawJson defaultValue = text.isEmpty() ? null : json(text, parameterName);
        if (defaultValue != null) {
            boolean without = type instanceof NullableType || type instanceof OptionalType;
            if (defaultValue.kind() == JsonKind.NULL && !declared.getType().isPrimitive() && !without) {
                type = new NullableType(type);
            }
            Misfit misfit = type.check(defaultValue, url -> null);
            if (misfit != null) {
                throw unusable(
                        "the default " + defaultValue + " of its parameter " + parameterName + " " + misfit.detail());
            }
        }
        return new Parameter(parameterName, param == null ? "" : param.description(), type, defaultValue);
    }

    private ValueType type(java.lang.reflect.Parameter declared, String parameter) {
        try {
            return ParameterTypes.of(declared.getParameterizedType());
        } catch (IllegalArgumentException unsupported) {
            throw unusable("its parameter " + parameter + " " + unsupported.getMessage());
        }
    }

    private ValueType constrained(ValueType type, Param param, String parameter) {
        boolean bounded = !param.minimum().isEmpty() || !param.maximum().isEmpty();
        boolean measured = param.minLength() != 0 || param.maxLength() != Integer.MAX_VALUE || param.url();
        if (bounded && !(type instanceof NumberType)) {
            throw unusable("its parameter " + parameter + " has a minimum or maximum but is no number");
        }
        if (measured && !(type instanceof StringType)) {
            throw unusable("its parameter " + parameter + " has a length or is a URL but is no string");
        }
        if (bounded && type instanceof NumberType number) {
            JsonNumber minimum = bound(param.minimum(), parameter);
            JsonNumber maximum = bound(param.maximum(), parameter);
            if (minimum != null && maximum != null && minimum.compareValue(maximum) > 0) {
                throw unusable("the minimum of its parameter " + parameter + " is above the maximum");
            }
            return number.within(minimum, maximum);
        }
        if (measured) {
            if (param.minLength() < 0 || param.minLength() > param.maxLength()) {
                throw unusable("the lengths of its parameter " + parameter + " make no range");
            }
            return new StringType(param.minLength(), param.maxLength(), param.url());
        }
        return type;
    }

    private @Nullable JsonNumber bound(String text, String parameter) {
        if (text.isEmpty()) {
            return null;
        }
        JsonNumber bound;
        try {
            bound = JsonNumber.of(text);
        } catch (IllegalArgumentException e) {
            throw unusable("the bound " + text + " of its parameter " + parameter + " is not a JSON number");
        }
        if (!bound.fitsBigDecimal()) {
            throw unusable("the bound " + text + " of its parameter " + parameter + " is too large or too fine");
        }
        return bound;
    }

    private RawJson json(String text, String parameter) {
        RawJson raw = RawJson.of(text.strip());
        try {
            StrictJson.check(raw);
        } catch (MalformedJsonException e) {
            throw unusable(
                    "the default " + text + " of its parameter " + parameter + " is not JSON: " + e.getMessage());
        }
        return raw;
    }

    private static boolean isName(String name) {
        if (name.isEmpty() || name.length() > LONGEST_NAME || !isLetter(name.charAt(0))) {
            return false;
        }
        for (int i = 1; i < name.length(); i++) {
            char c = name.charAt(i);
            if (!isLetter(c) && !(c >= '0' && c <= '9') && c != '_' && c != '.' && c != '-') {
                return false;
            }
        }
        return true;
    }

    private static boolean isLetter(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    }

    private IllegalArgumentException unusable(String why) {
        return new IllegalArgumentException("The function " + name + " ("
                + method.getDeclaringClass().getName() + "." + method.getName() + ") cannot be used: " + why
                + (why.endsWith(".") ? "" : "."));
    }
}
