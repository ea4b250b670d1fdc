package dev.motorpool.function.method;

import dev.motorpool.function.CallContext;
import dev.motorpool.function.Function;
import dev.motorpool.function.Param;
import dev.motorpool.function.signature.AnyType;
import dev.motorpool.function.signature.BooleanType;
import dev.motorpool.function.signature.FunctionDefinition;
import dev.motorpool.function.signature.ListType;
import dev.motorpool.function.signature.MapType;
import dev.motorpool.function.signature.Misfit;
import dev.motorpool.function.signature.NullableType;
import dev.motorpool.function.signature.NumberType;
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
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.WildcardType;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads the definition of a function from its annotated method. Rejects every definition that cannot work. */
final class MethodReader {

    private static final int LONGEST_NAME = 100;

    private final Method method;
    private final Function annotation;
    private final String name;

    private MethodReader(Method method, Function annotation) {
        this.method = method;
        this.annotation = annotation;
        this.name = annotation.name().isEmpty() ? SnakeCase.of(method.getName()) : annotation.name();
    }

    static MethodFunction read(Method method, Function annotation) {
        return new MethodReader(method, annotation).read();
    }

    private MethodFunction read() {
        if (!isName(name)) {
            throw unusable("its name must be 1 to " + LONGEST_NAME
                    + " letters, digits, underscores, dots and hyphens, and start with a letter");
        }
        if (!Modifier.isStatic(method.getModifiers()) || !Modifier.isPublic(method.getModifiers())) {
            throw unusable("it must be public and static");
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
                        Origin.BUILT_IN),
                StaticMethod.of(method));
    }

    private Parameter parameter(java.lang.reflect.Parameter declared) {
        Param param = declared.getAnnotation(Param.class);
        String parameterName = param == null ? "" : param.name();
        if (parameterName.isEmpty()) {
            if (!declared.isNamePresent()) {
                throw unusable("the names of its parameters are missing; compile its class with -parameters");
            }
            parameterName = SnakeCase.of(declared.getName());
        }
        ValueType type = type(declared.getParameterizedType(), parameterName);
        if (param == null) {
            return new Parameter(parameterName, "", type, null);
        }
        type = constrained(type, param, parameterName);
        RawJson defaultValue = param.defaultValue().isEmpty() ? null : json(param.defaultValue(), parameterName);
        if (defaultValue != null) {
            if (defaultValue.kind() == JsonKind.NULL && !declared.getType().isPrimitive()) {
                type = new NullableType(type);
            }
            Misfit misfit = type.check(defaultValue, url -> null);
            if (misfit != null) {
                throw unusable(
                        "the default " + defaultValue + " of its parameter " + parameterName + " " + misfit.detail());
            }
        }
        return new Parameter(parameterName, param.description(), type, defaultValue);
    }

    private ValueType type(Type declared, String parameter) {
        return switch (declared) {
            case Class<?> plain -> {
                ValueType scalar = scalar(plain);
                if (scalar == null) {
                    throw unsupported(declared, parameter);
                }
                yield scalar;
            }
            case ParameterizedType generic
            when generic.getRawType() == List.class ->
                new ListType(type(generic.getActualTypeArguments()[0], parameter));
            case ParameterizedType generic
            when generic.getRawType() == Map.class && generic.getActualTypeArguments()[0] == String.class ->
                new MapType(type(generic.getActualTypeArguments()[1], parameter));
            case WildcardType wildcard
            when wildcard.getLowerBounds().length == 0 -> type(wildcard.getUpperBounds()[0], parameter);
            default -> throw unsupported(declared, parameter);
        };
    }

    private static @Nullable ValueType scalar(Class<?> type) {
        if (type == String.class) {
            return new StringType(0, Integer.MAX_VALUE, false);
        }
        if (type == boolean.class || type == Boolean.class) {
            return new BooleanType();
        }
        if (type == RawJson.class || type == Object.class) {
            return new AnyType(type == RawJson.class);
        }
        NumberType.Form form = form(type);
        return form == null ? null : new NumberType(form, null, null);
    }

    private static NumberType.@Nullable Form form(Class<?> type) {
        if (type == int.class || type == Integer.class) {
            return NumberType.Form.INT;
        }
        if (type == long.class || type == Long.class) {
            return NumberType.Form.LONG;
        }
        if (type == double.class || type == Double.class) {
            return NumberType.Form.DOUBLE;
        }
        if (type == BigInteger.class) {
            return NumberType.Form.BIG_INTEGER;
        }
        if (type == BigDecimal.class) {
            return NumberType.Form.BIG_DECIMAL;
        }
        return type == JsonNumber.class ? NumberType.Form.JSON_NUMBER : null;
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

    private IllegalArgumentException unsupported(Type type, String parameter) {
        return unusable("its parameter " + parameter + " has the type " + type.getTypeName()
                + ", which is not supported: use int, long, double, boolean, String, BigInteger, BigDecimal,"
                + " JsonNumber, RawJson, Object, List or Map with String keys");
    }

    private IllegalArgumentException unusable(String why) {
        return new IllegalArgumentException("The function " + name + " ("
                + method.getDeclaringClass().getName() + "." + method.getName() + ") cannot be used: " + why
                + (why.endsWith(".") ? "" : "."));
    }
}
