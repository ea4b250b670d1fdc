package dev.motorpool.json;

import java.math.BigDecimal;
import java.math.BigInteger;

/**
 * A JSON number of any size that keeps its original digits. No method takes time or memory in proportion to the value;
 * {@link #toBigInteger} and {@link #toBigDecimal} refuse numbers with too many digits.
 */
public final class JsonNumber extends Number {
    private static final long serialVersionUID = 1L;

    /** Exponents are clamped to this: far beyond any comparison that matters, far within a long. */
    private static final long HUGE = 1_000_000_000_000L;

    private final String text;
    private final boolean negative;
    /** The digits without zeros at either end; empty for zero. The value is {@code digits * 10^scale}. */
    private final String digits;

    private final long scale;

    private JsonNumber(String text) {
        this.text = text;
        this.negative = text.startsWith("-");
        int exponentAt = indexOfExponent(text);
        int pointAt = text.indexOf('.');
        int mantissaEnd = exponentAt < 0 ? text.length() : exponentAt;
        int integerEnd = pointAt < 0 ? mantissaEnd : pointAt;
        StringBuilder all = new StringBuilder(mantissaEnd).append(text, negative ? 1 : 0, integerEnd);
        long power = exponentAt < 0 ? 0 : exponent(text, exponentAt + 1);
        if (pointAt >= 0) {
            all.append(text, pointAt + 1, mantissaEnd);
            power -= mantissaEnd - pointAt - 1;
        }
        int to = all.length();
        while (to > 0 && all.charAt(to - 1) == '0') {
            to--;
            power++;
        }
        int from = 0;
        while (from < to && all.charAt(from) == '0') {
            from++;
        }
        this.digits = all.substring(from, to);
        this.scale = digits.isEmpty() ? 0 : power;
    }

    /** The number with this JSON text, which is a well-formed number. */
    public static JsonNumber of(RawJson number) {
        return new JsonNumber(number.toString());
    }

    /**
     * The number with this text.
     *
     * @throws IllegalArgumentException if the text is not a JSON number, or has too many digits
     */
    public static JsonNumber of(String text) {
        RawJson raw = RawJson.of(text);
        try {
            StrictJson.check(raw);
        } catch (MalformedJsonException e) {
            throw new IllegalArgumentException("not a JSON number: " + e.getMessage(), e);
        }
        if (raw.kind() != JsonKind.NUMBER || text.length() != text.strip().length()) {
            throw new IllegalArgumentException("not a JSON number: " + text);
        }
        return new JsonNumber(text);
    }

    /** Whether the value is an integer, however it is written: {@code 3.5e1} is one. */
    public boolean isInteger() {
        return scale >= 0;
    }

    /** Number of digits of the integer part when written out; 0 for values below 1; clamped for huge values. */
    public long integerDigits() {
        return digits.isEmpty() ? 0 : Math.max(0, magnitude());
    }

    /** Compares by value: negative, zero or positive as this is less than, equal to or greater than the other. */
    public int compareValue(JsonNumber other) {
        int sign = signum();
        if (sign != other.signum()) {
            return Integer.compare(sign, other.signum());
        }
        if (sign == 0) {
            return 0;
        }
        int order = Long.compare(magnitude(), other.magnitude());
        return sign * (order != 0 ? order : digits.compareTo(other.digits));
    }

    /** -1, 0 or 1. */
    public int signum() {
        return digits.isEmpty() ? 0 : negative ? -1 : 1;
    }

    /**
     * The value as an integer.
     *
     * @throws ArithmeticException if it is none, or has more than {@link StrictJson#MAX_DIGITS} digits
     */
    public BigInteger toBigInteger() {
        if (!isInteger() || integerDigits() > StrictJson.MAX_DIGITS) {
            throw new ArithmeticException("not an integer of at most " + StrictJson.MAX_DIGITS + " digits");
        }
        if (digits.isEmpty()) {
            return BigInteger.ZERO;
        }
        BigInteger magnitude = new BigInteger(digits).multiply(BigInteger.TEN.pow((int) scale));
        return negative ? magnitude.negate() : magnitude;
    }

    /**
     * The value with its digits.
     *
     * @throws ArithmeticException if it has more than {@link StrictJson#MAX_DIGITS} digits before or after the point
     */
    public BigDecimal toBigDecimal() {
        if (!fitsBigDecimal()) {
            throw new ArithmeticException(
                    "not a number of at most " + StrictJson.MAX_DIGITS + " digits before and after the point");
        }
        return digits.isEmpty() ? BigDecimal.ZERO : new BigDecimal(text);
    }

    /** Whether {@link #toBigDecimal} succeeds. */
    public boolean fitsBigDecimal() {
        return integerDigits() <= StrictJson.MAX_DIGITS && scale >= -StrictJson.MAX_DIGITS;
    }

    @Override
    public int intValue() {
        return (int) longValue();
    }

    /** The integer part, or the nearest long if it does not fit. */
    @Override
    public long longValue() {
        if (integerDigits() > 19) {
            return negative ? Long.MIN_VALUE : Long.MAX_VALUE;
        }
        int whole = (int) integerDigits();
        String part =
                whole <= digits.length() ? digits.substring(0, whole) : digits + "0".repeat(whole - digits.length());
        BigInteger value = part.isEmpty() ? BigInteger.ZERO : new BigInteger(negative ? "-" + part : part);
        if (value.bitLength() > 63) {
            return negative ? Long.MIN_VALUE : Long.MAX_VALUE;
        }
        return value.longValue();
    }

    @Override
    public float floatValue() {
        return Float.parseFloat(text);
    }

    @Override
    public double doubleValue() {
        return Double.parseDouble(text);
    }

    /** Two numbers are equal if their texts are. */
    @Override
    public boolean equals(Object other) {
        return other instanceof JsonNumber that && text.equals(that.text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    /** The original text. */
    @Override
    public String toString() {
        return text;
    }

    /** The power of ten just above the value. */
    private long magnitude() {
        return digits.length() + scale;
    }

    private static int indexOfExponent(String text) {
        int at = text.indexOf('e');
        return at >= 0 ? at : text.indexOf('E');
    }

    private static long exponent(String text, int from) {
        boolean minus = text.charAt(from) == '-';
        long value = 0;
        for (int i = from; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c >= '0' && c <= '9') {
                value = Math.min(HUGE, value * 10 + (c - '0'));
            }
        }
        return minus ? -value : value;
    }
}
