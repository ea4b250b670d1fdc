package dev.motorpool.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;

/**
 * Keeps connections busy with the same request, from one thread: each connection sends its next request when its answer
 * is complete. Designed to be cheap, because it shares the processors with the service that it measures.
 */
final class LoadRun implements AutoCloseable {

    private final Channels channels = new Channels();
    private final ByteBuffer request;
    private final List<Connection> connections = new ArrayList<>();
    private final LatencyHistogram latencies = new LatencyHistogram();
    private byte[] firstAnswer = {};
    private boolean sending = true;
    private int waiting;

    LoadRun(int port, byte[] request, int count) throws IOException {
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
            channels.handle();
            sending = System.nanoTime() - end < 0;
        }
        long nanos = System.nanoTime() - begin;
        LoadResult result = LoadResult.of(latencies, nanos, firstAnswer);
        while (waiting > 0) {
            channels.handle();
        }
        return result;
    }

    @Override
    public void close() throws IOException {
        channels.close();
    }

    /** One connection, with at most one request under way. */
    private final class Connection {

        private final SocketChannel channel;
        private final ByteBuffer own = request.duplicate();
        private final AnswerBuffer answer = new AnswerBuffer();
        private long sentAt;

        Connection(int port) throws IOException {
            channel = (SocketChannel)
                    channels.connect(port, SelectionKey.OP_READ, this::readable).channel();
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
