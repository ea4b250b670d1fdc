package dev.motorpool.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.motorpool.testing.ServiceProcess;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Clients that request much and do not read it, against a service with a small heap. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(180)
@Tag("slow")
class SlowReaderTest {

    private static final int MUCH = 12 << 20;
    /** Of a value in a stream: forty of them are more than the heap. */
    private static final int LARGE = 8 << 20;

    private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(4);

    /** An address different from that of the callers that have to be served. */
    private static final String SLOW = "127.0.0.2";

    private ServiceProcess service;

    @BeforeAll
    void start(@TempDir Path data) throws IOException {
        service = ServiceProcess.start(
                List.of("-Xmx256m"),
                data,
                "--motorpool.demo-functions=true",
                "--motorpool.http.body-budget=30MB",
                "--motorpool.http.answer-budget=96MB",
                "--motorpool.http.answer-timeout=" + ANSWER_TIMEOUT.toSeconds());
        service.ready();
    }

    @AfterAll
    void stop() {
        service.close();
        assertThat(service.output()).doesNotContain("OutOfMemoryError");
    }

    /** Sends a request and does not read its answer. */
    private Socket ask(String body) throws IOException {
        return ask("/v1/apply", body);
    }

    private Socket ask(String path, String body) throws IOException {
        Socket socket = new Socket();
        socket.bind(new InetSocketAddress(SLOW, 0));
        socket.setReceiveBufferSize(4096);
        socket.setSoTimeout(150_000);
        socket.connect(new InetSocketAddress(
                InetAddress.getLoopbackAddress(), service.ready().getPort()));
        byte[] bytes = body.getBytes(StandardCharsets.US_ASCII);
        String head = "POST " + path + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                + "Content-Length: " + bytes.length + "\r\n\r\n";
        socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
        socket.getOutputStream().write(bytes);
        return socket;
    }

    /** What arrived before the service closed the connection. */
    private static String rest(Socket socket) throws IOException {
        byte[] all = new byte[2 * MUCH];
        int length = 0;
        try {
            for (int read = 0; read >= 0; read = socket.getInputStream().read(all, length, all.length - length)) {
                length += read;
            }
        } catch (SocketException reset) {
            // Also a valid end.
        }
        return new String(all, 0, length, StandardCharsets.US_ASCII);
    }

    @Test
    void memoryStaysBoundedOthersAreServedAndTheConnectionsEnd() throws Exception {
        List<Socket> clients = new ArrayList<>();
        try {
            for (int i = 0; i < 40; i++) {
                clients.add(ask("{\"function\":\"too_large\",\"args\":[" + MUCH + "]}"));
            }
            long start = System.nanoTime();
            while (System.nanoTime() - start < ANSWER_TIMEOUT.plusSeconds(6).toNanos()) {
                assertThat(service.post("/v1/apply", "{\"function\":\"echo\",\"args\":[1],\"pool\":\"threads\"}")
                                .statusCode())
                        .isEqualTo(200);
                assertThat(service.post("/v1/apply", "{\"function\":\"too_large\",\"args\":[" + MUCH + "]}")
                                .statusCode())
                        .isEqualTo(200);
            }
            int refused = 0;
            int cut = 0;
            for (Socket client : clients) {
                String answer = rest(client);
                if (answer.startsWith("HTTP/1.1 429")) {
                    assertThat(answer)
                            .contains(
                                    "Retry-After: ",
                                    "urn:motorpool:problem:limit-reached",
                                    "\"limit\":\"answer-bytes\"");
                    refused++;
                } else {
                    assertThat(answer).startsWith("HTTP/1.1 200");
                    assertThat(answer.length()).isLessThan(MUCH);
                    cut++;
                }
            }
            assertThat(refused).isPositive();
            assertThat(cut).isPositive();
        } finally {
            for (Socket client : clients) {
                client.close();
            }
        }
    }

    @Test
    void bodiesOfAnswersThatAreNotReadLeaveRoomForOthers() throws Exception {
        String body = "{\"function\":\"echo\",\"args\":[\"" + "x".repeat(MUCH) + "\"]}";
        List<Socket> clients = new ArrayList<>();
        try {
            for (int i = 0; i < 3; i++) {
                Socket client = ask(body);
                clients.add(client);
                assertThat(client.getInputStream().readNBytes(12))
                        .isEqualTo("HTTP/1.1 200".getBytes(StandardCharsets.US_ASCII));
            }
            assertThat(service.post("/v1/apply", body).statusCode()).isEqualTo(200);
        } finally {
            for (Socket client : clients) {
                client.close();
            }
        }
    }

    @Test
    void streamsThatAreNotReadEndEarlyAndOthersGoOn() throws Exception {
        List<Socket> clients = new ArrayList<>();
        try {
            String large =
                    "{\"function\":\"too_large\",\"pool\":\"processes\",\"items\":[" + LARGE + "," + LARGE + "]}";
            for (int i = 0; i < 40; i++) {
                clients.add(ask(i % 2 == 0 ? "/v1/imap" : "/v1/imap_unordered", large));
            }
            HttpResponse<String> small =
                    service.post("/v1/imap", "{\"function\":\"echo\",\"pool\":\"threads\",\"items\":[1,2,3]}");
            assertThat(small.body()).endsWith("{\"end\":true,\"count\":3,\"failed\":0}\n");
            assertThat(service.post("/v1/apply", "{\"function\":\"echo\",\"args\":[1],\"pool\":\"threads\"}")
                            .statusCode())
                    .isEqualTo(200);
            HttpResponse<String> read = service.post("/v1/imap", large);
            assertThat(read.body()).endsWith("{\"end\":true,\"count\":2,\"failed\":0}\n");
            int ended = 0;
            for (Socket client : clients) {
                String answer = lastChunk(client);
                assertThat(answer).contains("{\"end\":true,\"count\":");
                if (answer.contains("\"error\":")) {
                    assertThat(answer).contains("\"type\":\"limit-reached\"", "\"limit\":\"stream-bytes\"");
                    ended++;
                } else {
                    assertThat(answer).contains("\"count\":2,\"failed\":0}");
                }
            }
            assertThat(ended).isGreaterThan(20);
        } finally {
            for (Socket client : clients) {
                client.close();
            }
        }
    }

    /** Reads a chunked answer to its end; returns its last part. */
    private static String lastChunk(Socket socket) throws IOException {
        byte[] buffer = new byte[1 << 16];
        String tail = "";
        while (!tail.endsWith("\r\n0\r\n\r\n")) {
            int read = socket.getInputStream().read(buffer);
            if (read < 0) {
                break;
            }
            String more = tail + new String(buffer, 0, read, StandardCharsets.US_ASCII);
            tail = more.substring(Math.max(0, more.length() - 1024));
        }
        return tail;
    }
}
