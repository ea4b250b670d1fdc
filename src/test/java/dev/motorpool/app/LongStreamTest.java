package dev.motorpool.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.motorpool.testing.ServiceProcess;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongFunction;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Streams of many times the service's memory; its heap is little more than an idle service needs. */
@Tag("slow")
class LongStreamTest {

    private static final String HEAP = "-Xmx112m";

    @Test
    void tenMillionSmallItems(@TempDir Path data) throws Exception {
        stream(data, 10_000_000, 1000, Long::toString);
    }

    /** Five thousand unless {@code -Dlarge-items=100000} or so asks for more. */
    @Test
    void itemsOfAHundredKibibytes(@TempDir Path data) throws Exception {
        String filling = "x".repeat(100 << 10);
        stream(data, Integer.getInteger("large-items", 5_000), 1, index -> "\"" + index + filling + "\"");
    }

    private static void stream(Path data, long items, int chunksize, LongFunction<String> item) throws Exception {
        try (ServiceProcess service = ServiceProcess.start(List.of(HEAP), data, "--motorpool.pools.processes.size=2");
                Socket socket = new Socket(
                        InetAddress.getLoopbackAddress(), service.ready().getPort())) {
            socket.setSoTimeout(60_000);
            CompletableFuture<Void> sent = CompletableFuture.runAsync(() -> send(socket, items, chunksize, item));
            try (InputStream answer = new BufferedInputStream(socket.getInputStream(), 1 << 20)) {
                skipHead(answer);
                Lines lines = new Lines(answer);
                for (long index = 0; index < items; index++) {
                    lines.expect("{\"index\":" + index + ",\"value\":" + item.apply(index) + "}\n");
                }
                lines.expect("{\"end\":true,\"count\":" + items + ",\"failed\":0}\n");
            }
            sent.join();
        }
    }

    private static void send(Socket socket, long items, int chunksize, LongFunction<String> item) {
        try {
            OutputStream out = new BufferedOutputStream(socket.getOutputStream(), 64 << 10);
            out.write(("POST /v1/imap?function=echo&pool=processes&chunksize=" + chunksize
                            + "&window=" + 8 * chunksize + " HTTP/1.0\r\nHost: localhost\r\n"
                            + "Content-Type: application/x-ndjson\r\nContent-Length: " + length(items, item)
                            + "\r\n\r\n")
                    .getBytes(StandardCharsets.US_ASCII));
            for (long index = 0; index < items; index++) {
                out.write(item.apply(index).getBytes(StandardCharsets.US_ASCII));
                out.write('\n');
            }
            out.flush();
        } catch (IOException cut) {
            throw new AssertionError(cut);
        }
    }

    private static long length(long items, LongFunction<String> item) {
        long length = 0;
        for (long index = 0; index < items; index++) {
            length += item.apply(index).length() + 1;
        }
        return length;
    }

    private static void skipHead(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int next = in.read();
            assertThat(next).as(head.toString()).isNotNegative();
            head.append((char) next);
        }
        assertThat(head.toString()).startsWith("HTTP/1.1 200");
    }

    /** The lines of an answer, compared as they come. */
    private record Lines(InputStream in) {

        void expect(String line) throws IOException {
            byte[] expected = line.getBytes(StandardCharsets.US_ASCII);
            byte[] found = in.readNBytes(expected.length);
            if (!Arrays.equals(expected, found)) {
                assertThat(new String(found, StandardCharsets.US_ASCII)).isEqualTo(line);
            }
        }
    }
}
