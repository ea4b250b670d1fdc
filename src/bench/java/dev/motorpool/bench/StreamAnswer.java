package dev.motorpool.bench;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;

/** The incoming chunked answer of a stream. */
final class StreamAnswer {

    private static final int SIZE = 64 * 1024;
    private static final String STATUS = "HTTP/1.1 200 ";
    private static final String CHUNKED = "\r\ntransfer-encoding: chunked\r\n";

    private static final byte[] LINE_END = {'\r', '\n'};
    private static final byte[] HEAD_END = {'\r', '\n', '\r', '\n'};

    private enum Part {
        HEAD,
        CHUNK_SIZE,
        DATA,
        DATA_END,
        LAST_END,
        OVER
    }

    private final LineCounter lines;
    private final byte[] bytes = new byte[SIZE];
    private final ByteBuffer buffer = ByteBuffer.wrap(bytes);
    private Part part = Part.HEAD;
    private long chunkLeft;

    StreamAnswer(LineCounter lines) {
        this.lines = lines;
    }

    /** Reads available bytes; true once the answer is complete. */
    boolean readFrom(SocketChannel channel) throws IOException {
        if (channel.read(buffer) < 0) {
            throw new EOFException("the service closed a connection after " + lines.count() + " lines");
        }
        int end = buffer.position();
        int at = 0;
        int next = step(at, end);
        while (next > at) {
            at = next;
            next = step(at, end);
        }
        buffer.position(at).limit(end).compact();
        if (!buffer.hasRemaining()) {
            throw new IOException("an answer's head or chunk size of more than " + SIZE + " bytes");
        }
        return part == Part.OVER;
    }

    /** Parses one part; returns the same position if more bytes are needed. */
    private int step(int at, int end) throws IOException {
        return switch (part) {
            case HEAD -> {
                int to = after(HEAD_END, at, end);
                if (to > at) {
                    checkHead(text(at, to));
                    part = Part.CHUNK_SIZE;
                }
                yield to;
            }
            case CHUNK_SIZE -> {
                int to = after(LINE_END, at, end);
                if (to > at) {
                    chunkLeft = Long.parseLong(text(at, to - 2), 16);
                    part = chunkLeft > 0 ? Part.DATA : Part.LAST_END;
                }
                yield to;
            }
            case DATA -> {
                int to = (int) Math.min(end, at + chunkLeft);
                lines.take(bytes, at, to);
                chunkLeft -= to - at;
                if (chunkLeft == 0) {
                    part = Part.DATA_END;
                }
                yield to;
            }
            case DATA_END, LAST_END -> {
                if (end - at < 2) {
                    yield at;
                }
                part = part == Part.LAST_END ? Part.OVER : Part.CHUNK_SIZE;
                yield at + 2;
            }
            case OVER -> at;
        };
    }

    /** The position after the pattern; the position to continue the search at if it is not there yet. */
    private int after(byte[] pattern, int at, int end) {
        for (int from = at; from + pattern.length <= end; from++) {
            int to = from + pattern.length;
            if (Arrays.equals(bytes, from, to, pattern, 0, pattern.length)) {
                return to;
            }
        }
        return at;
    }

    private static void checkHead(String head) throws IOException {
        if (!head.startsWith(STATUS) || !head.toLowerCase(Locale.ROOT).contains(CHUNKED)) {
            throw new IOException("an answer that is no stream: " + head);
        }
    }

    private String text(int from, int to) {
        return new String(bytes, from, to - from, StandardCharsets.ISO_8859_1);
    }
}
