package dev.motorpool.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.motorpool.testing.ServiceProcess;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Eleven thousand clients at once, one connection each, all on one thread of this process. */
@Tag("slow")
class ManyClientsTest {

    private static final int CLIENTS = 11_000;
    private static final int CONNECTING_AT_ONCE = 500;
    private static final long LIMIT_NANOS = TimeUnit.SECONDS.toNanos(120);
    private static final byte[] REQUEST = request("{\"function\":\"sleep\",\"args\":[5],\"pool\":\"coroutines\"}");

    /** A client with the rest of its request and the received part of its answer. */
    private static final class Client {
        private final ByteBuffer unsent = ByteBuffer.wrap(REQUEST);
        private final StringBuilder received = new StringBuilder();

        boolean answered() {
            return received.indexOf("\"value\":5,") > 0;
        }
    }

    @Test
    void eachGetsItsAnswer(@TempDir Path data) throws Exception {
        try (ServiceProcess service = ServiceProcess.start(data, "--motorpool.pools.coroutines.size=11000");
                Selector selector = Selector.open()) {
            InetSocketAddress address = new InetSocketAddress(
                    InetAddress.getLoopbackAddress(), service.ready().getPort());
            long begin = System.nanoTime();
            int opened = 0;
            int connected = 0;
            int answered = 0;
            ByteBuffer buffer = ByteBuffer.allocate(16 * 1024);
            while (answered < CLIENTS) {
                assertThat(System.nanoTime() - begin)
                        .as("%s of %s answered, %s connected", answered, CLIENTS, connected)
                        .isLessThan(LIMIT_NANOS);
                while (opened < CLIENTS && opened - connected < CONNECTING_AT_ONCE) {
                    SocketChannel channel = SocketChannel.open();
                    channel.configureBlocking(false);
                    channel.connect(address);
                    channel.register(selector, SelectionKey.OP_CONNECT, new Client());
                    opened++;
                }
                selector.select(100);
                for (Iterator<SelectionKey> keys = selector.selectedKeys().iterator(); keys.hasNext(); ) {
                    SelectionKey key = keys.next();
                    keys.remove();
                    if (key.isConnectable()) {
                        connected++;
                    }
                    answered += advance(key, buffer) ? 1 : 0;
                }
            }
            double seconds = (System.nanoTime() - begin) / 1e9;
            System.out.printf(
                    "%d clients, sleep(5) each: all answered after %.1f s; memory of the service at its highest: %s,"
                            + " now: %s%n",
                    CLIENTS, seconds, memory(service, "VmHWM"), memory(service, "VmRSS"));
            for (SelectionKey key : selector.keys()) {
                key.channel().close();
            }
            assertThat(service.get("/v1/pools/coroutines").body()).contains("\"succeeded\":" + CLIENTS);
        }
    }

    /** Advances one client; true if its answer has just become complete. */
    private static boolean advance(SelectionKey key, ByteBuffer buffer) throws IOException {
        SocketChannel channel = (SocketChannel) key.channel();
        Client client = (Client) key.attachment();
        if (key.isConnectable()) {
            channel.finishConnect();
            key.interestOps(SelectionKey.OP_WRITE);
        } else if (key.isWritable()) {
            channel.write(client.unsent);
            if (!client.unsent.hasRemaining()) {
                key.interestOps(SelectionKey.OP_READ);
            }
        } else if (key.isReadable()) {
            buffer.clear();
            assertThat(channel.read(buffer)).as("the connection stays open").isPositive();
            buffer.flip();
            boolean before = client.answered();
            client.received.append(StandardCharsets.UTF_8.decode(buffer));
            assertThat(client.received).startsWith("HTTP/1.1 200");
            return !before && client.answered();
        }
        return false;
    }

    private static String memory(ServiceProcess service, String figure) throws IOException {
        return Files.readAllLines(Path.of("/proc/" + service.process().pid() + "/status")).stream()
                .filter(line -> line.startsWith(figure))
                .map(line -> line.replaceAll("\\s+", " "))
                .findFirst()
                .orElse("unknown");
    }

    private static byte[] request(String body) {
        String head =
                "POST /v1/apply HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ";
        return (head + body.length() + "\r\n\r\n" + body).getBytes(StandardCharsets.US_ASCII);
    }
}
