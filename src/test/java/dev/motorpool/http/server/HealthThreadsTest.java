package dev.motorpool.http.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.motorpool.testing.Eventually;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.catalina.Context;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.startup.Tomcat;
import org.apache.coyote.AbstractProtocol;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tomcat with the service's protocol, when no other request gets a thread. */
class HealthThreadsTest {

    private static final int PATIENCE_MILLIS = 60_000;
    private static final String HOST = " HTTP/1.1\r\nHost: localhost\r\n";

    @TempDir
    private Path folder;

    private final Tomcat tomcat = new Tomcat();

    /** The requests that wait for a thread. */
    private final Queue<Runnable> waiting = new ConcurrentLinkedQueue<>();

    @BeforeEach
    void start() throws Exception {
        tomcat.setBaseDir(folder.toString());
        Connector connector = new Connector(WatchedProtocol.class.getName());
        connector.setPort(0);
        connector.setProperty("address", "127.0.0.1");
        ((AbstractProtocol<?>) connector.getProtocolHandler()).setExecutor(waiting::add);
        tomcat.setConnector(connector);
        tomcat.getEngine().getPipeline().addValve(new ConnectionValve());
        Context context = tomcat.addContext("", folder.toString());
        Tomcat.addServlet(context, "ok", new HttpServlet() {
            private static final long serialVersionUID = 1L;

            @Override
            protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
                response.getWriter().print(request.getRequestURI());
            }
        });
        context.addServletMappingDecoded("/", "ok");
        tomcat.start();
    }

    @AfterEach
    void stop() throws Exception {
        tomcat.stop();
        tomcat.destroy();
        assertThat(Thread.getAllStackTraces().keySet().stream()
                        .filter(thread -> thread.getName().equals("motorpool-health"))
                        .filter(HealthThreadsTest::remains))
                .isEmpty();
    }

    private static boolean remains(Thread thread) {
        try {
            return !thread.join(Duration.ofMillis(PATIENCE_MILLIS));
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private Socket send(String request) throws IOException {
        Socket socket = new Socket(
                InetAddress.ofLiteral("127.0.0.1"), tomcat.getConnector().getLocalPort());
        socket.setSoTimeout(PATIENCE_MILLIS);
        socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
        return socket;
    }

    private static String all(Socket socket) throws IOException {
        return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/actuator/health", "/actuator/health/liveness", "/actuator/health/readiness"})
    void healthIsAnsweredWhileAThousandRequestsWaitForAThread(String path) throws Exception {
        try (Socket other = send("GET /v1/pools" + HOST + "\r\n")) {
            Eventually.within(Duration.ofMillis(PATIENCE_MILLIS), () -> assertThat(waiting)
                    .hasSize(1));
            for (int i = 0; i < 1000; i++) {
                waiting.add(waiting.element());
            }
            for (int i = 0; i < 100; i++) {
                try (Socket health = send("GET " + path + HOST + "\r\n")) {
                    assertThat(all(health)).startsWith("HTTP/1.1 200").endsWith(path);
                }
            }
            assertThat(waiting).hasSize(1001);
            waiting.remove().run();
            assertThat(new String(other.getInputStream().readNBytes(12), StandardCharsets.US_ASCII))
                    .isEqualTo("HTTP/1.1 200");
        }
    }

    /** No client can hold the threads: there is one request on each connection, and it has arrived whole. */
    @Test
    void theRequestAfterAHealthCheckIsNotAnswered() throws Exception {
        String health = "GET /actuator/health" + HOST + "\r\n";
        try (Socket socket = send(health + "GET /v1/pools" + HOST + "\r\n")) {
            assertThat(all(socket)).contains("Connection: close").doesNotContain("/v1/pools");
        }
        assertThat(waiting).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET /actuator/health HTTP/1.1\r\nHost: localhost\r\n",
                "GET /actuator/health HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n",
                "GET /actuator/health HTTP/1.1\r\nHost: localhost\r\ntransfer-encoding: chunked\r\n\r\n",
                "GET /actuator/healthy HTTP/1.1\r\nHost: localhost\r\n\r\n",
                "GET /actuator/health/../prometheus HTTP/1.1\r\nHost: localhost\r\n\r\n",
                "POST /actuator/health HTTP/1.1\r\nHost: localhost\r\n\r\n",
                "GET /",
                ""
            })
    void allOtherRequestsAreNoHealthChecks(String request) {
        assertThat(HealthThreads.isHealthCheck(ByteBuffer.wrap(request.getBytes(StandardCharsets.US_ASCII))))
                .isFalse();
    }

    /** What was read to find out what the request is, is read by the request. */
    @Test
    void requestsThatArriveInPiecesAreAnswered() throws Exception {
        for (String path : List.of("/actuator/health", "/v1/pools")) {
            String request = "GET " + path + HOST + "Connection: close\r\n\r\n";
            try (Socket socket = send(request.substring(0, 20))) {
                runNext();
                socket.getOutputStream().write(request.substring(20).getBytes(StandardCharsets.US_ASCII));
                runNext();
                assertThat(all(socket)).startsWith("HTTP/1.1 200").endsWith(path);
            }
        }
    }

    private void runNext() {
        Eventually.within(
                Duration.ofMillis(PATIENCE_MILLIS), () -> assertThat(waiting).isNotEmpty());
        waiting.remove().run();
    }
}
