package dev.motorpool.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;

/** Non-blocking connections to the service. Used by one thread. */
final class Channels implements AutoCloseable {

    private static final long SELECT_MILLIS = 5_000;

    /** Reads from or writes to a connection that is ready for it. */
    @FunctionalInterface
    interface Handler {
        void ready() throws IOException;
    }

    private final Selector selector;

    Channels() throws IOException {
        selector = Selector.open();
    }

    /** Connects. The handler is called when the channel of the key is ready for one of these operations. */
    SelectionKey connect(int port, int operations, Handler handler) throws IOException {
        SocketChannel channel = SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        channel.configureBlocking(false);
        return channel.register(selector, operations, handler);
    }

    /** Waits until a connection is ready, and calls the handlers of all that are. */
    void handle() throws IOException {
        IOException[] failure = {null};
        int ready = selector.select(
                key -> {
                    try {
                        ((Handler) key.attachment()).ready();
                    } catch (IOException failed) {
                        failure[0] = failed;
                    }
                },
                SELECT_MILLIS);
        if (failure[0] != null) {
            throw failure[0];
        }
        if (ready == 0) {
            throw new IOException("nothing came or could be sent within " + SELECT_MILLIS + " ms");
        }
    }

    @Override
    public void close() throws IOException {
        for (SelectionKey key : selector.keys()) {
            key.channel().close();
        }
        selector.close();
    }
}
