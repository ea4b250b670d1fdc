package dev.motorpool.http;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A connection that sends arbitrary bytes, and reads answers as they arrive. */
final class RawConnection implements AutoCloseable {

    private static final int PATIENCE_MILLIS = 30_000;

    private static final byte[] START_OF_ANSWER = "HTTP/1.1".getBytes(StandardCharsets.US_ASCII);

    private final Socket socket;
    private final InputStream in;

    RawConnection(int port) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(PATIENCE_MILLIS);
        socket.setTcpNoDelay(true);
        in = new BufferedInputStream(socket.getInputStream());
    }

    Socket socket() {
        return socket;
    }

    RawConnection send(String text) throws IOException {
        return send(text.getBytes(StandardCharsets.UTF_8));
    }

    RawConnection send(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        return this;
    }

    /** Reads one answer; interim ones are skipped. */
    Answer read(boolean head) throws IOException {
        while (true) {
            String status = line();
            if (!status.startsWith("HTTP/1.1 ")) {
                throw new EOFException("no status line, as the oldest HTTP has it: " + status);
            }
            Map<String, List<String>> headers = new LinkedHashMap<>();
            for (String line = line(); !line.isEmpty(); line = line()) {
                int colon = line.indexOf(':');
                headers.computeIfAbsent(line.substring(0, colon).toLowerCase(Locale.ROOT), name -> new ArrayList<>())
                        .add(line.substring(colon + 1).strip());
            }
            int code = Integer.parseInt(status.split(" ", -1)[1]);
            if (code >= 200) {
                return new Answer(code, headers, head || code == 204 ? new byte[0] : body(headers));
            }
        }
    }

    Answer read() throws IOException {
        return read(false);
    }

    /** Reads one answer to an arbitrary request, whose method may be HEAD. */
    Answer readAny() throws IOException {
        Answer head = read(true);
        if (head.status() == 204) {
            return head;
        }
        in.mark(START_OF_ANSWER.length);
        byte[] next = in.readNBytes(START_OF_ANSWER.length);
        in.reset();
        boolean bodiless = next.length == 0 || Arrays.equals(next, START_OF_ANSWER);
        return bodiless ? head : new Answer(head.status(), head.headers(), body(head.headers()));
    }

    /** Whether no more bytes arrive and the other side has closed or reset. */
    boolean atEnd() throws IOException {
        try {
            return in.read() < 0;
        } catch (SocketException reset) {
            return true;
        }
    }

    private byte[] body(Map<String, List<String>> headers) throws IOException {
        List<String> length = headers.get("content-length");
        if (length != null) {
            return exactly(Integer.parseInt(length.getFirst()));
        }
        if (!headers.containsKey("transfer-encoding")) {
            return in.readAllBytes();
        }
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        while (true) {
            int size = Integer.parseInt(line(), 16);
            all.writeBytes(exactly(size));
            line();
            if (size == 0) {
                return all.toByteArray();
            }
        }
    }

    /** The chunks of a body that is read as it comes, after its head has been read with {@code read(true)}. */
    InputStream chunks() {
        return new InputStream() {
            private int left;
            private boolean ended;

            @Override
            public int read() throws IOException {
                byte[] one = new byte[1];
                return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
            }

            @Override
            public int read(byte[] bytes, int from, int most) throws IOException {
                if (left == 0 && !ended) {
                    left = Integer.parseInt(line(), 16);
                    ended = left == 0;
                    if (ended) {
                        line();
                    }
                }
                if (ended) {
                    return -1;
                }
                int count = in.read(bytes, from, Math.min(most, left));
                if (count < 0) {
                    throw new EOFException("the answer was cut");
                }
                left -= count;
                if (left == 0) {
                    line();
                }
                return count;
            }
        };
    }

    private byte[] exactly(int count) throws IOException {
        byte[] bytes = in.readNBytes(count);
        if (bytes.length < count) {
            throw new EOFException("the answer was cut");
        }
        return bytes;
    }

    private String line() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0) {
                throw new EOFException("the connection ended; read so far: " + line);
            }
            if (b != '\r') {
                line.write(b);
            }
        }
        return line.toString(StandardCharsets.ISO_8859_1);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
