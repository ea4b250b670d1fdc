package dev.motorpool.detached.model;

import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;

/** The last 64 KiB of a job's output. Guarded by its owner. */
public final class OutputTail {

    static final int MOST_BYTES = 64 << 10;

    private final ArrayDeque<byte[]> pieces = new ArrayDeque<>();
    private int length;

    public void add(String text) {
        byte[] piece = text.getBytes(StandardCharsets.UTF_8);
        pieces.add(piece);
        length += piece.length;
        while (length - pieces.element().length >= MOST_BYTES) {
            length -= pieces.remove().length;
        }
    }

    public boolean isEmpty() {
        return length == 0;
    }

    /** The last bytes, beginning at a character boundary. */
    public byte[] bytes() {
        byte[] all = new byte[length];
        int at = 0;
        for (byte[] piece : pieces) {
            System.arraycopy(piece, 0, all, at, piece.length);
            at += piece.length;
        }
        int from = Math.max(0, length - MOST_BYTES);
        while (from < length && from > 0 && (all[from] & 0xC0) == 0x80) {
            from++;
        }
        return from == 0 ? all : Arrays.copyOfRange(all, from, length);
    }
}
