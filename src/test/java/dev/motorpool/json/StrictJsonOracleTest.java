package dev.motorpool.json;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A library reads the same texts: both must take and refuse the same ones, and see the same values in them. */
@Tag("slow")
class StrictJsonOracleTest {

    private static final JsonMapper ORACLE = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();

    /** Takes exponents of any size, which become infinite. */
    private static final JsonMapper JUDGE = ORACLE.rebuild()
            .disable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();

    private static final String[] PIECES = {
        "{", "}", "[", "]", ",", ":", "\"", "\\", "\\u00", "a", "0", "1", "-", ".", "e", "E", "+", "true", "null", " ",
        "\n", "\"a\"", "\"b\":", "\t", "tru", "N", "/", "'", "\u0001"
    };

    @Test
    void mutatedTextsAreJudgedAlike() {
        Random random = new Random(42);
        int taken = 0;
        for (int round = 0; round < 60_000; round++) {
            String text = mutated(RandomJson.text(random, 4), random);
            boolean ours = isTaken(text);
            assertThat(ours).as("%s", text).isEqualTo(oracleTakes(text));
            taken += ours ? 1 : 0;
        }
        assertThat(taken).isBetween(10_000, 50_000);
    }

    @Test
    void cursorAndStringsSeeWhatTheLibrarySees() {
        Random random = new Random(7);
        for (int round = 0; round < 5_000; round++) {
            String text = RandomJson.text(random, 5);
            RawJson raw = RawJson.of("#" + text + "#");
            RawJson slice = new RawJson(raw.bytes(), 1, raw.length() - 2);
            assertThat(isTaken(text)).as("%s", text).isTrue();
            compare(slice, ORACLE.readTree(text));
        }
    }

    private static void compare(RawJson ours, JsonNode oracle) {
        switch (ours.kind()) {
            case NULL -> assertThat(oracle.isNull()).isTrue();
            case BOOLEAN ->
                assertThat(oracle.booleanValue()).isEqualTo(ours.toString().equals("true"));
            case NUMBER -> assertThat(JsonNumber.of(ours).toBigDecimal()).isEqualByComparingTo(oracle.decimalValue());
            case STRING -> assertThat(JsonStrings.decode(ours)).isEqualTo(oracle.stringValue());
            case ARRAY -> {
                int index = 0;
                for (JsonCursor cursor = new JsonCursor(ours); cursor.next(); ) {
                    compare(cursor.value(), oracle.get(index++));
                }
                assertThat(index).isEqualTo(oracle.size());
            }
            case OBJECT -> {
                List<String> names = new ArrayList<>();
                for (JsonCursor cursor = new JsonCursor(ours); cursor.next(); ) {
                    names.add(cursor.name());
                    compare(cursor.value(), oracle.get(cursor.name()));
                }
                assertThat(names).containsExactlyElementsOf(oracle.propertyNames());
            }
        }
    }

    private static String mutated(String text, Random random) {
        StringBuilder mutated = new StringBuilder(text);
        for (int i = random.nextInt(3); i > 0; i--) {
            int at = random.nextInt(mutated.length() + 1);
            switch (random.nextInt(3)) {
                case 0 -> mutated.insert(at, PIECES[random.nextInt(PIECES.length)]);
                case 1 -> mutated.delete(at, Math.min(mutated.length(), at + 1 + random.nextInt(3)));
                default -> {
                    if (at < mutated.length()) {
                        mutated.setCharAt(at, PIECES[random.nextInt(PIECES.length)].charAt(0));
                    }
                }
            }
        }
        return mutated.toString();
    }

    private static boolean isTaken(String text) {
        try {
            StrictJson.check(RawJson.of(text));
            return true;
        } catch (MalformedJsonException e) {
            return false;
        }
    }

    private static boolean oracleTakes(String text) {
        try {
            // As a string: from bytes the library also refuses half a surrogate pair that is written as an escape.
            return !JUDGE.readTree(text).isMissingNode();
        } catch (JacksonException e) {
            return false;
        }
    }
}
