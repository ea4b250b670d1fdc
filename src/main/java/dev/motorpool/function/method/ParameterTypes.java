package dev.motorpool.function.method;

import dev.motorpool.function.signature.AnyType;
import dev.motorpool.function.signature.BooleanType;
import dev.motorpool.function.signature.CollectionType;
import dev.motorpool.function.signature.EnumMapType;
import dev.motorpool.function.signature.EnumType;
import dev.motorpool.function.signature.ListType;
import dev.motorpool.function.signature.MapType;
import dev.motorpool.function.signature.NullableType;
import dev.motorpool.function.signature.NumberType;
import dev.motorpool.function.signature.OptionalType;
import dev.motorpool.function.signature.RecordType;
import dev.motorpool.function.signature.StringType;
import dev.motorpool.function.signature.TextForm;
import dev.motorpool.function.signature.TextType;
import dev.motorpool.function.signature.ValueType;
import dev.motorpool.json.JsonNumber;
import dev.motorpool.json.RawJson;
import java.lang.reflect.Constructor;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.lang.reflect.WildcardType;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;

/** Finds the type of a parameter for its Java type. */
final class ParameterTypes {

    private static final String SUPPORTED =
            "use numbers, boolean, String, Object, records, enums, Optional, arrays, List, Set, Map with keys that are"
                    + " Strings or enums, types of java.time, UUID, URI, BigInteger, BigDecimal or byte[]";

    private static final Map<Class<?>, NumberType.Form> NUMBERS = Map.ofEntries(
            Map.entry(int.class, NumberType.Form.INT),
            Map.entry(Integer.class, NumberType.Form.INT),
            Map.entry(long.class, NumberType.Form.LONG),
            Map.entry(Long.class, NumberType.Form.LONG),
            Map.entry(short.class, NumberType.Form.SHORT),
            Map.entry(Short.class, NumberType.Form.SHORT),
            Map.entry(byte.class, NumberType.Form.BYTE),
            Map.entry(Byte.class, NumberType.Form.BYTE),
            Map.entry(double.class, NumberType.Form.DOUBLE),
            Map.entry(Double.class, NumberType.Form.DOUBLE),
            Map.entry(float.class, NumberType.Form.FLOAT),
            Map.entry(Float.class, NumberType.Form.FLOAT),
            Map.entry(BigInteger.class, NumberType.Form.BIG_INTEGER),
            Map.entry(BigDecimal.class, NumberType.Form.BIG_DECIMAL),
            Map.entry(JsonNumber.class, NumberType.Form.JSON_NUMBER),
            Map.entry(Number.class, NumberType.Form.BIG_DECIMAL));

    private static final Map<Class<?>, NumberType.Form> OPTIONALS = Map.of(
            OptionalInt.class, NumberType.Form.INT,
            OptionalLong.class, NumberType.Form.LONG,
            OptionalDouble.class, NumberType.Form.DOUBLE);

    /** Also those whose members are not complete: a record may contain itself. */
    private final Map<Class<?>, RecordType> records = new HashMap<>();

    /**
     * The type of a parameter.
     *
     * @throws IllegalArgumentException if it is not supported; the message continues "its parameter "
     */
    static ValueType of(Type declared) {
        return new ParameterTypes().type(declared);
    }

    private ValueType type(Type declared) {
        return switch (declared) {
            case Class<?> plain -> plain(plain);
            case ParameterizedType generic ->
                generic(generic, (Class<?>) generic.getRawType(), generic.getActualTypeArguments());
            case GenericArrayType array ->
                array.getGenericComponentType() instanceof ParameterizedType element
                        ? array((Class<?>) element.getRawType(), element)
                        : unsupported(declared);
            case WildcardType wildcard when wildcard.getLowerBounds().length == 0 -> type(wildcard.getUpperBounds()[0]);
            default -> unsupported(declared);
        };
    }

    private ValueType plain(Class<?> type) {
        NumberType.Form number = NUMBERS.get(type);
        if (number != null) {
            return new NumberType(number, null, null);
        }
        if (type == String.class) {
            return new StringType(0, Integer.MAX_VALUE, false);
        }
        if (type == boolean.class || type == Boolean.class) {
            return new BooleanType();
        }
        if (type == RawJson.class || type == Object.class) {
            return new AnyType(type == RawJson.class);
        }
        TextForm text = TextForm.of(type);
        if (text != null) {
            return new TextType(text);
        }
        return composite(type);
    }

    private ValueType composite(Class<?> type) {
        NumberType.Form optional = OPTIONALS.get(type);
        if (optional != null) {
            return new OptionalType(new NumberType(optional, null, null), type);
        }
        if (type.isEnum()) {
            return new EnumType(type);
        }
        if (type.isRecord()) {
            return record(type);
        }
        return type.isArray() ? array(type.getComponentType(), type.getComponentType()) : unsupported(type);
    }

    private ValueType generic(Type declared, Class<?> raw, Type[] of) {
        if (raw == Map.class && of[0] == String.class) {
            return new MapType(type(of[1]));
        }
        if (raw == Map.class && of[0] instanceof Class<?> constants && constants.isEnum()) {
            return new EnumMapType(new EnumType(constants), type(of[1]));
        }
        if (raw == List.class || raw == Collection.class || raw == Iterable.class) {
            return new ListType(type(of[0]));
        }
        if (raw == Set.class) {
            return new CollectionType(new ListType(type(of[0])), null);
        }
        return raw == Optional.class ? new OptionalType(type(of[0]), raw) : unsupported(declared);
    }

    private ValueType array(Class<?> component, Type element) {
        return new CollectionType(new ListType(type(element)), component);
    }

    private ValueType record(Class<?> type) {
        RecordType known = records.get(type);
        if (known != null) {
            return known;
        }
        RecordComponent[] components = RecordComponents.of(type);
        Class<?>[] types = new Class<?>[components.length];
        for (int i = 0; i < types.length; i++) {
            types[i] = components[i].getType();
        }
        RecordType record = new RecordType(canonical(type, types));
        records.put(type, record);
        List<RecordType.Member> members = new ArrayList<>();
        for (RecordComponent component : components) {
            ValueType member = type(component.getGenericType());
            boolean nullable = ReturnSchema.isNullable(component.getAnnotatedType())
                    || ReturnSchema.isNullable(component.getAccessor());
            members.add(new RecordType.Member(
                    SnakeCase.of(component.getName()), nullable ? new NullableType(member) : member));
        }
        record.setMembers(members);
        return record;
    }

    private static Constructor<?> canonical(Class<?> type, Class<?>[] types) {
        try {
            Constructor<?> constructor = type.getDeclaredConstructor(types);
            constructor.trySetAccessible();
            return constructor;
        } catch (NoSuchMethodException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static ValueType unsupported(Type type) {
        throw new IllegalArgumentException(
                "has the type " + type.getTypeName() + ", which is not supported: " + SUPPORTED);
    }
}
