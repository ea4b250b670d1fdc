package dev.motorpool.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
@Tag("service")
class JsonNumberTest {

    @Test
    void agreesWithBigDecimal() {
        Random random = new Random(11);
        for (int round = 0; round < 20_000; round++) {
            JsonNumber one = JsonNumber.of(number(random));
            JsonNumber other = random.nextInt(5) == 0 ? scaled(one) : JsonNumber.of(number(random));
            BigDecimal exactly = new BigDecimal(one.toString());
            assertThat(one.toBigDecimal()).isEqualByComparingTo(exactly);
            assertThat(one.signum()).isEqualTo(exactly.signum());
            boolean integer = exactly.stripTrailingZeros().scale() <= 0;
            assertThat(one.isInteger()).as("%s", one).isEqualTo(integer);
            if (integer) {
                assertThat(one.toBigInteger()).isEqualTo(exactly.toBigIntegerExact());
            }
            assertThat(one.longValue()).as("%s", one).isEqualTo(clipped(exactly.toBigInteger()));
            assertThat(one.doubleValue())
                    .isEqualTo(exactly.doubleValue() == 0 ? one.doubleValue() : exactly.doubleValue());
            assertThat(Integer.signum(one.compareValue(other)))
                    .as("%s to %s", one, other)
                    .isEqualTo(exactly.compareTo(new BigDecimal(other.toString())));
        }
    }

    /** The same value, written with a zero and an exponent more. */
    private static JsonNumber scaled(JsonNumber number) {
        BigDecimal value = number.toBigDecimal();
        String digits = value.unscaledValue() + (value.signum() == 0 ? "" : "0");
        return JsonNumber.of(digits + "e" + (-value.scale() - 1));
    }

    private static String number(Random random) {
        StringBuilder number = new StringBuilder(random.nextBoolean() ? "-" : "");
        number.append(random.nextInt(4) == 0 ? 0 : 1 + random.nextInt(random.nextBoolean() ? 9 : 1_000_000));
        if (random.nextBoolean()) {
            number.append('.').append("0".repeat(random.nextInt(3))).append(random.nextInt(1000));
        }
        if (random.nextBoolean()) {
            number.append(random.nextBoolean() ? "e" : "E+").append("0".repeat(random.nextInt(2)));
            number.append(random.nextInt(25));
        } else if (random.nextInt(3) == 0) {
            number.append("e-").append(random.nextInt(25));
        }
        return number.toString();
    }

    private static long clipped(BigInteger value) {
        return value.bitLength() < 64 ? value.longValue() : value.signum() < 0 ? Long.MIN_VALUE : Long.MAX_VALUE;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1e999999999",
                "-1e999999999",
                "1e-999999999",
                "123.456e99999999999999999999999999",
                "1e-99999999999999999999999999",
                "0e99999999999999999999999999"
            })
    void hugeExponentsCostNothing(String text) {
        JsonNumber number = JsonNumber.of(text);

        assertThat(number).hasToString(text);
        assertThat(number.compareValue(JsonNumber.of("1")))
                .isEqualTo(text.startsWith("-") || text.contains("e-") ? -1 : text.startsWith("0") ? -1 : 1);
        assertThat(number.isInteger()).isEqualTo(!text.contains("e-"));
        assertThat(number.longValue()).isIn(Long.MIN_VALUE, 0L, Long.MAX_VALUE);
        assertThat(number.intValue()).isEqualTo((int) number.longValue());
        assertThat(number.doubleValue()).isIn(0.0, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY);
        if (text.startsWith("0")) {
            assertThat(number.toBigInteger()).isZero();
            assertThat(number.toBigDecimal()).isZero();
        } else {
            assertThatThrownBy(number::toBigInteger).isInstanceOf(ArithmeticException.class);
            assertThatThrownBy(number::toBigDecimal).isInstanceOf(ArithmeticException.class);
        }
    }

    @ParameterizedTest
    @CsvSource({"1e4095,true", "1e4096,false", "9.9e4095,true", "1e-4096,true", "1e-4097,false"})
    void bigDecimalsHaveALimit(String text, boolean fits) {
        assertThat(JsonNumber.of(text).fitsBigDecimal()).isEqualTo(fits);
    }

    @Test
    void anExponentFullOfZerosIsSmall() {
        assertThat(JsonNumber.of("1e" + "0".repeat(4000) + "2").toBigDecimal()).isEqualByComparingTo("100");
        assertThat(JsonNumber.of("0." + "0".repeat(3000) + "1e3001").toBigInteger())
                .isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x", "01", " 1", "1 ", "\"1\"", "null", "[1]", "1e", "NaN"})
    void whatIsNoNumberIsRefused(String text) {
        assertThatThrownBy(() -> JsonNumber.of(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("not a JSON number");
    }

    @Test
    void equalityIsOfTheText() {
        assertThat(JsonNumber.of("1.0")).isEqualTo(JsonNumber.of("1.0")).isNotEqualTo(JsonNumber.of("1"));
        assertThat(JsonNumber.of("-0").signum()).isZero();
        assertThat(JsonNumber.of("1.5").floatValue()).isEqualTo(1.5f);
    }
}
