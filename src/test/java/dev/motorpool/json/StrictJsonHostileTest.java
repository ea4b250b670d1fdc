package dev.motorpool.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** 16 MiB of the costliest texts: each takes well under a second, where quadratic work would take hours. */
@Timeout(60)
@Tag("slow")
class StrictJsonHostileTest {

    private static final int SIZE = 16 << 20;
    private static final long LIMIT_NANOS = Duration.ofSeconds(10).toNanos();

    @Test
    void distinctKeys() throws MalformedJsonException {
        quick(object(i -> Integer.toString(i, 36)));
    }

    /** Keys of one value of {@link String#hashCode()}. */
    @Test
    void keysThatCollideInHashMaps() throws MalformedJsonException {
        quick(object(i -> {
            StringBuilder key = new StringBuilder();
            for (int bit = 0; bit < 21; bit++) {
                key.append((i >> bit & 1) == 0 ? "Aa" : "BB");
            }
            return key.toString();
        }));
    }

    /** Keys that collide in every polynomial hash modulo a power of two, with any factor. */
    @Test
    void keysOfThueAndMorse() throws MalformedJsonException {
        String a = "a";
        String b = "b";
        for (int i = 0; i < 10; i++) {
            String longer = a + b;
            b = b + a;
            a = longer;
        }
        String one = a;
        String other = b;
        quick(object(i -> {
            StringBuilder key = new StringBuilder();
            for (int bit = 0; bit < 12; bit++) {
                key.append((i >> bit & 1) == 0 ? one : other);
            }
            return key.toString();
        }));
    }

    @Test
    void escapedKeys() throws MalformedJsonException {
        quick(object(i -> String.format("\\u%04x\\u%04x", 0x4e00 + (i & 0xfff), 0xd800 + (i >> 12))));
    }

    @Test
    void longEscapedKeysInSmallObjects() throws MalformedJsonException {
        String half = "\\u0061".repeat(SIZE / 6 / 8 - 10);
        StringBuilder text = new StringBuilder("{");
        for (int i = 0; i < 8; i++) {
            text.append(i == 0 ? "" : ",").append('"').append(half).append(i).append("\":1");
        }
        quick(text.append('}').toString());
    }

    @Test
    void aDuplicateAtTheVeryEndIsFound() {
        String object = object(i -> Integer.toString(i, 36));
        RawJson text = RawJson.of(object.substring(0, object.length() - 1) + ",\"\\u0031\":1}");

        MalformedJsonException refusal =
                catchThrowableOfType(MalformedJsonException.class, () -> StrictJson.check(text));

        assertThat(refusal.getMessage()).startsWith("The object has this member twice");
        assertThat(refusal.pointer()).isEqualTo("/1");
    }

    @Test
    void theSameKeyAllTheTime() {
        String object = object(i -> "k");

        MalformedJsonException refusal =
                catchThrowableOfType(MalformedJsonException.class, () -> StrictJson.check(RawJson.of(object)));

        assertThat(refusal.offset()).isEqualTo(7);
    }

    @Test
    void aNameOfMegabytesStaysOutOfThePointer() {
        String name = "n".repeat(SIZE / 4);
        RawJson text = RawJson.of("{\"a\":{\"" + name + "\":1,\"" + name + "\":2}}");

        MalformedJsonException refusal =
                catchThrowableOfType(MalformedJsonException.class, () -> StrictJson.check(text));

        assertThat(refusal.getMessage()).startsWith("The object has this member twice");
        assertThat(refusal.pointer()).isEqualTo("/a");
    }

    @Test
    void strings() throws MalformedJsonException {
        quick("\"" + "x".repeat(SIZE - 2) + "\"");
        quick("\"" + "\u20ac".repeat(SIZE / 3 - 2) + "\"");
        quick("\"" + "\\u00e4".repeat(SIZE / 6 - 2) + "\"");
    }

    @Test
    void arrays() throws MalformedJsonException {
        quick("[" + "1,".repeat(SIZE / 2 - 2) + "1]");
        quick("[" + "[],".repeat(SIZE / 3 - 2) + "1]");
        quick(("[" + "{\"a\":1,\"b\":2},".repeat(SIZE / 14 - 2) + "1]"));
    }

    @Test
    void numbersOfManyDigits() throws MalformedJsonException {
        quick("[" + ("1e" + "9".repeat(4095) + ",").repeat(SIZE / 4098 - 2) + "1]");
    }

    private static String object(IntFunction<String> key) {
        StringBuilder text = new StringBuilder(SIZE).append('{');
        for (int i = 0; ; i++) {
            String next = key.apply(i);
            if (text.length() + next.length() + 6 > SIZE) {
                return text.append('}').toString();
            }
            text.append(i == 0 ? "\"" : ",\"").append(next).append("\":1");
        }
    }

    private static void quick(String text) throws MalformedJsonException {
        RawJson raw = RawJson.of(text.getBytes(StandardCharsets.UTF_8));
        assertThat(raw.length()).isLessThanOrEqualTo(SIZE);
        long start = System.nanoTime();
        StrictJson.check(raw);
        assertThat(System.nanoTime() - start).isLessThan(LIMIT_NANOS);
    }
}
