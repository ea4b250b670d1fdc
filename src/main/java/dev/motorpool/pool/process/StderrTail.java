package dev.motorpool.pool.process;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/**
 * Keeps the end of a worker process's output, for messages about its death. The whole output is read, so that the
 * worker never waits for a reader. Guarded by its own monitor.
 */
public final class StderrTail {

    private static final int KEPT = 8 * 1024;

    private final byte[] ring = new byte[KEPT];
    private long written;

    /** Reads to the end and closes; runs on the worker's output thread. */
    public void drain(InputStream in) {
        byte[] buffer = new byte[KEPT];
        try (in) {
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                add(buffer, n);
            }
        } catch (IOException closed) {
            // The process has ended, and nothing more can be read.
        }
    }

    private synchronized void add(byte[] bytes, int length) {
        for (int i = 0; i < length; i++) {
            ring[(int) (written++ % KEPT)] = bytes[i];
        }
    }

    public synchronized String text() {
        int length = (int) Math.min(written, KEPT);
        byte[] text = new byte[length];
        for (int i = 0; i < length; i++) {
            text[i] = ring[(int) ((written - length + i) % KEPT)];
        }
        return new String(text, StandardCharsets.UTF_8).strip();
    }
}
