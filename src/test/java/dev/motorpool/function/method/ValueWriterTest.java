package dev.motorpool.function.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.motorpool.json.JsonNumber;
import dev.motorpool.json.RawJson;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

@Timeout(60)
class ValueWriterTest {

    private static final int LIMIT = 1 << 20;

    private record Point(int x, @Nullable Object someThing) {}

    @SuppressWarnings("UnusedMethod") // Called by reflection.
    private record Failing(int x) {
        @Override
        public int x() {
            throw new IllegalStateException("no x");
        }
    }

    static Stream<Arguments> written() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("b", 1);
        map.put("a\"", List.of());
        map.put("", Map.of());
        return Stream.of(
                Arguments.of(null, "null"),
                Arguments.of(true, "true"),
                Arguments.of("x\u00e4\ud83d\ude00\n", "\"x\u00e4\ud83d\ude00\\n\""),
                Arguments.of((byte) -1, "-1"),
                Arguments.of((short) 5, "5"),
                Arguments.of(7, "7"),
                Arguments.of(Long.MIN_VALUE, "-9223372036854775808"),
                Arguments.of(1.5, "1.5"),
                Arguments.of(-0.0, "-0.0"),
                Arguments.of(1e300, "1.0E300"),
                Arguments.of(0.25f, "0.25"),
                Arguments.of(new BigInteger("123456789012345678901234567890"), "123456789012345678901234567890"),
                Arguments.of(new BigInteger("9".repeat(4096)), "9".repeat(4096)),
                Arguments.of(new BigDecimal("1.50"), "1.50"),
                Arguments.of(new BigDecimal("1E+1000000"), "1E+1000000"),
                Arguments.of(JsonNumber.of("1E+2"), "1E+2"),
                Arguments.of(RawJson.of("{\"a\": [1.0]}"), "{\"a\": [1.0]}"),
                Arguments.of(Arrays.asList(1, null, "x", List.of(2)), "[1,null,\"x\",[2]]"),
                Arguments.of(map, "{\"b\":1,\"a\\\"\":[],\"\":{}}"),
                Arguments.of(new int[] {1, 2}, "[1,2]"),
                Arguments.of(new byte[] {-1, 0}, "\"/wA=\""),
                Arguments.of(new boolean[0], "[]"),
                Arguments.of(new Object[] {new String[] {"a"}, null}, "[[\"a\"],null]"),
                Arguments.of(
                        new Point(1, new Point(2, null)), "{\"x\":1,\"some_thing\":{\"x\":2,\"some_thing\":null}}"),
                Arguments.of(List.of(Collections.nCopies(2, List.of(1))), "[[[1],[1]]]"));
    }

    @ParameterizedTest
    @MethodSource("written")
    void hasAJsonForm(@Nullable Object value, String json) throws UnfitValueException {
        assertThat(ValueWriter.write(value, LIMIT)).hasToString(json);
    }

    static Stream<Arguments> refused() {
        Map<Object, Object> numbered = new HashMap<>();
        numbered.put(1, 2);
        Map<Object, Object> nullKey = new HashMap<>();
        nullKey.put(null, 2);
        List<Object> cycle = new ArrayList<>();
        cycle.add(Map.of("in", cycle));
        Map<String, Object> wide = new LinkedHashMap<>();
        wide.put("much", "x".repeat(LIMIT / 3));
        wide.put("self", List.of(wide));
        return Stream.of(
                refusal(Double.NaN, "The value is NaN, which has no JSON form."),
                refusal(List.of(Float.NEGATIVE_INFINITY), "The value at /0 is -Infinity, which has no JSON form."),
                refusal("\ud800", "The value is a string with half of a surrogate pair, which has no UTF-8 form."),
                refusal(
                        Map.of("\udc00", 1),
                        "The value has a key with half of a surrogate pair, which has no UTF-8 form."),
                refusal(
                        new AtomicLong(),
                        "The value is a java.util.concurrent.atomic.AtomicLong, which has no JSON form."),
                refusal(
                        Set.of(new AtomicLong()),
                        "The value at /0 is a java.util.concurrent.atomic.AtomicLong, which has no JSON form."),
                refusal(
                        new Point(1, new AtomicLong()),
                        "The value at /some_thing is a java.util.concurrent.atomic.AtomicLong, which has no JSON"
                                + " form."),
                refusal(numbered, "The value has the key 1, which is not a string."),
                refusal(nullKey, "The value has the key null, which is not a string."),
                refusal(new BigInteger("9".repeat(4097)), "The value is a number of more than 4096 digits."),
                refusal(
                        List.of(BigInteger.ONE.shiftLeft(100_000_000)),
                        "The value at /0 is a number of more than 4096 digits."),
                refusal(cycle, "The value at /0/in contains itself."),
                refusal(wide, "The value at /self/0 contains itself."),
                refusal(new Failing(1), "The value at /x could not be read: java.lang.IllegalStateException: no x."),
                refusal(
                        List.of(RawJson.of("{\"a\":1,\"a\":2}")),
                        "The value at /0 is not JSON: The object has this member twice (line 1, column 8)."),
                refusal(RawJson.of(""), "The value is not JSON: The document is empty (line 1, column 1)."));
    }

    /** Named by the sentence: some of these values are too long, or endless, as text. */
    private static Arguments refusal(Object value, String sentence) {
        return Arguments.of(Named.of(sentence, value), sentence);
    }

    @ParameterizedTest(name = "{1}")
    @MethodSource("refused")
    void hasNoJsonForm(Object value, String sentence) {
        UnfitValueException refusal =
                catchThrowableOfType(UnfitValueException.class, () -> ValueWriter.write(value, LIMIT));

        assertThat(refusal.getMessage()).isEqualTo(sentence);
        assertThat(refusal.problem().word()).isEqualTo("value-not-json");
    }

    @Test
    void nestingHasALimit() throws UnfitValueException {
        Object deep = 1;
        for (int i = 0; i < 200; i++) {
            deep = i % 2 == 0 ? List.of(deep) : Map.of("a", deep);
        }
        Object deepest = deep;
        assertThat(ValueWriter.write(deepest, LIMIT).length()).isGreaterThan(200);
        assertThat(ValueWriter.write(List.of(RawJson.of("[".repeat(199) + "]".repeat(199))), LIMIT)
                        .length())
                .isEqualTo(400);

        assertThatThrownBy(() -> ValueWriter.write(List.of(deepest), LIMIT))
                .hasMessageEndingWith("is nested deeper than 200.");
        assertThatThrownBy(() -> ValueWriter.write(List.of(RawJson.of("[".repeat(200) + "]".repeat(200))), LIMIT))
                .hasMessageContaining("The nesting is deeper than");
    }

    @Test
    void sizeHasALimitThatIsSeenWhileWriting() throws UnfitValueException {
        assertThat(ValueWriter.write("x".repeat(98), 100).length()).isEqualTo(100);

        List<Object> endless = new AbstractList<>() {
            @Override
            public Object get(int index) {
                return "again and again";
            }

            @Override
            public int size() {
                return Integer.MAX_VALUE;
            }
        };
        for (Object large : new Object[] {"x".repeat(99), endless, RawJson.of("[" + " ".repeat(99) + "]")}) {
            UnfitValueException refusal =
                    catchThrowableOfType(UnfitValueException.class, () -> ValueWriter.write(large, 100));
            assertThat(refusal).hasMessage("The value is larger than 100 bytes as JSON.");
            assertThat(refusal.problem().word()).isEqualTo("value-too-large");
        }
    }

    @Test
    void whatFailsWhileItIsReadIsToldAsSuch() {
        List<Object> broken = new AbstractList<>() {
            @Override
            public Object get(int index) {
                throw new UnsupportedOperationException("not today");
            }

            @Override
            public int size() {
                return 1;
            }
        };

        assertThatThrownBy(() -> ValueWriter.write(List.of(broken), LIMIT))
                .isInstanceOf(UnfitValueException.class)
                .hasMessageContaining("could not be read: java.lang.UnsupportedOperationException: not today");
    }
}
