package dev.motorpool.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;

class HookSinkTest {

    private static final int TIMES = 50;
    private static final int CONNECTIONS = 4;
    private static final String BODY = "{\"timestamp\":\"2026-01-02T03:04:05.678Z\"}";
    private static final byte[] HOOK = ("POST /hook HTTP/1.1\r\nContent-Length: " + BODY.length() + "\r\n\r\n" + BODY)
            .getBytes(StandardCharsets.US_ASCII);

    @Test
    void aWebhookIsAnsweredAndItsDelayNoted() throws IOException {
        try (HookSink sink = new HookSink(true);
                Socket client = connected(sink)) {
            client.getOutputStream().write(HOOK);
            assertThat(new String(client.getInputStream().readNBytes(12), StandardCharsets.US_ASCII))
                    .isEqualTo("HTTP/1.1 204");
            assertThat(sink.taken()).isEqualTo(1);
            assertThat(sink.delays().total()).isEqualTo(1);
        }
    }

    @Test
    void itEndsInGoodOrderWhileWebhooksCome() throws IOException {
        Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
        Thread.UncaughtExceptionHandler usual = Thread.getDefaultUncaughtExceptionHandler();
        Thread.setDefaultUncaughtExceptionHandler((_, failure) -> failures.add(failure));
        try {
            for (int i = 0; i < TIMES; i++) {
                closeUnderLoad();
            }
        } finally {
            Thread.setDefaultUncaughtExceptionHandler(usual);
        }
        assertThat(failures).isEmpty();
    }

    private static void closeUnderLoad() throws IOException {
        List<Socket> clients = new ArrayList<>();
        HookSink sink = new HookSink(true);
        int port = URI.create(sink.url()).getPort();
        try (sink) {
            for (int i = 0; i < CONNECTIONS; i++) {
                Socket client = connected(sink);
                clients.add(client);
                client.getOutputStream().write(HOOK);
            }
        } finally {
            for (Socket client : clients) {
                client.close();
            }
        }
        assertThatThrownBy(() -> new Socket(InetAddress.getLoopbackAddress(), port).close())
                .isInstanceOf(IOException.class);
    }

    private static Socket connected(HookSink sink) throws IOException {
        return new Socket(
                InetAddress.getLoopbackAddress(), URI.create(sink.url()).getPort());
    }
}
