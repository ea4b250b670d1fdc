package dev.motorpool.function.method;

import dev.motorpool.function.signature.ValueType;
import dev.motorpool.json.JsonNumber;
import dev.motorpool.json.JsonWriter;
import dev.motorpool.json.RawJson;
import java.lang.annotation.Annotation;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
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
        switch (type) {
            case Class<?> plain -> plain(plain, nullable);
            case GenericArrayType array -> array(array.getGenericComponentType(), nullable);
            case ParameterizedType generic -> generic(generic, nullable);
            default -> {}
        }
        out.endObject();
    }

    private void plain(Class<?> type, boolean nullable) {
        String scalar = scalar(type);
        if (scalar != null) {
            ValueType.writeType(out, scalar, nullable);
        } else if (type.isArray()) {
            array(type.getComponentType(), nullable);
        } else if (type.isRecord() && type != RawJson.class && open.add(type)) {
            members(type, nullable);
            open.remove(type);
        }
    }

    /** Any annotation of this name counts: plug-ins have their own. */
    private static boolean isNullable(AnnotatedType type) {
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
        if (type.getRawType() == List.class) {
            array(of[0], nullable);
        } else if (type.getRawType() == Map.class) {
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

    private void members(Class<?> record, boolean nullable) {
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
