package dev.motorpool.http;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** A connection with one stream, which sends and reads at the same time. */
final class StreamConnection implements AutoCloseable {

    private final RawConnection connection;
    private @Nullable BufferedReader answer;

    /** Sends the head of a stream of lines. */
    StreamConnection(CheckedClient client, String target, String... headers) throws IOException {
        connection = client.connect();
        connection.send("POST " + target + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-ndjson\r\n"
                + "Transfer-Encoding: chunked\r\n"
                + (headers.length == 0 ? "" : String.join("\r\n", headers) + "\r\n")
                + "\r\n");
    }

    RawConnection raw() {
        return connection;
    }

    StreamConnection send(String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        connection.send(Integer.toHexString(bytes.length) + "\r\n");
        connection.send(bytes);
        connection.send("\r\n");
        return this;
    }

    StreamConnection finish() throws IOException {
        connection.send("0\r\n\r\n");
        return this;
    }

    /** Reads the head of the answer. */
    Answer head() throws IOException {
        Answer head = connection.read(true);
        answer = new BufferedReader(new InputStreamReader(connection.chunks(), StandardCharsets.UTF_8));
        return head;
    }

    /** The next line of the answer; null after the last. */
    @Nullable
    String line() throws IOException {
        BufferedReader lines = answer;
        if (lines == null) {
            head().is(200);
            return line();
        }
        return lines.readLine();
    }

    /** The rest of the answer. */
    String rest() throws IOException {
        StringBuilder rest = new StringBuilder();
        for (String line = line(); line != null; line = line()) {
            rest.append(line).append('\n');
        }
        return rest.toString();
    }

    @Override
    public void close() throws IOException {
        connection.close();
    }
}
