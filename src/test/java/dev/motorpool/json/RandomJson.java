package dev.motorpool.json;

import java.util.LinkedHashSet;
import java.util.Random;
import java.util.Set;

/** JSON texts of all shapes, from a seed. */
public final class RandomJson {

    private static final String[] NUMBERS = {
        "0",
        "-0",
        "1",
        "-1",
        "7",
        "35.0",
        "3.5e1",
        "1E+2",
        "1e-2",
        "0.5",
        "-12.75",
        "92",
        "93",
        "100e-2",
        "2147483647",
        "2147483648",
        "-2147483648",
        "-2147483649",
        "9223372036854775807",
        "9223372036854775808",
        "-9223372036854775809",
        "123456789012345678",
        "1234567890123456789",
        "1e18",
        "1e19",
        "1.5e300",
        "1e-300",
        "0.0000",
        "0e5",
        "1234567890123456789.5",
        "99999999999999999999999999999999"
    };

    private static final String[] STRINGS = {
        "",
        "a",
        "b",
        "name",
        "A",
        "\\n",
        "\\\"",
        "\\\\",
        "\\/",
        "\\u0041",
        "\\ud83d\\ude00",
        "\ud83d\ude00",
        "\u00e4",
        "\u20ac uro",
        "long enough to be refused somewhere",
        "\\b\\f\\r\\t",
        "http://example.org/",
        "null",
        "1"
    };

    private static final String[] SPACES = {"", "", "", " ", "\n", "\t \r"};

    /** A well-formed text without duplicate keys. */
    public static String text(Random random, int depth) {
        StringBuilder text = new StringBuilder();
        append(text, random, depth);
        return text.toString();
    }

    private static void append(StringBuilder text, Random random, int depth) {
        switch (random.nextInt(depth > 0 ? 9 : 6)) {
            case 0 -> text.append("null");
            case 1 -> text.append(random.nextBoolean());
            case 2, 3 -> text.append(number(random));
            case 4, 5 -> text.append(string(random));
            case 6, 7 -> array(text, random, depth);
            default -> object(text, random, depth);
        }
    }

    public static String number(Random random) {
        return switch (random.nextInt(4)) {
            case 0 -> Integer.toString(random.nextInt(200) - 50);
            case 1 -> Double.toString(random.nextGaussian() * 100);
            default -> NUMBERS[random.nextInt(NUMBERS.length)];
        };
    }

    public static String string(Random random) {
        return '"' + STRINGS[random.nextInt(STRINGS.length)] + STRINGS[random.nextInt(STRINGS.length)] + '"';
    }

    private static void array(StringBuilder text, Random random, int depth) {
        text.append('[');
        int size = random.nextInt(4);
        for (int i = 0; i < size; i++) {
            text.append(i == 0 ? "" : ",").append(space(random));
            append(text, random, depth - 1);
            text.append(space(random));
        }
        text.append(']');
    }

    private static void object(StringBuilder text, Random random, int depth) {
        text.append('{');
        Set<String> names = new LinkedHashSet<>();
        int size = random.nextInt(12) == 0 ? 20 : random.nextInt(4);
        for (int i = 0; i < size; i++) {
            String name = string(random);
            if (names.add(JsonStrings.decode(RawJson.of(name)))) {
                text.append(names.size() == 1 ? "" : ",").append(space(random)).append(name);
                text.append(space(random)).append(':').append(space(random));
                append(text, random, depth - 1);
                text.append(space(random));
            }
        }
        text.append('}');
    }

    private static String space(Random random) {
        return SPACES[random.nextInt(SPACES.length)];
    }

    private RandomJson() {}
}
