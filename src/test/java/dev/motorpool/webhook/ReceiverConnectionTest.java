package dev.motorpool.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.motorpool.testing.Eventually;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.io.CloseMode;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Connections to receivers that do not read. */
@Tag("service")
class ReceiverConnectionTest {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @TempDir
    Path directory;

    @Test
    void closingDoesNotWaitForAReceiverThatDoesNotRead() throws Exception {
        try (ServerSocket receiver = SelfSigned.listen(directory);
                Socket base = new Socket(InetAddress.getLoopbackAddress(), receiver.getLocalPort())) {
            SSLSocket secure = (SSLSocket)
                    trusting().getSocketFactory().createSocket(base, "127.0.0.1", receiver.getLocalPort(), true);
            CountDownLatch over = new CountDownLatch(1);
            Thread accepting = Thread.ofVirtual().start(() -> shakeHands(receiver, over));
            secure.startHandshake();
            ReceiverConnection connection = new ReceiverConnection(Http1Config.DEFAULT);
            connection.bind(secure, base);
            AtomicLong written = new AtomicLong();
            Thread writer = Thread.ofVirtual().start(() -> fill(secure, written));
            stalls(written);

            Thread closing = Thread.ofVirtual().start(() -> connection.close(CloseMode.GRACEFUL));
            assertThat(closing.join(PATIENCE)).isTrue();
            assertThat(writer.join(PATIENCE)).isTrue();
            assertThat(connection.isOpen()).isFalse();
            over.countDown();
            assertThat(accepting.join(PATIENCE)).isTrue();
        }
    }

    @Test
    void whatWasClosedBeforeItWasMadeIsNotUsed() throws Exception {
        try (ServerSocket receiver = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                Socket socket = new Socket(InetAddress.getLoopbackAddress(), receiver.getLocalPort())) {
            ReceiverConnection connection = new ReceiverConnection(Http1Config.DEFAULT);
            connection.close();
            assertThatExceptionOfType(InterruptedIOException.class).isThrownBy(() -> connection.bind(socket));
            assertThat(socket.isClosed()).isTrue();
        }
    }

    private SSLContext trusting() throws Exception {
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(directory.resolve("keys.p12"))) {
            keys.load(in, "changeit".toCharArray());
        }
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("hook", keys.getCertificate("hook"));
        TrustManagerFactory managers = TrustManagerFactory.getInstance("PKIX");
        managers.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, managers.getTrustManagers(), null);
        return context;
    }

    /** Keeps the connection, and reads nothing, until the test is over. */
    private static void shakeHands(ServerSocket receiver, CountDownLatch over) {
        try (SSLSocket accepted = (SSLSocket) receiver.accept()) {
            accepted.startHandshake();
            over.await();
        } catch (IOException | InterruptedException ended) {
            // as it should
        }
    }

    private static void fill(SSLSocket secure, AtomicLong written) {
        byte[] some = new byte[10_000];
        try {
            OutputStream out = secure.getOutputStream();
            while (true) {
                out.write(some);
                written.addAndGet(some.length);
            }
        } catch (IOException ended) {
            // as it should
        }
    }

    /** Waits until nothing more is written for half a second. */
    private static void stalls(AtomicLong written) {
        AtomicLong seen = new AtomicLong(-1);
        AtomicLong since = new AtomicLong();
        Eventually.within(PATIENCE, () -> {
            long now = System.nanoTime();
            if (seen.getAndSet(written.get()) != seen.get() || seen.get() == 0) {
                since.set(now);
            }
            assertThat(now - since.get()).isGreaterThan(500_000_000L);
        });
    }
}
