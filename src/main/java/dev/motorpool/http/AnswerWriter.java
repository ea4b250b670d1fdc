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
            throw full();
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

    /** Writes a body of a length that is not known before its end. */
    @FunctionalInterface
    interface Body {
        void writeTo(ByteSink sink) throws Exception;
    }

    /** Answers with what the body writes, of which a client has to take each piece within the time limit. */
    void write(HttpServletResponse response, ClientConnection connection, int status, Body body) throws Exception {
        response.setStatus(status);
        long usual = connection.limitWrites(timeout.toMillis());
        try {
            Pieces pieces = new Pieces(response.getOutputStream());
            body.writeTo(pieces);
            pieces.write();
            response.flushBuffer();
        } catch (IOException goneOrTooSlow) {
            connection.closeNow();
        } finally {
            connection.limitWrites(usual);
        }
    }

    /** Gathers what is put into pieces. */
    private static final class Pieces implements ByteSink {
        private final ServletOutputStream out;
        private final ByteText text = new ByteText(PIECE);

        Pieces(ServletOutputStream out) {
            this.out = out;
        }

        @Override
        public void put(byte[] bytes, int from, int count) throws IOException {
            if (text.length() + count > PIECE) {
                write();
            }
            if (count >= PIECE) {
                out.write(bytes, from, count);
            } else {
                text.put(bytes, from, count);
            }
        }

        void write() throws IOException {
            ByteBuffer gathered = text.buffer();
            out.write(gathered.array(), gathered.arrayOffset(), gathered.remaining());
            text.clear();
        }
    }

    private static void write(ServletOutputStream out, ByteBuffer part, int count) throws IOException {
        out.write(part.array(), part.arrayOffset() + part.position(), count);
        part.position(part.position() + count);
    }

    ByteBudget budget() {
        return budget;
    }

    /** Takes bytes from the budget for an answer that has begun, or is about to; waits for them as for a client. */
    void hold(long bytes) throws ProblemException, InterruptedException {
        if (!budget.take(bytes, timeout)) {
            throw full();
        }
    }

    private ProblemException full() {
        return new ProblemException(Problem.unavailable("The service holds as many bytes of answers that clients"
                + " have not read as it may, " + budget.limit() + "; this answer is dropped. Try again soon."));
    }
}
