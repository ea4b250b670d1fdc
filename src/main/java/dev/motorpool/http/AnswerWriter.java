package dev.motorpool.http;

import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.Iterator;
import java.util.concurrent.TimeUnit;

/**
 * Writes answers. One that is larger than a connection's own buffers is counted against a budget while it is held, and
 * has to be taken by its client within a time limit: so clients that ask for much and read little hold neither all the
 * memory nor any of it for ever.
 */
final class AnswerWriter {

    /** As much as a connection's own buffers take is not counted. */
    private static final int SMALL = 8 << 10;

    /** The time that is left is looked at after each piece. */
    private static final int PIECE = 16 << 10;

    private final ByteBudget budget;
    private final Duration timeout;

    AnswerWriter(HttpSettings settings) {
        this.budget = new ByteBudget(settings.answerBudget());
        this.timeout = settings.answerTimeout();
    }

    /** Answers with JSON that consists of these parts, whose arrays are read where they are. */
    void write(HttpServletResponse response, ClientConnection connection, int status, ByteBuffer... parts)
            throws IOException, ProblemException {
        long length = 0;
        for (ByteBuffer part : parts) {
            length += part.remaining();
        }
        boolean small = length <= SMALL;
        long counted = small ? 0 : length;
        if (!budget.take(counted)) {
            throw new ProblemException(Problem.unavailable("The service holds as many bytes of answers that clients"
                    + " have not read as it may, " + budget.limit() + "; this answer is dropped. Try again soon."));
        }
        try {
            write(response, connection, status, length, Arrays.asList(parts).iterator());
        } finally {
            budget.giveBack(counted);
        }
    }

    /**
     * Answers with JSON of this length that comes in these parts, each of which is done with before the next is asked
     * for. What they take has been counted before.
     */
    void write(
            HttpServletResponse response,
            ClientConnection connection,
            int status,
            long length,
            Iterator<ByteBuffer> parts)
            throws IOException {
        response.setStatus(status);
        response.setContentType(MediaTypes.JSON);
        response.setContentLengthLong(length);
        if (length <= SMALL) {
            while (parts.hasNext()) {
                ByteBuffer part = parts.next();
                write(response.getOutputStream(), part, part.remaining());
            }
            return;
        }
        long usual = connection.limitWrites(timeout.toMillis());
        try {
            writeInTime(response, connection, parts);
        } finally {
            connection.limitWrites(usual);
        }
    }

    private void writeInTime(HttpServletResponse response, ClientConnection connection, Iterator<ByteBuffer> parts) {
        long deadline = System.nanoTime() + timeout.toNanos();
        try {
            ServletOutputStream out = response.getOutputStream();
            while (parts.hasNext()) {
                ByteBuffer part = parts.next();
                while (part.hasRemaining()) {
                    long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
                    if (left <= 0) {
                        connection.closeNow();
                        return;
                    }
                    connection.limitWrites(left);
                    write(out, part, Math.min(PIECE, part.remaining()));
                }
            }
            response.flushBuffer();
        } catch (IOException goneOrTooSlow) {
            connection.closeNow();
        }
    }

    private static void write(ServletOutputStream out, ByteBuffer part, int count) throws IOException {
        out.write(part.array(), part.arrayOffset() + part.position(), count);
        part.position(part.position() + count);
    }

    ByteBudget budget() {
        return budget;
    }
}
