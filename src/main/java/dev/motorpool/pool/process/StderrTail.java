package dev.motorpool.pool.process;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/**
 * What a worker process printed last: its whole output is read, so that it never waits for a reader, and the end is
 * kept for messages about its death. Guarded by its own monitor.
 */
final class StderrTail {

    private static final int KEPT = 8 * 1024;

    private final byte[] ring = new byte[KEPT];
    private long written;

    /** Reads to the end; runs on the worker's output thread. */
    void drain(InputStream in) {
        byte[] buffer = new byte[KEPT];
        try {
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                add(buffer, n);
            }
        } catch (IOException closed) {
            // The process has ended: what was read is all there is.
        }
    }

    private synchronized void add(byte[] bytes, int length) {
        for (int i = 0; i < length; i++) {
            ring[(int) (written++ % KEPT)] = bytes[i];
        }
    }

    synchronized String text() {
        int length = (int) Math.min(written, KEPT);
        byte[] text = new byte[length];
        for (int i = 0; i < length; i++) {
            text[i] = ring[(int) ((written - length + i) % KEPT)];
        }
        return new String(text, StandardCharsets.UTF_8).strip();
    }
}
