package dev.motorpool.json;

import java.nio.charset.StandardCharsets;

/** Converts between strings and their JSON text. */
public final class JsonStrings {

    /** The value of a well-formed JSON string. */
    public static String decode(RawJson string) {
        return decode(string.bytes(), string.offset() + 1, string.offset() + string.length() - 1);
    }

    /** Decodes the well-formed text between the quotes. */
    static String decode(byte[] bytes, int from, int to) {
        int escape = indexOfBackslash(bytes, from, to);
        if (escape == to) {
            return new String(bytes, from, to - from, StandardCharsets.UTF_8);
        }
        StringBuilder text = new StringBuilder(to - from);
        int run = from;
        while (escape < to) {
            text.append(new String(bytes, run, escape - run, StandardCharsets.UTF_8));
            if (bytes[escape + 1] == 'u') {
                text.append((char) hex4(bytes, escape + 2));
                run = escape + 6;
            } else {
                text.append(unescape(bytes[escape + 1]));
                run = escape + 2;
            }
            escape = indexOfBackslash(bytes, run, to);
        }
        return text.append(new String(bytes, run, to - run, StandardCharsets.UTF_8))
                .toString();
    }

    /** Whether all surrogates are paired, so that the string can be encoded in UTF-8. */
    public static boolean wellFormed(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (Character.isSurrogate(c)) {
                if (Character.isLowSurrogate(c)
                        || i + 1 == text.length()
                        || !Character.isLowSurrogate(text.charAt(i + 1))) {
                    return false;
                }
                i++;
            }
        }
        return true;
    }

    static char unescape(byte letter) {
        return switch (letter) {
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            default -> (char) letter;
        };
    }

    static int hex4(byte[] bytes, int at) {
        int value = 0;
        for (int i = at; i < at + 4; i++) {
            value = value << 4 | Character.digit(bytes[i], 16);
        }
        return value;
    }

    private static int indexOfBackslash(byte[] bytes, int from, int to) {
        int at = from;
        while (at < to && bytes[at] != '\\') {
            at++;
        }
        return at;
    }

    private JsonStrings() {}
}
