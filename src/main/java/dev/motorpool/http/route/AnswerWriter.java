package dev.motorpool.http.route;

import dev.motorpool.http.problem.ProblemException;
import dev.motorpool.http.server.ClientConnection;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.Iterator;
import java.util.concurrent.TimeUnit;

/**
 * Writes answers. An answer larger than a connection's own buffers is counted against a budget while it is held, and
 * its client must read it within a time limit. So clients that request much and read slowly can neither hold all the
 * memory nor hold any of it for ever.
 */
public final class AnswerWriter {

    /** Answers up to this size fit into a connection's own buffers and are not counted. */
    private static final int SMALL = 8 << 10;

    /** Size of the largest value, with its surrounding JSON. */
    private static final long LARGEST_VALUE = 17L << 20;

    /** Bytes of an answer of unknown length that a client must read within each time limit. */
    private static final long PACE = 1 << 20;

    /** The remaining time is checked after each piece. */
    private static final int PIECE = 16 << 10;

    private final ByteBudget budget;
    private final Duration timeout;

    public AnswerWriter(HttpSettings settings) {
        this.budget = new ByteBudget(
                "answer-bytes",
                "answers that clients have not read",
                "motorpool.http.answer-budget",
                settings.answerBudget(),
                LARGEST_VALUE);
        this.timeout = settings.answerTimeout();
    }

    /** Answers with JSON made of these parts; the arrays are not copied. */
    void write(
            HttpServletResponse response,
            ClientConnection connection,
            ByteBudget.Held held,
            int status,
            ByteBuffer... parts)
            throws IOException, ProblemException {
        long length = 0;
        for (ByteBuffer part : parts) {
            length += part.remaining();
        }
        boolean small = length <= SMALL;
        long counted = small ? 0 : length;
        held.hold(counted);
        try {
            write(response, connection, status, length, Arrays.asList(parts).iterator());
        } finally {
            held.giveBack(counted);
        }
    }

    /**
     * Answers with JSON of this length, made of these parts. Each part is released before the next is requested. The
     * caller has counted the bytes.
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

    /** Writes a body whose length is not known before its end. */
    @FunctionalInterface
    public interface Body {
        void writeTo(ByteSink sink) throws Exception;
    }

    /** Answers with a body of unknown length. The client must read one mebibyte within each time limit. */
    void write(HttpServletResponse response, ClientConnection connection, int status, Body body) throws Exception {
        response.setStatus(status);
        long usual = connection.limitWrites(timeout.toMillis());
        try {
            Pieces pieces = new Pieces(response.getOutputStream(), connection);
            body.writeTo(pieces);
            pieces.write();
            response.flushBuffer();
        } catch (IOException goneOrTooSlow) {
            connection.closeNow();
        } finally {
            connection.limitWrites(usual);
        }
    }

    /** Combines the output into pieces, and writes them while the client reads them fast enough. */
    private final class Pieces implements ByteSink {
        private final ServletOutputStream out;
        private final ClientConnection connection;
        private final ByteText text = new ByteText(PIECE);
        private long deadline = System.nanoTime() + timeout.toNanos();
        private long sinceDeadline;

        Pieces(ServletOutputStream out, ClientConnection connection) {
            this.out = out;
            this.connection = connection;
        }

        @Override
        public void put(byte[] bytes, int from, int count) throws IOException {
            if (text.length() + count > PIECE) {
                write();
            }
            if (count < PIECE) {
                text.put(bytes, from, count);
                return;
            }
            for (int at = from; at < from + count; at += PIECE) {
                write(bytes, at, Math.min(PIECE, from + count - at));
            }
        }

        void write() throws IOException {
            ByteBuffer gathered = text.buffer();
            write(gathered.array(), gathered.arrayOffset(), gathered.remaining());
            text.clear();
        }

        private void write(byte[] bytes, int from, int count) throws IOException {
            long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
            if (left <= 0) {
                throw new SocketTimeoutException("the client reads too slowly");
            }
            connection.limitWrites(left);
            out.write(bytes, from, count);
            sinceDeadline += count;
            if (sinceDeadline >= PACE) {
                sinceDeadline = 0;
                deadline = System.nanoTime() + timeout.toNanos();
            }
        }
    }

    private static void write(ServletOutputStream out, ByteBuffer part, int count) throws IOException {
        out.write(part.array(), part.arrayOffset() + part.position(), count);
        part.position(part.position() + count);
    }

    public ByteBudget budget() {
        return budget;
    }

    /** Counts bytes for an answer that has begun or is about to; waits for room as long as for a client. */
    public void hold(ByteBudget.Held held, long bytes) throws ProblemException, InterruptedException {
        held.hold(bytes, timeout);
    }
}
