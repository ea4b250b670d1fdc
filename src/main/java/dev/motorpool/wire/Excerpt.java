package dev.motorpool.wire;

/** The beginning of some bytes as text that is safe in logs and messages. */
final class Excerpt {

    private static final int LENGTH = 60;

    static String of(byte[] bytes, int offset, int length) {
        StringBuilder text = new StringBuilder(LENGTH + 3);
        int shown = Math.min(length, LENGTH);
        for (int i = offset; i < offset + shown; i++) {
            byte b = bytes[i];
            text.append(b >= ' ' && b < 0x7f ? (char) b : '.');
        }
        return text.append(length > shown ? "..." : "").toString();
    }

    private Excerpt() {}
}
