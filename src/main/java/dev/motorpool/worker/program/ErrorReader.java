package dev.motorpool.worker.program;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/**
 * Prints the standard error of a program as that of this worker, and keeps its end. The thread is started by the one
 * that runs the call, so what it prints is the call's output.
 */
final class ErrorReader extends Thread {

    private static final int PIECE = 8 * 1024;
    private static final int KEPT = 4 * 1024;
    private static final int LINES = 20;

    private final InputStream in;

    /** The end of what was read; guarded by its monitor. */
    private final StringBuilder tail = new StringBuilder();

    ErrorReader(InputStream in) {
        super("program-errors");
        setDaemon(true);
        this.in = in;
    }

    @Override
    public void run() {
        byte[] piece = new byte[PIECE];
        try {
            for (int count = in.read(piece); count >= 0; count = in.read(piece)) {
                System.err.write(piece, 0, count);
                keep(new String(piece, 0, count, StandardCharsets.ISO_8859_1));
            }
        } catch (IOException closed) {
            // As if it had ended here.
        }
    }

    /** Characters are bytes here: a piece may end within a character. */
    private void keep(String text) {
        synchronized (tail) {
            tail.append(text);
            if (tail.length() > 2 * KEPT) {
                tail.delete(0, tail.length() - KEPT);
            }
        }
    }

    /** The last lines, without space around them. */
    String lastLines() {
        String end;
        synchronized (tail) {
            end = tail.substring(Math.max(0, tail.length() - KEPT));
        }
        String text = new String(end.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8).strip();
        String[] lines = text.split("\n", -1);
        int from = Math.max(0, lines.length - LINES);
        return String.join("\n", java.util.Arrays.asList(lines).subList(from, lines.length));
    }
}
