package dev.motorpool.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonWriterTest {

    @Test
    void commasComeByThemselves() {
        RawJson written = new JsonWriter()
                .beginObject()
                .name("a")
                .value(1)
                .name("b")
                .beginArray()
                .value("x")
                .value((String) null)
                .value(true)
                .beginObject()
                .endObject()
                .beginArray()
                .endArray()
                .literal("1e5")
                .value(RawJson.of("{\"q\": 1}"))
                .endArray()
                .name("c")
                .nullValue()
                .endObject()
                .toRawJson();

        assertThat(written).hasToString("{\"a\":1,\"b\":[\"x\",null,true,{},[],1e5,{\"q\": 1}],\"c\":null}");
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, -1, 9, 10, 99, 100, 999_999_999_999L, Long.MAX_VALUE, Long.MIN_VALUE, -10})
    void integers(long number) {
        assertThat(new JsonWriter().value(number).toRawJson()).hasToString(Long.toString(number));
    }

    @Test
    void stringsComeBack() {
        Random random = new Random(3);
        for (int round = 0; round < 3_000; round++) {
            StringBuilder text = new StringBuilder();
            for (int i = random.nextInt(20); i > 0; i--) {
                text.appendCodePoint(
                        switch (random.nextInt(5)) {
                            case 0 -> random.nextInt(0x20);
                            case 1 -> 0x80 + random.nextInt(0x780);
                            case 2 -> 0xe000 + random.nextInt(0x2000);
                            case 3 -> 0x10000 + random.nextInt(0x100000);
                            default -> 0x20 + random.nextInt(0x60);
                        });
            }
            RawJson written = new JsonWriter().value(text.toString()).toRawJson();
            assertThat(JsonStrings.decode(written)).isEqualTo(text.toString());
            assertThat(JsonStrings.wellFormed(text.toString())).isTrue();
            assertThat(written.toString().chars()).allMatch(c -> c >= 0x20);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"\ud800", "a\udc00b", "\ud800\ud800\udc00", "\udc00\ud800"})
    void halfAPairBecomesAReplacement(String text) {
        assertThat(JsonStrings.wellFormed(text)).isFalse();
        assertThat(JsonStrings.decode(new JsonWriter().value(text).toRawJson())).contains("\ufffd");
    }

    @Test
    void theLimitHoldsToTheByte() {
        assertThat(new JsonWriter(10).value("x".repeat(8)).size()).isEqualTo(10);
        assertThatThrownBy(() -> new JsonWriter(10).value("x".repeat(9)))
                .isInstanceOf(JsonWriter.TooLongException.class)
                .hasMessage("more than 10 bytes of JSON");
        assertThatThrownBy(() -> new JsonWriter(3).value(RawJson.of("null")))
                .isInstanceOf(JsonWriter.TooLongException.class);
        assertThatThrownBy(() -> new JsonWriter(0).beginArray()).isInstanceOf(JsonWriter.TooLongException.class);
    }

    @Test
    void pointersEscapeWhatTheyMust() {
        assertThat(JsonPointers.member("", "a~/b")).isEqualTo("/a~0~1b");
        assertThat(JsonPointers.element(JsonPointers.member("/x", ""), 3)).isEqualTo("/x//3");
    }
}
