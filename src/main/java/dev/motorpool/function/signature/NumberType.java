package dev.motorpool.function.signature;

import dev.motorpool.json.JsonKind;
import dev.motorpool.json.JsonNumber;
import dev.motorpool.json.JsonWriter;
import dev.motorpool.json.RawJson;
import dev.motorpool.json.StrictJson;
import java.math.RoundingMode;
import org.jspecify.annotations.Nullable;

/** A number within bounds, as one of Java's types. */
public final class NumberType implements ValueType {

    /** The Java types of numbers, each with the bounds of what it holds. */
    public enum Form {
        INT(true, "-2147483648", "2147483647"),
        LONG(true, "-9223372036854775808", "9223372036854775807"),
        BIG_INTEGER(true, null, null),
        SHORT(true, "-32768", "32767"),
        BYTE(true, "-128", "127"),
        FLOAT(false, "-3.4028235E38", "3.4028235E38"),
        DOUBLE(false, "-1.7976931348623157E308", "1.7976931348623157E308"),
        BIG_DECIMAL(false, null, null),
        JSON_NUMBER(false, null, null);

        private final boolean integral;
        private final @Nullable String least;
        private final @Nullable String greatest;

        Form(boolean integral, @Nullable String least, @Nullable String greatest) {
            this.integral = integral;
            this.least = least;
            this.greatest = greatest;
        }
    }

    /** Longest text that surely is a long. */
    private static final int FEW_DIGITS = 18;

    private static final int SHOWN = 40;

    private final Form form;
    private final @Nullable JsonNumber minimum;
    private final @Nullable JsonNumber maximum;
    /** The bounds for values that are longs. */
    private final long least;

    private final long greatest;

    /** A type with bounds; where one is null, that of the form holds. */
    public NumberType(Form form, @Nullable JsonNumber minimum, @Nullable JsonNumber maximum) {
        this.form = form;
        this.minimum = tighter(minimum, form.least, 1);
        this.maximum = tighter(maximum, form.greatest, -1);
        this.least = toLong(this.minimum, Long.MIN_VALUE, RoundingMode.CEILING);
        this.greatest = toLong(this.maximum, Long.MAX_VALUE, RoundingMode.FLOOR);
    }

    public NumberType within(@Nullable JsonNumber low, @Nullable JsonNumber high) {
        return new NumberType(form, low, high);
    }

    private static @Nullable JsonNumber tighter(@Nullable JsonNumber asked, @Nullable String held, int sign) {
        if (held == null) {
            return asked;
        }
        JsonNumber bound = JsonNumber.of(held);
        return asked != null && asked.compareValue(bound) * sign > 0 ? asked : bound;
    }

    private static long toLong(@Nullable JsonNumber bound, long none, RoundingMode rounding) {
        if (bound == null) {
            return none;
        }
        // Only compared with values of at most this many digits.
        if (bound.integerDigits() > FEW_DIGITS) {
            return bound.signum() < 0 ? Long.MIN_VALUE : Long.MAX_VALUE;
        }
        RawJson text = RawJson.of(bound.toString());
        if (isShortInteger(text)) {
            return shortInteger(text);
        }
        return bound.toBigDecimal().setScale(0, rounding).longValueExact();
    }

    @Override
    public @Nullable Misfit check(RawJson value, UrlRule urls) {
        if (value.kind() != JsonKind.NUMBER) {
            return ValueType.wrongKind(noun(), value);
        }
        if (isShortInteger(value)) {
            long number = shortInteger(value);
            return number >= least && number <= greatest ? null : outOfRange(value);
        }
        JsonNumber number = JsonNumber.of(value);
        if (form.integral && !number.isInteger()) {
            return new Misfit("must be an integer, not " + shown(value));
        }
        if ((minimum != null && number.compareValue(minimum) < 0)
                || (maximum != null && number.compareValue(maximum) > 0)) {
            return outOfRange(value);
        }
        if (form == Form.BIG_INTEGER && number.integerDigits() > StrictJson.MAX_DIGITS) {
            return new Misfit("must have at most " + StrictJson.MAX_DIGITS + " digits when written out");
        }
        if (form == Form.BIG_DECIMAL && !number.fitsBigDecimal()) {
            return new Misfit("must have at most " + StrictJson.MAX_DIGITS
                    + " digits before and after the point when written out");
        }
        return null;
    }

    @Override
    public boolean surelyFits(byte[] bytes, int from, int end) {
        int at = bytes[from] == '-' ? from + 1 : from;
        if (end - at > FEW_DIGITS) {
            return false;
        }
        long number = 0;
        for (; at < end; at++) {
            int digit = bytes[at] - '0';
            if (digit < 0 || digit > 9) {
                return false;
            }
            number = number * 10 + digit;
        }
        number = bytes[from] == '-' ? -number : number;
        return number >= least && number <= greatest;
    }

    private String noun() {
        return form.integral ? "an integer" : "a number";
    }

    private Misfit outOfRange(RawJson value) {
        String range;
        if (minimum == null) {
            range = "at most " + maximum;
        } else if (maximum == null) {
            range = "at least " + minimum;
        } else {
            range = "between " + minimum + " and " + maximum;
        }
        return new Misfit("must be " + range + ", not " + shown(value));
    }

    private static String shown(RawJson value) {
        String text = value.toString();
        return text.length() <= SHOWN ? text : text.substring(0, SHOWN) + "...";
    }

    @Override
    public Object bind(RawJson value) {
        return switch (form) {
            case INT -> (int) integer(value);
            case LONG -> integer(value);
            case BIG_INTEGER -> JsonNumber.of(value).toBigInteger();
            case SHORT -> (short) integer(value);
            case BYTE -> (byte) integer(value);
            case FLOAT -> Float.parseFloat(value.toString());
            case DOUBLE -> Double.parseDouble(value.toString());
            case BIG_DECIMAL -> JsonNumber.of(value).toBigDecimal();
            case JSON_NUMBER -> JsonNumber.of(value);
        };
    }

    private static long integer(RawJson value) {
        return isShortInteger(value)
                ? shortInteger(value)
                : JsonNumber.of(value).toBigInteger().longValueExact();
    }

    /** Whether the text is nothing but a sign and few digits, as nearly all numbers are. */
    private static boolean isShortInteger(RawJson value) {
        if (value.length() > FEW_DIGITS) {
            return false;
        }
        byte[] bytes = value.bytes();
        int end = value.offset() + value.length();
        for (int at = bytes[value.offset()] == '-' ? value.offset() + 1 : value.offset(); at < end; at++) {
            if (bytes[at] < '0' || bytes[at] > '9') {
                return false;
            }
        }
        return true;
    }

    private static long shortInteger(RawJson value) {
        byte[] bytes = value.bytes();
        int end = value.offset() + value.length();
        boolean negative = bytes[value.offset()] == '-';
        long number = 0;
        for (int at = negative ? value.offset() + 1 : value.offset(); at < end; at++) {
            number = number * 10 + (bytes[at] - '0');
        }
        return negative ? -number : number;
    }

    @Override
    public void writeIndex(JsonWriter out) {
        out.beginArray().value("number").value(form.name());
        out.value(minimum == null ? null : minimum.toString());
        out.value(maximum == null ? null : maximum.toString()).endArray();
    }

    @Override
    public void writeSchema(JsonWriter out, boolean nullable) {
        ValueType.writeType(out, form.integral ? "integer" : "number", nullable);
        boolean big = form == Form.BIG_INTEGER || form == Form.BIG_DECIMAL;
        String tooBig = "1e" + StrictJson.MAX_DIGITS;
        if (minimum != null) {
            out.name("minimum").literal(minimum.toString());
        } else if (big) {
            out.name("exclusiveMinimum").literal("-" + tooBig);
        }
        if (maximum != null) {
            out.name("maximum").literal(maximum.toString());
        } else if (big) {
            out.name("exclusiveMaximum").literal(tooBig);
        }
    }
}
