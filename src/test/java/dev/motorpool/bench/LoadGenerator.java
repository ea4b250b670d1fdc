package dev.motorpool.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/**
 * The program that makes the load, in a process of its own so that its work and its garbage are not the service's. It
 * takes orders on standard input, one per line: {@code port path connections milliseconds body}, the body in Base64; and
 * answers each with a line, {@link LoadResult}.
 */
public final class LoadGenerator {

    public static void main(String[] arguments) throws IOException {
        BufferedReader orders = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
        for (String order = orders.readLine(); order != null; order = orders.readLine()) {
            System.out.println(answer(order.split(" ", -1)));
        }
    }

    private static String answer(String[] order) {
        int port = Integer.parseInt(order[0]);
        byte[] body = Base64.getDecoder().decode(order[4]);
        byte[] request = request(order[1], port, body);
        try (LoadRun run = new LoadRun(port, request, Integer.parseInt(order[2]))) {
            return run.forMillis(Long.parseLong(order[3])).line();
        } catch (IOException | RuntimeException failed) {
            return LoadResult.failure(failed);
        }
    }

    private static byte[] request(String path, int port, byte[] body) {
        String head = "POST " + path + " HTTP/1.1\r\nHost: 127.0.0.1:" + port
                + "\r\nContent-Type: application/json\r\nContent-Length: " + body.length + "\r\n\r\n";
        byte[] headBytes = head.getBytes(StandardCharsets.US_ASCII);
        byte[] request = java.util.Arrays.copyOf(headBytes, headBytes.length + body.length);
        System.arraycopy(body, 0, request, headBytes.length, body.length);
        return request;
    }

    private LoadGenerator() {}
}
