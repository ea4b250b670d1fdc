package dev.motorpool.json;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** One strict pass over one text; used once. Iterative, so that no nesting exhausts the stack. */
final class StrictScanner {

    private static final int ARRAY = -1;
    /** No answer grows with the pointer: beyond this the pointer ends at an ancestor. */
    private static final int POINTER_LIMIT = 1024;

    private final byte[] bytes;
    private final int start;
    private final int end;
    private final int maxDepth;
    private final @Nullable Members members;
    private final ObjectKeys keys;

    private int position;
    private int depth;
    /** For each open container, outermost first: {@link #ARRAY}, or the index of an object's first key. */
    private int[] bases = new int[8];
    /** For each open array the index of its current element. */
    private int[] indexes = new int[8];

    StrictScanner(RawJson text, int maxDepth, @Nullable Members members) {
        this.bytes = text.bytes();
        this.start = text.offset();
        this.end = text.offset() + text.length();
        this.position = start;
        this.maxDepth = maxDepth;
        this.members = members;
        this.keys = new ObjectKeys(bytes);
    }

    void scan() throws MalformedJsonException {
        if (end - start >= 3
                && bytes[start] == (byte) 0xef
                && bytes[start + 1] == (byte) 0xbb
                && bytes[start + 2] == (byte) 0xbf) {
            throw fault(start, "the text starts with a byte order mark; send UTF-8 without one");
        }
        int first = peek();
        if (first < 0 && position == end) {
            throw fault(position, "the document is empty");
        }
        if (members != null && first != '{') {
            JsonKind kind = isValueStart(first) ? JsonKind.of((byte) first) : JsonKind.OBJECT;
            if (kind != JsonKind.OBJECT) {
                throw fault(position, "the document must be a JSON object, not " + kind.words());
            }
        }
        boolean complete = beginValue();
        while (!complete || depth > 0) {
            complete = complete ? afterValue() : beginValue();
        }
        if (peek() >= 0 || position < end) {
            throw fault(position, "the document must end after its value, but goes on with " + found());
        }
    }

    /** Reads a scalar or the start of a container; true if the value ends here, else a value must follow. */
    private boolean beginValue() throws MalformedJsonException {
        int c = peek();
        int from = position;
        boolean complete;
        switch (c) {
            case '{' -> complete = openObject();
            case '[' -> complete = openArray();
            case '"' -> {
                string();
                complete = true;
            }
            case '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9' -> {
                number();
                complete = true;
            }
            case 't' -> complete = literal("true");
            case 'f' -> complete = literal("false");
            case 'n' -> complete = literal("null");
            default -> throw unexpected("a value");
        }
        if (members != null && depth <= 2) {
            note(from, complete);
        }
        return complete;
    }

    /** Where members are sliced: remembers start and end of the values of the outermost object. */
    private void note(int from, boolean complete) {
        if (complete && depth == 1) {
            slice(from, position);
        } else if (!complete && depth == 2) {
            memberStart = from;
        }
    }

    /** Start of the container that is a member of the outermost object. */
    private int memberStart;

    private void slice(int from, int to) {
        Members found = members;
        if (found == null) {
            return;
        }
        int key = keys.count() - 1;
        int index = found.names().indexOf(bytes, keys.from(key), keys.length(key));
        if (index < 0) {
            String name = keys.name(key);
            index = found.names().indexOf(name);
            if (index < 0) {
                found.unknown(name);
                return;
            }
        }
        found.set(index, from, to);
    }

    /** Reads what follows a complete value in its container; true if that ends too, else a value must follow. */
    private boolean afterValue() throws MalformedJsonException {
        int base = bases[depth - 1];
        int c = peek();
        if (base == ARRAY) {
            if (c == ',') {
                position++;
                indexes[depth - 1]++;
                return false;
            }
            if (c != ']') {
                throw unexpected("a comma or ] after the element");
            }
        } else {
            if (c == ',') {
                position++;
                key();
                return false;
            }
            if (c != '}') {
                throw unexpected("a comma or } after the member");
            }
            int duplicate = keys.duplicate(base);
            if (duplicate >= 0) {
                keys.truncate(duplicate + 1);
                throw fault(keys.from(duplicate) - 1, "the object has this member twice");
            }
            keys.truncate(base);
        }
        position++;
        depth--;
        if (depth == 1 && members != null) {
            slice(memberStart, position);
        }
        return true;
    }

    private boolean openObject() throws MalformedJsonException {
        open(keys.count());
        if (peek() == '}') {
            position++;
            depth--;
            return true;
        }
        key();
        return false;
    }

    private boolean openArray() throws MalformedJsonException {
        open(ARRAY);
        if (peek() == ']') {
            position++;
            depth--;
            return true;
        }
        return false;
    }

    private void open(int base) throws MalformedJsonException {
        if (depth == maxDepth) {
            throw fault(position, "the nesting is deeper than " + maxDepth);
        }
        if (depth == bases.length) {
            bases = Arrays.copyOf(bases, depth * 2);
            indexes = Arrays.copyOf(indexes, depth * 2);
        }
        bases[depth] = base;
        indexes[depth] = 0;
        depth++;
        position++;
    }

    private void key() throws MalformedJsonException {
        if (peek() != '"') {
            throw unexpected("a member's name in double quotes");
        }
        int from = position + 1;
        boolean escaped = string();
        keys.add(from, position - 1, escaped);
        if (peek() != ':') {
            throw unexpected("a colon after the member's name");
        }
        position++;
    }

    /** Reads a string; true if it has escapes. */
    private boolean string() throws MalformedJsonException {
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

    private void number() throws MalformedJsonException {
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
        if (digits > MAX_DIGITS_OF_NUMBER) {
            throw fault(from, "the number has " + digits + " digits; at most " + MAX_DIGITS_OF_NUMBER + " are taken");
        }
        position = at;
    }

    private static final int MAX_DIGITS_OF_NUMBER = StrictJson.MAX_DIGITS;

    private int digits(int from) {
        int at = from;
        while (at < end && bytes[at] >= '0' && bytes[at] <= '9') {
            at++;
        }
        return at - from;
    }

    private boolean literal(String word) throws MalformedJsonException {
        for (int i = 0; i < word.length(); i++) {
            if (position + i >= end || bytes[position + i] != word.charAt(i)) {
                throw unexpected("a value");
            }
        }
        position += word.length();
        return true;
    }

    /** Skips white space; the next byte, or -1 at the end (and for bytes that can only stand in strings). */
    private int peek() {
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

    private static boolean isValueStart(int c) {
        return c > 0 && "[\"-0123456789tfn".indexOf(c) >= 0;
    }

    private MalformedJsonException unexpected(String wanted) {
        if (position == end) {
            return fault(end, "the text ends where " + wanted + " must follow");
        }
        return switch (bytes[position]) {
            case 'N', 'I' -> notANumber(position);
            case '/', '#' -> fault(position, "JSON has no comments; " + wanted + " must follow here");
            case '\'' -> fault(position, "strings take double quotes; " + wanted + " must follow here");
            case ']', '}' -> fault(position, wanted + " must follow here, not " + found());
            default -> fault(position, wanted + " must follow here, not " + found());
        };
    }

    private MalformedJsonException notANumber(int at) {
        return fault(at, "NaN and Infinity are not JSON");
    }

    private String found() {
        byte b = bytes[position];
        return b > 0x20 && b < 0x7f ? "'" + (char) b + "'" : String.format("the byte 0x%02x", b);
    }

    private MalformedJsonException fault(int at, String what) {
        int line = 1;
        int column = 1;
        for (int i = start; i < at; i++) {
            if (bytes[i] == '\n') {
                line++;
                column = 1;
            } else if ((bytes[i] & 0xc0) != 0x80) {
                column++;
            }
        }
        String sentence = Character.toUpperCase(what.charAt(0)) + what.substring(1) + " (line " + line + ", column "
                + column + ").";
        return new MalformedJsonException(pointer(), at - start, sentence);
    }

    /** The pointer to where the scan is. */
    private String pointer() {
        String[] segments = new String[depth];
        int top = keys.count();
        int known = depth;
        for (int i = depth - 1; i >= 0; i--) {
            if (bases[i] == ARRAY) {
                segments[i] = JsonPointers.element("", indexes[i]);
            } else {
                boolean named = top > bases[i];
                // A name that would not fit is not even decoded: its pointer ends above it.
                segments[i] = named && keys.length(top - 1) <= POINTER_LIMIT
                        ? JsonPointers.member("", keys.name(top - 1))
                        : "";
                if (segments[i].isEmpty()) {
                    known = i;
                }
                top = bases[i];
            }
        }
        StringBuilder pointer = new StringBuilder();
        for (int i = 0; i < known && pointer.length() + segments[i].length() <= POINTER_LIMIT; i++) {
            pointer.append(segments[i]);
        }
        return pointer.toString();
    }
}
