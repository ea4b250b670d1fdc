package dev.motorpool.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;

/**
 * Keeps connections busy with the same request, from one thread: each connection sends its next request when its answer
 * is complete. Designed to be cheap, because it shares the processors with the service that it measures.
 */
final class LoadRun implements AutoCloseable {

    private static final long SELECT_MILLIS = 5_000;

    private final Selector selector;
    private final ByteBuffer request;
    private final List<Connection> connections = new ArrayList<>();
    private final LatencyHistogram latencies = new LatencyHistogram();
    private byte[] firstAnswer = {};
    private boolean sending = true;
    private int waiting;

    LoadRun(int port, byte[] request, int count) throws IOException {
        this.selector = Selector.open();
        this.request = ByteBuffer.allocateDirect(request.length).put(request).flip();
        try {
            for (int i = 0; i < count; i++) {
                connections.add(new Connection(port));
            }
        } catch (IOException failed) {
            close();
            throw failed;
        }
    }

    LoadResult forMillis(long millis) throws IOException {
        long begin = System.nanoTime();
        long end = begin + millis * 1_000_000;
        for (Connection connection : connections) {
            connection.send();
        }
        while (sending) {
            look();
            sending = System.nanoTime() - end < 0;
        }
        long nanos = System.nanoTime() - begin;
        LoadResult result = LoadResult.of(latencies, nanos, firstAnswer);
        while (waiting > 0) {
            look();
        }
        return result;
    }

    private void look() throws IOException {
        IOException[] failure = {null};
        int ready = selector.select(
                key -> {
                    try {
                        ((Connection) key.attachment()).readable();
                    } catch (IOException failed) {
                        failure[0] = failed;
                    }
                },
                SELECT_MILLIS);
        if (failure[0] != null) {
            throw failure[0];
        }
        if (ready == 0) {
            throw new IOException("no answer within " + SELECT_MILLIS + " ms");
        }
    }

    @Override
    public void close() throws IOException {
        for (Connection connection : connections) {
            connection.channel.close();
        }
        selector.close();
    }

    /** One connection, with at most one request under way. */
    private final class Connection {

        private final SocketChannel channel;
        private final ByteBuffer own = request.duplicate();
        private final AnswerBuffer answer = new AnswerBuffer();
        private long sentAt;

        Connection(int port) throws IOException {
            channel = SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            channel.configureBlocking(false);
            channel.register(selector, SelectionKey.OP_READ, this);
        }

        /** The request is small and the connection is empty: it goes out in one piece. */
        void send() throws IOException {
            sentAt = System.nanoTime();
            own.clear();
            channel.write(own);
            if (own.hasRemaining()) {
                throw new IOException("a request of " + own.capacity() + " bytes did not go out in one piece");
            }
            waiting++;
        }

        void readable() throws IOException {
            if (!answer.readFrom(channel)) {
                return;
            }
            latencies.add(System.nanoTime() - sentAt);
            waiting--;
            if (firstAnswer.length == 0) {
                firstAnswer = answer.bytes();
            }
            answer.clear();
            if (sending) {
                send();
            }
        }
    }
}
