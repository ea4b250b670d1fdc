package dev.motorpool.hostile;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** A request on its own connection, sent as bytes, so that it can be invalid. */
final class Request {

    private static final int KEPT = 1 << 20;
    private static final int PATIENCE_MILLIS = 240_000;

    private final String line;
    private final List<String> headers = new ArrayList<>(List.of("Host: localhost", "Connection: close"));
    private String source = "127.0.0.1";
    private Body body = Body.NONE;
    private int receiveBuffer;

    private Request(String line) {
        this.line = line;
    }

    static Request of(String method, String target) {
        return new Request(method + " " + target + " HTTP/1.1");
    }

    Request key(String key) {
        return header("X-API-Key: " + key);
    }

    Request header(String header) {
        headers.add(header);
        return this;
    }

    /** Sends from this address of the loopback network. */
    Request from(String address) {
        source = address;
        return this;
    }

    Request json(Body content) {
        return content.length() == 0
                ? this
                : header("Content-Type: application/json").body(content);
    }

    /** Appends this to the head, whose headers describe it. */
    Request raw(Body content) {
        body = content;
        return this;
    }

    Request body(Body content) {
        body = content;
        return header("Content-Length: " + content.length());
    }

    /** Reads the answer very slowly. */
    Request slow() {
        receiveBuffer = 4096;
        return this;
    }

    /** Connects without sending anything. */
    Socket connect(int port) throws IOException {
        Socket socket = new Socket();
        try {
            if (receiveBuffer > 0) {
                socket.setReceiveBufferSize(receiveBuffer);
            }
            socket.setSoTimeout(PATIENCE_MILLIS);
            socket.setTcpNoDelay(true);
            socket.bind(new InetSocketAddress(InetAddress.ofLiteral(source), 0));
            socket.connect(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port), PATIENCE_MILLIS);
            return socket;
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    byte[] head() {
        return (line + "\r\n" + String.join("\r\n", headers) + "\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1);
    }

    /** Connects and sends everything; the answer is not read. */
    Socket open(int port) throws IOException {
        Socket socket = connect(port);
        try {
            OutputStream out = socket.getOutputStream();
            out.write(head());
            for (byte[] part : body.parts()) {
                out.write(part);
            }
        } catch (SocketException refusedMeanwhile) {
            // The answer may still be readable.
        }
        return socket;
    }

    /** Sends it and reads the answer to its end; keeps only the beginning. */
    Reply send(int port) throws IOException {
        try (Socket socket = open(port)) {
            return read(socket);
        } catch (SocketException refused) {
            return Reply.CLOSED;
        }
    }

    static Reply read(Socket socket) throws IOException {
        ByteArrayOutputStream kept = new ByteArrayOutputStream();
        byte[] buffer = new byte[1 << 14];
        long total = 0;
        try {
            InputStream in = socket.getInputStream();
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                total += count;
                kept.write(buffer, 0, Math.min(count, Math.max(0, KEPT - kept.size())));
            }
        } catch (SocketException reset) {
            // Also a valid end.
        }
        String all = kept.toString(StandardCharsets.UTF_8);
        if (!all.startsWith("HTTP/1.1 ")) {
            return Reply.CLOSED;
        }
        int end = all.indexOf("\r\n\r\n");
        String text = end < 0 ? "" : all.substring(end + 4);
        boolean chunked = end >= 0 && all.substring(0, end).contains("\r\nTransfer-Encoding: chunked");
        return new Reply(Integer.parseInt(all.substring(9, 12)), chunked ? firstChunks(text) : text, total);
    }

    /** The contents of the chunks received so far. */
    private static String firstChunks(String text) {
        StringBuilder content = new StringBuilder();
        int at = 0;
        while (at < text.length()) {
            int end = text.indexOf("\r\n", at);
            if (end < 0) {
                break;
            }
            int size = Integer.parseInt(text.substring(at, end), 16);
            content.append(text, Math.min(text.length(), end + 2), Math.min(text.length(), end + 2 + size));
            at = end + 2 + size + 2;
        }
        return content.toString();
    }

    @Override
    public String toString() {
        return line;
    }
}
