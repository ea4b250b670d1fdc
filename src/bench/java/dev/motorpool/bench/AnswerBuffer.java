package dev.motorpool.bench;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;

/** An incoming HTTP answer. It parses only as much as shows the answer's end, and that it is a 200 or a 202. */
final class AnswerBuffer {

    private static final int SIZE = 16 * 1024;
    private static final byte[] STATUS = ascii("HTTP/1.1 20");
    private static final byte[] LENGTH = ascii("\r\ncontent-length:");
    private static final byte[] CHUNKED = ascii("\r\ntransfer-encoding:");
    private static final byte[] LAST_CHUNK = ascii("\r\n0\r\n\r\n");

    private final ByteBuffer bytes = ByteBuffer.allocateDirect(SIZE);

    /** Reads available bytes; true once the answer is complete. */
    boolean readFrom(SocketChannel channel) throws IOException {
        if (channel.read(bytes) < 0) {
            throw new EOFException("the service closed a connection");
        }
        if (!bytes.hasRemaining()) {
            throw new IOException("an answer of more than " + SIZE + " bytes");
        }
        int end = bytes.position();
        long length = -1;
        for (int at = STATUS.length; at + 3 < end; at++) {
            if (bytes.get(at) != '\r') {
                continue;
            }
            if (bytes.get(at + 2) == '\r') {
                checkStatus();
                return length < 0 ? matches(LAST_CHUNK, end - LAST_CHUNK.length) : end - (at + 4) >= length;
            }
            if (matches(LENGTH, at)) {
                length = number(at + LENGTH.length);
            } else if (!matches(CHUNKED, at)) {
                at += 2;
            }
        }
        return false;
    }

    void clear() {
        bytes.clear();
    }

    byte[] bytes() {
        byte[] copy = new byte[bytes.position()];
        bytes.get(0, copy);
        return copy;
    }

    private void checkStatus() throws IOException {
        if (!matches(STATUS, 0)) {
            throw new IOException("an answer other than 200 or 202: " + new String(bytes(), StandardCharsets.UTF_8));
        }
    }

    /** Compares case-insensitively; letters of header names in the pattern are in lower case. */
    private boolean matches(byte[] pattern, int at) {
        if (at + pattern.length > bytes.position()) {
            return false;
        }
        for (int i = 0; i < pattern.length; i++) {
            byte given = bytes.get(at + i);
            if (given != pattern[i] && (given | 0x20) != pattern[i]) {
                return false;
            }
        }
        return true;
    }

    private long number(int at) {
        long value = 0;
        int i = at;
        while (bytes.get(i) == ' ') {
            i++;
        }
        for (byte digit = bytes.get(i); digit >= '0' && digit <= '9'; digit = bytes.get(++i)) {
            value = value * 10 + digit - '0';
        }
        return value;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
