package dev.motorpool.json;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** A strict pass over one text; used once. Iterative, so that nesting cannot exhaust the stack. */
final class StrictScanner extends StrictTokens {

    private static final int ARRAY = -1;
    /** Maximum length of a pointer; a longer one ends at an ancestor. */
    private static final int POINTER_LIMIT = 1024;

    private final int start;
    private final int maxDepth;
    private final @Nullable Members members;
    private final ObjectKeys keys;

    private int depth;
    /** Start of the container that is a member of the outermost object. */
    private int memberStart;
    /** For each open container, outermost first: {@link #ARRAY}, or the index of an object's first key. */
    private int[] bases = new int[8];
    /** For each open array the index of its current element. */
    private int[] indexes = new int[8];

    StrictScanner(RawJson text, int maxDepth, @Nullable Members members) {
        super(text);
        this.start = text.offset();
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

    /** Reads a scalar or the start of a container. Returns whether the value is complete; if not, a value must follow. */
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

    /** Records the bounds of the values of the outermost object, if its members are wanted. */
    private void note(int from, boolean complete) {
        if (complete && depth == 1) {
            slice(from, position);
        } else if (!complete && depth == 2) {
            memberStart = from;
        }
    }

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

    /** Reads what follows a value in its container. Returns whether the container ends; if not, a value must follow. */
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

    private static boolean isValueStart(int c) {
        return c > 0 && "[\"-0123456789tfn".indexOf(c) >= 0;
    }

    @Override
    MalformedJsonException fault(int at, String what) {
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

    /** JSON Pointer to the current value. */
    private String pointer() {
        String[] segments = new String[depth];
        int top = keys.count();
        int known = depth;
        for (int i = depth - 1; i >= 0; i--) {
            if (bases[i] == ARRAY) {
                segments[i] = JsonPointers.element("", indexes[i]);
            } else {
                boolean named = top > bases[i];
                // A name that does not fit is not decoded: the pointer ends above it.
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
