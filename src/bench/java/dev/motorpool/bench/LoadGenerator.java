package dev.motorpool.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/**
 * The load generator. It runs in its own process, so that its work and its garbage are not the service's. It reads
 * commands from standard input, one per line, with the last word in Base64:
 * {@code calls port path milliseconds connections body}, {@code keyed} with the same words (each request carries
 * {@link #KEY}), {@code streams port path milliseconds connections lines},
 * {@code map port path milliseconds items members} or {@code poll port path milliseconds 1 body}; and answers each with
 * a line, {@link LoadResult}.
 */
public final class LoadGenerator {

    /** The API key of requests that carry one: as long as one of 32 random bytes. */
    static final String KEY = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    public static void main(String[] arguments) throws IOException {
        BufferedReader orders = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
        for (String order = orders.readLine(); order != null; order = orders.readLine()) {
            System.out.println(answer(order.split(" ", -1)));
        }
    }

    private static String answer(String[] order) {
        int port = Integer.parseInt(order[1]);
        String path = order[2];
        long millis = Long.parseLong(order[3]);
        int count = Integer.parseInt(order[4]);
        String last = new String(Base64.getDecoder().decode(order[5]), StandardCharsets.UTF_8);
        try {
            LoadResult result =
                    switch (order[0]) {
                        case "calls" -> calls(port, path, "", millis, count, last);
                        case "keyed" -> calls(port, path, "X-API-Key: " + KEY + "\r\n", millis, count, last);
                        case "streams" -> streams(port, path, millis, count, last);
                        case "map" -> map(port, path, millis, count, last);
                        case "poll" -> poll(port, path, millis, last);
                        default -> throw new IllegalArgumentException("no order: " + order[0]);
                    };
            return result.line();
        } catch (IOException | RuntimeException failed) {
            return LoadResult.failure(failed);
        }
    }

    private static LoadResult calls(int port, String path, String headers, long millis, int connections, String body)
            throws IOException {
        byte[] request = request(path, port, headers, body.getBytes(StandardCharsets.UTF_8));
        try (LoadRun run = new LoadRun(port, request, connections)) {
            return run.forMillis(millis);
        }
    }

    private static LoadResult streams(int port, String path, long millis, int connections, String lines)
            throws IOException {
        try (StreamRun run = new StreamRun(port, path, connections, StreamLines.valueOf(lines))) {
            return run.forMillis(millis);
        }
    }

    private static LoadResult map(int port, String path, long millis, int items, String members) throws IOException {
        try (MapRun run = new MapRun(port, path, members, items)) {
            return run.forMillis(millis);
        }
    }

    private static LoadResult poll(int port, String path, long millis, String body) throws IOException {
        try (PollRun run = new PollRun(port, request(path, port, "", body.getBytes(StandardCharsets.UTF_8)))) {
            return run.forMillis(millis);
        }
    }

    private static byte[] request(String path, int port, String headers, byte[] body) {
        String head = "POST " + path + " HTTP/1.1\r\nHost: 127.0.0.1:" + port + "\r\n" + headers
                + "Content-Type: application/json\r\nContent-Length: " + body.length + "\r\n\r\n";
        byte[] headBytes = head.getBytes(StandardCharsets.US_ASCII);
        byte[] request = java.util.Arrays.copyOf(headBytes, headBytes.length + body.length);
        System.arraycopy(body, 0, request, headBytes.length, body.length);
        return request;
    }

    private LoadGenerator() {}
}
