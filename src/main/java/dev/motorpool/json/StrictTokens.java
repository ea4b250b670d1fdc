package dev.motorpool.json;

/** Reads the tokens of a text strictly. The subclass checks their order. */
abstract sealed class StrictTokens permits StrictScanner {

    final byte[] bytes;
    /** Index after the last byte. */
    final int end;

    /** Index of the next byte to read. */
    int position;

    StrictTokens(RawJson text) {
        this.bytes = text.bytes();
        this.end = text.offset() + text.length();
        this.position = text.offset();
    }

    /** The exception for a fault at one byte of the text. */
    abstract MalformedJsonException fault(int at, String what);

    /** Skips white space. Returns the next byte; -1 at the end, and for bytes that only strings may contain. */
    final int peek() {
        int at = position;
        while (at < end) {
            byte b = bytes[at];
            if (b != ' ' && b != '\n' && b != '\r' && b != '\t') {
                position = at;
                return b < 0 ? -1 : b;
            }
            at++;
        }
        position = end;
        return -1;
    }

    /** Reads a string. Returns whether it has escapes. */
    final boolean string() throws MalformedJsonException {
        boolean escaped = false;
        int at = position + 1;
        while (at < end) {
            byte b = bytes[at];
            if (b == '"') {
                position = at + 1;
                return escaped;
            }
            if (b == '\\') {
                escaped = true;
                at = escape(at);
            } else if (b >= 0x20) {
                at++;
            } else if (b >= 0) {
                throw fault(at, "a control character in a string must be escaped as " + String.format("\\u%04x", b));
            } else {
                at = multibyte(at);
            }
        }
        throw fault(end, "the text ends within a string");
    }

    private int escape(int at) throws MalformedJsonException {
        int letter = at + 1 < end ? bytes[at + 1] : -1;
        return switch (letter) {
            case '"', '\\', '/', 'b', 'f', 'n', 'r', 't' -> at + 2;
            case 'u' -> hexEscape(at);
            default -> throw fault(at, "a backslash in a string must start one of the escapes of JSON");
        };
    }

    private int hexEscape(int at) throws MalformedJsonException {
        for (int i = at + 2; i < at + 6; i++) {
            if (i >= end || !isHex(bytes[i])) {
                throw fault(at, "\\u must be followed by four hexadecimal digits");
            }
        }
        return at + 6;
    }

    private static boolean isHex(byte b) {
        return (b >= '0' && b <= '9') || (b >= 'a' && b <= 'f') || (b >= 'A' && b <= 'F');
    }

    /** Checks one character of two to four bytes: shortest form only, no surrogates, nothing above U+10FFFF. */
    private int multibyte(int at) throws MalformedJsonException {
        int lead = bytes[at] & 0xff;
        int size = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
        int low = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
        int high = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
        boolean valid = lead >= 0xc2 && lead <= 0xf4 && at + size <= end;
        if (valid) {
            int second = bytes[at + 1] & 0xff;
            valid = second >= low && second <= high;
            for (int i = at + 2; i < at + size; i++) {
                valid &= (bytes[i] & 0xc0) == 0x80;
            }
        }
        if (!valid) {
            throw fault(at, "the text is not valid UTF-8");
        }
        return at + size;
    }

    final void number() throws MalformedJsonException {
        int from = position;
        int at = bytes[from] == '-' ? from + 1 : from;
        int digits = digits(at);
        if (digits == 0) {
            throw at < end && bytes[at] == 'I' ? notANumber(from) : fault(at, "a digit must follow the minus sign");
        }
        if (digits > 1 && bytes[at] == '0') {
            throw fault(at, "a number must not start with a zero that means nothing");
        }
        at += digits;
        if (at < end && bytes[at] == '.') {
            int fraction = digits(at + 1);
            if (fraction == 0) {
                throw fault(at + 1, "a digit must follow the decimal point");
            }
            digits += fraction;
            at += fraction + 1;
        }
        if (at < end && (bytes[at] == 'e' || bytes[at] == 'E')) {
            at++;
            if (at < end && (bytes[at] == '+' || bytes[at] == '-')) {
                at++;
            }
            int exponent = digits(at);
            if (exponent == 0) {
                throw fault(at, "a digit must follow in the exponent");
            }
            digits += exponent;
            at += exponent;
        }
        if (digits > StrictJson.MAX_DIGITS) {
            throw fault(from, "the number has " + digits + " digits; at most " + StrictJson.MAX_DIGITS + " are taken");
        }
        position = at;
    }

    private int digits(int from) {
        int at = from;
        while (at < end && bytes[at] >= '0' && bytes[at] <= '9') {
            at++;
        }
        return at - from;
    }

    final boolean literal(String word) throws MalformedJsonException {
        for (int i = 0; i < word.length(); i++) {
            if (position + i >= end || bytes[position + i] != word.charAt(i)) {
                throw unexpected("a value");
            }
        }
        position += word.length();
        return true;
    }

    final MalformedJsonException unexpected(String wanted) {
        if (position == end) {
            return fault(end, "the text ends where " + wanted + " must follow");
        }
        return switch (bytes[position]) {
            case 'N', 'I' -> notANumber(position);
            case '/', '#' -> fault(position, "JSON has no comments; " + wanted + " must follow here");
            case '\'' -> fault(position, "strings take double quotes; " + wanted + " must follow here");
            default -> fault(position, wanted + " must follow here, not " + found());
        };
    }

    private MalformedJsonException notANumber(int at) {
        return fault(at, "NaN and Infinity are not JSON");
    }

    final String found() {
        byte b = bytes[position];
        return b > 0x20 && b < 0x7f ? "'" + (char) b + "'" : String.format("the byte 0x%02x", b);
    }
}
