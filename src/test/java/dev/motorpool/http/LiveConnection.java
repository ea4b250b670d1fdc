package dev.motorpool.http;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A connection with a continuing answer. */
final class LiveConnection implements AutoCloseable {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final RawConnection connection;
    private @Nullable BufferedReader answer;

    private LiveConnection(RawConnection connection) {
        this.connection = connection;
    }

    static LiveConnection get(CheckedClient client, String target, String... headers) throws IOException {
        LiveConnection live = new LiveConnection(client.connect());
        live.connection.send("GET " + target + " HTTP/1.1\r\nHost: localhost\r\n" + lines(headers) + "\r\n");
        return live;
    }

    static LiveConnection post(CheckedClient client, String target, String body, String... headers) throws IOException {
        LiveConnection live = new LiveConnection(client.connect());
        live.connection.send("POST " + target + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                + "Content-Length: " + body.getBytes(StandardCharsets.UTF_8).length + "\r\n" + lines(headers) + "\r\n"
                + body);
        return live;
    }

    private static String lines(String... headers) {
        return headers.length == 0 ? "" : String.join("\r\n", headers) + "\r\n";
    }

    RawConnection raw() {
        return connection;
    }

    /** Reads the head of the answer. */
    Answer head() throws IOException {
        Answer head = connection.read(true);
        answer = new BufferedReader(new InputStreamReader(connection.chunks(), StandardCharsets.UTF_8));
        return head;
    }

    /** The next line; null after the last. */
    @Nullable
    String line() throws IOException {
        BufferedReader lines = answer;
        if (lines == null) {
            head().is(200);
            return line();
        }
        return lines.readLine();
    }

    /** The next line as JSON, without heartbeats. */
    JsonNode json() throws IOException {
        String line = line();
        while (line != null && line.isBlank()) {
            line = line();
        }
        return JSON.readTree(String.valueOf(line));
    }

    /** One event. */
    record Event(String name, String id, JsonNode data) {}

    /** The next event, without pings; null after the last. */
    @Nullable
    Event event() throws IOException {
        String name = "";
        String id = "";
        String data = "";
        for (String line = line(); line != null; line = line()) {
            if (line.isEmpty() && !data.isEmpty()) {
                return new Event(name, id, JSON.readTree(data));
            }
            int colon = line.indexOf(':');
            String value = colon < 0 ? "" : line.substring(colon + 1).strip();
            switch (line.substring(0, Math.max(0, colon))) {
                case "event" -> name = value;
                case "id" -> id = value;
                case "data" -> data = value;
                default -> {}
            }
        }
        return null;
    }

    @Override
    public void close() throws IOException {
        connection.close();
    }
}
