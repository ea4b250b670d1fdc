package dev.motorpool.http.server;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.apache.catalina.Context;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.startup.Tomcat;
import org.apache.coyote.AbstractProtocol;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tomcat with the service's protocol, when threads of requests cannot be started. */
class RequestThreadsTest {

    private static final int PATIENCE_MILLIS = 60_000;

    @TempDir
    private Path folder;

    private final Tomcat tomcat = new Tomcat();

    /** What the start of a thread fails with; null while it does not. */
    private final AtomicReference<@Nullable Supplier<Throwable>> failure = new AtomicReference<>();

    private final Executor threads = request -> {
        Supplier<Throwable> thrown = failure.get();
        if (thrown != null) {
            RequestThreadsTest.<RuntimeException>raise(thrown.get());
        }
        Thread.ofVirtual().start(request);
    };

    @SuppressWarnings("unchecked") // any throwable, as at the start of a thread
    private static <T extends Throwable> void raise(Throwable thrown) throws T {
        throw (T) thrown;
    }

    @BeforeEach
    void start() throws Exception {
        tomcat.setBaseDir(folder.toString());
        Connector connector = new Connector(WatchedProtocol.class.getName());
        connector.setPort(0);
        connector.setProperty("address", "127.0.0.1");
        ((AbstractProtocol<?>) connector.getProtocolHandler()).setExecutor(threads);
        tomcat.setConnector(connector);
        Context context = tomcat.addContext("", folder.toString());
        Tomcat.addServlet(context, "ok", new HttpServlet() {
            private static final long serialVersionUID = 1L;

            @Override
            protected void doGet(HttpServletRequest request, HttpServletResponse response) {
                response.setStatus(204);
            }
        });
        context.addServletMappingDecoded("/", "ok");
        tomcat.start();
    }

    @AfterEach
    void stop() throws Exception {
        tomcat.stop();
        tomcat.destroy();
    }

    private Socket connect() throws IOException {
        Socket socket = new Socket(
                InetAddress.ofLiteral("127.0.0.1"), tomcat.getConnector().getLocalPort());
        socket.setSoTimeout(PATIENCE_MILLIS);
        return socket;
    }

    /** The beginning of the answer; empty if the connection ends without one. */
    private static String get(Socket socket) throws IOException {
        socket.getOutputStream().write("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        InputStream in = socket.getInputStream();
        return new String(in.readNBytes("HTTP/1.1 204".length()), StandardCharsets.US_ASCII);
    }

    @Test
    void aThreadThatCannotBeStartedCostsItsConnectionOnly() throws IOException {
        List<Supplier<Throwable>> failures = List.of(
                () -> new OutOfMemoryError("unable to create native thread"),
                () -> new InternalError("injected"),
                () -> new IllegalThreadStateException("injected"),
                () -> new RejectedExecutionException("injected"));
        try (Socket idle = connect()) {
            assertThat(get(idle)).isEqualTo("HTTP/1.1 204");
            for (Supplier<Throwable> each : failures) {
                failure.set(each);
                try (Socket refused = connect()) {
                    assertThat(get(refused)).as("%s", each.get()).isEmpty();
                }
                failure.set(null);
                try (Socket next = connect()) {
                    assertThat(get(next)).as("after %s", each.get()).isEqualTo("HTTP/1.1 204");
                }
            }
            byte[] rest = idle.getInputStream().readNBytes(idle.getInputStream().available());
            assertThat(new String(rest, StandardCharsets.US_ASCII)).endsWith("\r\n\r\n");
            assertThat(get(idle)).as("a connection that was open all the time").isEqualTo("HTTP/1.1 204");
        }
    }
}
