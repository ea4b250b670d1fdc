package dev.motorpool.bench;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Sends large maps one after another on one connection. Answers are compared with the requests outside the measured
 * time.
 */
final class MapRun implements AutoCloseable {

    private static final int PATIENCE_MILLIS = 60_000;
    private static final int BESIDE_ITEMS = 64 << 10;
    private static final int LARGEST_HEAD = 4096;
    private static final String VALUE = "\"value\":";
    private static final Pattern HEAD =
            Pattern.compile("http/1\\.1 200 .*\r\ncontent-length: (\\d+)\r\n.*", Pattern.DOTALL);

    private final Socket socket;
    private final byte[] request;

    /** Offset of the items in the request; the answer must contain the same bytes. */
    private final int itemsBegin;

    private final int itemsEnd;
    private final byte[] answer;
    private int length;

    /** Maps the integers from 0 to below the count; the members are those of the call, without its items. */
    MapRun(int port, String path, String members, int count) throws IOException {
        String items = IntStream.range(0, count).mapToObj(Integer::toString).collect(Collectors.joining(",", "[", "]"));
        String before = "{" + members + ",\"items\":";
        String head = "POST " + path + " HTTP/1.1\r\nHost: 127.0.0.1:" + port
                + "\r\nContent-Type: application/json\r\nContent-Length: "
                + (before.length() + items.length() + 1) + "\r\n\r\n";
        itemsBegin = head.length() + before.length();
        itemsEnd = itemsBegin + items.length();
        request = (head + before + items + "}").getBytes(StandardCharsets.US_ASCII);
        answer = new byte[items.length() + BESIDE_ITEMS];
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(PATIENCE_MILLIS);
    }

    /** Repeats maps for this time. */
    LoadResult forMillis(long millis) throws IOException {
        LatencyHistogram latencies = new LatencyHistogram();
        long taken = 0;
        while (taken < millis * 1_000_000) {
            long begin = System.nanoTime();
            int body = exchange();
            long nanos = System.nanoTime() - begin;
            taken += nanos;
            latencies.add(nanos);
            check(body);
        }
        return LoadResult.of(latencies, taken, new byte[0]);
    }

    /** Returns the offset of the answer's body. */
    private int exchange() throws IOException {
        socket.getOutputStream().write(request);
        InputStream in = socket.getInputStream();
        length = 0;
        int body = -1;
        int end = answer.length;
        while (length < end) {
            int count = in.read(answer, length, end - length);
            if (count < 0) {
                throw new EOFException("the service closed a connection");
            }
            length += count;
            if (body < 0) {
                String head = text(0, Math.min(length, LARGEST_HEAD));
                int blank = head.indexOf("\r\n\r\n");
                if (blank >= 0) {
                    body = blank + 4;
                    end = body + bodyLength(head, body);
                }
            }
        }
        return body;
    }

    private int bodyLength(String text, int body) throws IOException {
        Matcher head = HEAD.matcher(text.substring(0, body).toLowerCase(Locale.ROOT));
        if (!head.matches() || Long.parseLong(head.group(1)) > answer.length - body) {
            throw new IOException("an answer that is not expected: " + text);
        }
        return Integer.parseInt(head.group(1));
    }

    private void check(int body) throws IOException {
        int value = body + text(body, Math.min(length, body + 1024)).indexOf(VALUE) + VALUE.length();
        int valueEnd = value + itemsEnd - itemsBegin;
        if (valueEnd > length || !Arrays.equals(answer, value, valueEnd, request, itemsBegin, itemsEnd)) {
            throw new IOException("a map's values are not its items: " + text(body, Math.min(length, body + 1024)));
        }
    }

    private String text(int from, int to) {
        return new String(answer, from, to - from, StandardCharsets.ISO_8859_1);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
