package dev.motorpool.function.method;

import dev.motorpool.function.method.UnfitValueException.Problem;
import dev.motorpool.json.JsonNumber;
import dev.motorpool.json.JsonPointers;
import dev.motorpool.json.JsonStrings;
import dev.motorpool.json.JsonWriter;
import dev.motorpool.json.MalformedJsonException;
import dev.motorpool.json.RawJson;
import dev.motorpool.json.StrictJson;
import java.lang.reflect.Array;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes the value that a function returned. Never holds more than the limit, whatever the value claims to be; what it
 * writes always passes {@link StrictJson}.
 */
final class ValueWriter {

    private static final int MAX_BITS = (int) (StrictJson.MAX_DIGITS * 3.3219280948873626) + 1;

    private final JsonWriter out;
    /** The containers around the current value, outermost first, and the place in each. */
    private Object[] containers = new Object[8];

    private Object[] places = new Object[8];
    private int depth;

    private ValueWriter(int limit) {
        this.out = new JsonWriter(limit);
    }

    /**
     * The JSON of a value.
     *
     * @param limit greatest number of bytes
     */
    static RawJson write(@Nullable Object value, int limit) throws UnfitValueException {
        ValueWriter writer = new ValueWriter(limit);
        try {
            writer.write(value);
        } catch (JsonWriter.TooLongException e) {
            throw new UnfitValueException(Problem.TOO_LARGE, "The value is larger than " + limit + " bytes as JSON.");
        } catch (RuntimeException e) {
            // Code of the value itself ran: an accessor, an iterator, or the list was changed meanwhile.
            throw writer.notJson("could not be read: " + e);
        }
        return writer.out.toRawJson();
    }

    // Chains of instanceof, not switches over patterns: each such switch costs a fresh worker milliseconds to link.
    private void write(@Nullable Object value) throws UnfitValueException {
        if (value == null) {
            out.nullValue();
        } else if (value instanceof RawJson raw) {
            raw(raw);
        } else if (value instanceof String text) {
            string(text);
        } else if (value instanceof Boolean truth) {
            out.value(truth.booleanValue());
        } else if (value instanceof Number number) {
            number(number);
        } else if (value instanceof List<?> list) {
            list(list);
        } else if (value instanceof Map<?, ?> map) {
            map(map);
        } else if (value instanceof Record members) {
            members(members);
        } else {
            rare(value);
        }
    }

    /** Values that only plug-ins return; the classes for them are loaded only here. */
    private void rare(Object value) throws UnfitValueException {
        String text = RareValues.text(value);
        if (text != null) {
            string(text);
        } else if (value.getClass().isArray()) {
            array(value);
        } else if (value instanceof Collection<?> collection) {
            list(collection);
        } else if (RareValues.isOptional(value)) {
            write(RareValues.content(value));
        } else {
            throw unknown(value);
        }
    }

    private void string(String text) throws UnfitValueException {
        if (!JsonStrings.wellFormed(text)) {
            throw notJson("is a string with half of a surrogate pair, which has no UTF-8 form");
        }
        out.value(text);
    }

    private void raw(RawJson raw) throws UnfitValueException {
        try {
            StrictJson.check(raw, StrictJson.MAX_DEPTH - depth);
        } catch (MalformedJsonException e) {
            throw notJson("is not JSON: " + e.getMessage());
        }
        out.value(raw);
    }

    private void number(Number number) throws UnfitValueException {
        if (number instanceof Long || number instanceof Integer || number instanceof Short || number instanceof Byte) {
            out.value(number.longValue());
        } else if (number instanceof Double || number instanceof Float) {
            finite(Double.isFinite(number.doubleValue()), number);
        } else if (number instanceof JsonNumber) {
            out.literal(number.toString());
        } else if (number instanceof BigInteger integer) {
            digits(integer, number);
        } else if (number instanceof BigDecimal decimal) {
            digits(decimal.unscaledValue(), number);
        } else {
            throw unknown(number);
        }
    }

    private void finite(boolean finite, Number number) throws UnfitValueException {
        if (!finite) {
            throw notJson("is " + number + ", which has no JSON form");
        }
        out.literal(number.toString());
    }

    private void digits(BigInteger unscaled, Number number) throws UnfitValueException {
        // Checked by its bits first: writing a number of a million digits takes long.
        if (unscaled.bitLength() <= MAX_BITS) {
            String text = number.toString();
            if (text.chars().filter(Character::isDigit).count() <= StrictJson.MAX_DIGITS) {
                out.literal(text);
                return;
            }
        }
        throw notJson("is a number of more than " + StrictJson.MAX_DIGITS + " digits");
    }

    private void list(Collection<?> list) throws UnfitValueException {
        enter(list);
        out.beginArray();
        int index = 0;
        for (Object element : list) {
            places[depth - 1] = index++;
            write(element);
        }
        out.endArray();
        depth--;
    }

    private void array(Object array) throws UnfitValueException {
        enter(array);
        out.beginArray();
        int length = Array.getLength(array);
        for (int index = 0; index < length; index++) {
            places[depth - 1] = index;
            write(Array.get(array, index));
        }
        out.endArray();
        depth--;
    }

    private void map(Map<?, ?> map) throws UnfitValueException {
        enter(map);
        out.beginObject();
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            String name = entry.getKey() instanceof String text ? text : RareValues.key(entry.getKey());
            if (name == null) {
                depth--;
                throw notJson("has the key " + entry.getKey() + ", which is not a string");
            }
            if (!JsonStrings.wellFormed(name)) {
                depth--;
                throw notJson("has a key with half of a surrogate pair, which has no UTF-8 form");
            }
            places[depth - 1] = name;
            out.name(name);
            write(entry.getValue());
        }
        out.endObject();
        depth--;
    }

    private void members(Record members) throws UnfitValueException {
        enter(members);
        out.beginObject();
        for (RecordComponent component : RecordComponents.of(members.getClass())) {
            String name = SnakeCase.of(component.getName());
            places[depth - 1] = name;
            out.name(name);
            try {
                write(component.getAccessor().invoke(members));
            } catch (InvocationTargetException e) {
                throw notJson("could not be read: " + e.getCause());
            } catch (IllegalAccessException e) {
                throw notJson("could not be read: " + e.getMessage());
            }
        }
        out.endObject();
        depth--;
    }

    @SuppressWarnings("ReferenceEquality") // Equal containers may be nested, and equals() of a cycle never ends.
    private void enter(Object container) throws UnfitValueException {
        for (int i = 0; i < depth; i++) {
            if (containers[i] == container) {
                throw notJson("contains itself");
            }
        }
        if (depth == StrictJson.MAX_DEPTH) {
            throw notJson("is nested deeper than " + StrictJson.MAX_DEPTH);
        }
        if (depth == containers.length) {
            containers = Arrays.copyOf(containers, depth * 2);
            places = Arrays.copyOf(places, depth * 2);
        }
        containers[depth] = container;
        places[depth] = "";
        depth++;
    }

    private UnfitValueException unknown(Object value) {
        return notJson("is a " + value.getClass().getTypeName() + ", which has no JSON form");
    }

    private UnfitValueException notJson(String what) {
        StringBuilder pointer = new StringBuilder();
        for (int i = 0; i < depth && pointer.length() < 200; i++) {
            pointer.append(JsonPointers.member("", places[i].toString()));
        }
        String where = depth == 0 ? "The value" : "The value at " + pointer;
        String end = what.endsWith(".") ? "" : ".";
        return new UnfitValueException(Problem.NOT_JSON, where + " " + what + end);
    }
}
