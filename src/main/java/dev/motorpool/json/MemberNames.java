package dev.motorpool.json;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** The names of the members that an object may have. Made once, used for many objects. */
public final class MemberNames {

    private final List<String> names;
    private final byte[][] texts;

    private MemberNames(List<String> names) {
        this.names = names;
        this.texts = new byte[names.size()][];
        for (int i = 0; i < texts.length; i++) {
            texts[i] = names.get(i).getBytes(StandardCharsets.UTF_8);
        }
    }

    public static MemberNames of(String... names) {
        return new MemberNames(List.of(names));
    }

    /** These members, and more. */
    public MemberNames and(String... more) {
        return new MemberNames(Stream.concat(names.stream(), Stream.of(more)).toList());
    }

    public List<String> names() {
        return names;
    }

    int indexOf(String name) {
        for (int i = 0; i < texts.length; i++) {
            if (names.get(i).equals(name)) {
                return i;
            }
        }
        return -1;
    }

    /** The index of the name with this text, which has no escapes; -1 if there is none. */
    int indexOf(byte[] bytes, int from, int length) {
        for (int i = 0; i < texts.length; i++) {
            byte[] text = texts[i];
            if (text.length == length && Arrays.equals(text, 0, length, bytes, from, from + length)) {
                return i;
            }
        }
        return -1;
    }
}
