package dev.motorpool.function.method;

import dev.motorpool.function.signature.EnumType;
import dev.motorpool.function.signature.TextForm;
import dev.motorpool.function.signature.ValueType;
import dev.motorpool.json.JsonNumber;
import dev.motorpool.json.JsonWriter;
import dev.motorpool.json.RawJson;
import java.lang.annotation.Annotation;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Collection;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The JSON Schema of what a method returns, from its declared type. Details not in the type are left open. */
final class ReturnSchema {

    private static final Set<Class<?>> INTEGERS = Set.of(
            byte.class,
            Byte.class,
            short.class,
            Short.class,
            int.class,
            Integer.class,
            long.class,
            Long.class,
            BigInteger.class);
    private static final Set<Class<?>> NUMBERS = Set.of(
            float.class, Float.class, double.class, Double.class, BigDecimal.class, JsonNumber.class, Number.class);

    private final JsonWriter out;
    /** Records around the current type: one that contains itself is left open there. */
    private final Set<Class<?>> open = new HashSet<>();

    private ReturnSchema(JsonWriter out) {
        this.out = out;
    }

    static RawJson of(Type type) {
        JsonWriter out = new JsonWriter();
        new ReturnSchema(out).write(type, false);
        return out.toRawJson();
    }

    private void write(Type type, boolean nullable) {
        out.beginObject();
        members(type, nullable);
        out.endObject();
    }

    private void members(Type type, boolean nullable) {
        switch (type) {
            case Class<?> plain -> plain(plain, nullable);
            case GenericArrayType array -> array(array.getGenericComponentType(), nullable);
            case ParameterizedType generic -> generic(generic, nullable);
            default -> {}
        }
    }

    private void plain(Class<?> type, boolean nullable) {
        String scalar = scalar(type);
        TextForm text = TextForm.of(type);
        if (scalar != null) {
            ValueType.writeType(out, scalar, nullable);
        } else if (text != null) {
            ValueType.writeType(out, "string", nullable);
            text.writeLimits(out);
        } else if (type.isEnum()) {
            new EnumType(type).writeSchema(out, nullable);
        } else if (type == OptionalInt.class || type == OptionalLong.class) {
            ValueType.writeType(out, "integer", true);
        } else if (type == OptionalDouble.class) {
            ValueType.writeType(out, "number", true);
        } else if (type.isArray()) {
            array(type.getComponentType(), nullable);
        } else if (type.isRecord() && type != RawJson.class && open.add(type)) {
            components(type, nullable);
            open.remove(type);
        }
    }

    /** Any annotation of this name counts: plug-ins have their own. */
    static boolean isNullable(AnnotatedElement type) {
        for (Annotation annotation : type.getAnnotations()) {
            if (annotation.annotationType().getSimpleName().equals("Nullable")) {
                return true;
            }
        }
        return false;
    }

    private static @Nullable String scalar(Class<?> type) {
        if (INTEGERS.contains(type)) {
            return "integer";
        }
        if (NUMBERS.contains(type)) {
            return "number";
        }
        if (type == boolean.class || type == Boolean.class) {
            return "boolean";
        }
        if (type == String.class) {
            return "string";
        }
        return type == void.class || type == Void.class ? "null" : null;
    }

    private void generic(ParameterizedType type, boolean nullable) {
        Type[] of = type.getActualTypeArguments();
        Class<?> raw = (Class<?>) type.getRawType();
        if (Collection.class.isAssignableFrom(raw) && of.length == 1) {
            array(of[0], nullable);
        } else if (raw == Optional.class) {
            members(of[0], true);
        } else if (raw == Map.class) {
            ValueType.writeType(out, "object", nullable);
            out.name("additionalProperties");
            write(of[1], false);
        }
    }

    private void array(Type element, boolean nullable) {
        ValueType.writeType(out, "array", nullable);
        out.name("items");
        write(element, false);
    }

    private void components(Class<?> record, boolean nullable) {
        ValueType.writeType(out, "object", nullable);
        out.name("properties").beginObject();
        for (RecordComponent component : RecordComponents.of(record)) {
            out.name(SnakeCase.of(component.getName()));
            boolean mayBeNull = isNullable(component.getAnnotatedType());
            write(component.getGenericType(), mayBeNull);
        }
        out.endObject().name("required").beginArray();
        for (RecordComponent component : RecordComponents.of(record)) {
            out.value(SnakeCase.of(component.getName()));
        }
        out.endArray().name("additionalProperties").value(false);
    }
}
