package dev.motorpool.hostile;

import java.nio.charset.StandardCharsets;
import java.util.List;

/** A body in parts that several requests can share, because the largest are sent many times at once. */
record Body(List<byte[]> parts) {

    static final Body NONE = new Body(List.of());

    static Body of(String text) {
        return text.isEmpty() ? NONE : new Body(List.of(bytes(text)));
    }

    /** A text of exactly this length between two others. */
    static Body filled(String before, byte[] fill, String after) {
        return new Body(List.of(bytes(before), fill, bytes(after)));
    }

    /** This many bytes, repeating the unit. */
    static byte[] fill(String unit, int length) {
        byte[] all = new byte[length];
        byte[] piece = bytes(unit);
        for (int i = 0; i < length; i++) {
            all[i] = piece[i % piece.length];
        }
        return all;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    int length() {
        return parts.stream().mapToInt(part -> part.length).sum();
    }
}
