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
 * Writes answers. One that is larger than a connection's own buffers is counted against a budget while it is held, and
 * has to be taken by its client within a time limit: so clients that ask for much and read little hold neither all the
 * memory nor any of it for ever.
 */
public final class AnswerWriter {

    /** As much as a connection's own buffers take is not counted. */
    private static final int SMALL = 8 << 10;

    /** What one value takes, with what stands around it. */
    private static final long LARGEST_VALUE = 17L << 20;

    /** In each time limit an answer of unknown length has to get on by so much. */
    private static final long PACE = 1 << 20;

    /** The time that is left is looked at after each piece. */
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

    /** Answers with JSON that consists of these parts, whose arrays are read where they are. */
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
    public interface Body {
        void writeTo(ByteSink sink) throws Exception;
    }

    /** Answers with what the body writes, of which a client has to take a mebibyte within each time limit. */
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

    /** Gathers what is put into pieces, and writes them as long as the client takes them fast enough. */
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

    /** Takes bytes for an answer that has begun, or is about to; waits for them as for a client. */
    public void hold(ByteBudget.Held held, long bytes) throws ProblemException, InterruptedException {
        held.hold(bytes, timeout);
    }
}
