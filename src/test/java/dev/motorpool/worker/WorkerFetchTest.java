package dev.motorpool.worker;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.motorpool.runtime.WorkerShape;
import dev.motorpool.runtime.WorkerUnderTest;
import dev.motorpool.testing.LeavesNothingBehind;
import dev.motorpool.testing.RealWorkers;
import dev.motorpool.wire.Message;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code fetch} does with no other classes than those of the worker's jar. */
@ExtendWith(LeavesNothingBehind.class)
@Tag("service")
class WorkerFetchTest {

    private static WorkerUnderTest start(boolean virtual) throws Exception {
        WorkerUnderTest worker =
                new WorkerUnderTest(RealWorkers.java().command(new WorkerShape(virtual ? 100 : 1, virtual)));
        worker.receive(Message.Hello.class);
        return worker;
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aPageIsFetched(boolean virtual) throws Exception {
        byte[] page = "a page".getBytes(StandardCharsets.UTF_8);
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/page", exchange -> {
            exchange.getResponseHeaders().set("Content-Type", "text/plain");
            exchange.sendResponseHeaders(418, page.length);
            exchange.getResponseBody().write(page);
            exchange.close();
        });
        server.start();
        try (WorkerUnderTest worker = start(virtual)) {
            worker.call(1, "fetch", "[\"http://127.0.0.1:" + server.getAddress().getPort() + "/page\"]");
            String digest = HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(page));
            assertThat(worker.receive(Message.Result.class).value())
                    .hasToString("{\"status\":418,\"length\":6,\"content_type\":\"text/plain\",\"sha256\":\"" + digest
                            + "\"}");
        } finally {
            server.stop(0);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whatCannotBeFetchedIsAClearError(boolean virtual) throws Exception {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        try (WorkerUnderTest worker = start(virtual)) {
            worker.call(1, "fetch", "[\"http://nowhere.invalid/\"]");
            Message.Error unknown = worker.receive(Message.Error.class);
            assertThat(unknown.exception()).isEqualTo("java.net.UnknownHostException");
            assertThat(unknown.message()).contains("nowhere.invalid");

            worker.call(2, "fetch", "[\"http://127.0.0.1:" + port + "/\"]");
            Message.Error refused = worker.receive(Message.Error.class);
            assertThat(refused.exception()).endsWith("HttpHostConnectException");
            assertThat(refused.message()).contains("127.0.0.1:" + port, "refused");

            worker.call(3, "fetch", "[\"http://10.1.2.3/\"]");
            assertThat(worker.receive(Message.Error.class).exception()).endsWith("ForbiddenAddressException");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aServerThatSpeaksNoTlsIsAClearError(boolean virtual) throws Exception {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                WorkerUnderTest worker = start(virtual)) {
            worker.call(1, "fetch", "[\"https://127.0.0.1:" + server.getLocalPort() + "/\"]");
            try (var accepted = server.accept()) {
                accepted.getInputStream().read();
                accepted.getOutputStream()
                        .write("HTTP/1.1 400 no TLS here\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                Message.Error error = worker.receive(Message.Error.class);
                assertThat(error.exception()).startsWith("javax.net.ssl.SSL");
            }
        }
    }
}
