package dev.motorpool.worker.program;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/**
 * Reads the standard output of a program on a thread of its own. It keeps no more than the limit; what is above is read
 * and forgotten.
 */
final class OutputReader extends Thread {

    private static final int PIECE = 64 * 1024;

    private final InputStream in;
    private final int limit;
    private final Runnable onTooMuch;

    /** Guarded by its monitor, as {@link #tooMuch}. */
    private final ByteArrayOutputStream kept = new ByteArrayOutputStream();

    private boolean tooMuch;

    /** @param onTooMuch called once, on the thread of this, when there is more than the limit */
    OutputReader(InputStream in, int limit, Runnable onTooMuch) {
        super("program-output");
        setDaemon(true);
        this.in = in;
        this.limit = limit;
        this.onTooMuch = onTooMuch;
    }

    @Override
    public void run() {
        byte[] piece = new byte[PIECE];
        try {
            for (int count = in.read(piece); count >= 0; count = in.read(piece)) {
                if (take(piece, count)) {
                    onTooMuch.run();
                }
            }
        } catch (IOException | UncheckedIOException closed) {
            // As if it had ended here.
        }
    }

    /** Returns true once. */
    private boolean take(byte[] piece, int count) {
        synchronized (kept) {
            if (tooMuch) {
                return false;
            }
            if (kept.size() + count > limit) {
                tooMuch = true;
                kept.reset();
                return true;
            }
            kept.write(piece, 0, count);
            return false;
        }
    }

    boolean isTooMuch() {
        synchronized (kept) {
            return tooMuch;
        }
    }

    byte[] bytes() {
        synchronized (kept) {
            return kept.toByteArray();
        }
    }
}
