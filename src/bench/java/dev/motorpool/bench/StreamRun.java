package dev.motorpool.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Sends endless lines through several streams and reads the answers, from one thread. Designed to be cheap: the
 * requests are built once, and most of the answers are only counted.
 */
final class StreamRun implements AutoCloseable {

    /** Many times the window of a stream, and small enough to finish quickly at the end. */
    private static final int MOST_UNANSWERED = 8 * StreamLines.ITEMS_OF_BLOCK;

    private static final byte[] LAST_CHUNK = ascii("0\r\n\r\n");

    private final Channels channels = new Channels();
    private final StreamLines lines;
    private final ByteBuffer head;
    private final ByteBuffer block = block();
    private final List<Connection> connections = new ArrayList<>();
    private boolean sending = true;
    private int open;

    StreamRun(int port, String path, int count, StreamLines lines) throws IOException {
        this.lines = lines;
        this.head = direct(ascii("POST " + path + " HTTP/1.1\r\nHost: 127.0.0.1:" + port
                + "\r\nContent-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n\r\n"));
        try {
            for (int i = 0; i < count; i++) {
                connections.add(new Connection(port));
            }
        } catch (IOException failed) {
            close();
            throw failed;
        }
    }

    /** Sends for this time; the rate is that of all items from the first one sent to the last one answered. */
    LoadResult forMillis(long millis) throws IOException {
        long begin = System.nanoTime();
        long end = begin + millis * 1_000_000;
        open = connections.size();
        for (Connection connection : connections) {
            connection.key.interestOps(SelectionKey.OP_READ | SelectionKey.OP_WRITE);
        }
        while (open > 0) {
            channels.handle();
            if (sending && System.nanoTime() - end >= 0) {
                sending = false;
                for (Connection connection : connections) {
                    connection.key.interestOps(SelectionKey.OP_READ | SelectionKey.OP_WRITE);
                }
            }
        }
        long nanos = System.nanoTime() - begin;
        long items = 0;
        for (Connection connection : connections) {
            connection.counter.checkWhole(connection.sent);
            items += connection.sent;
        }
        return LoadResult.ofItems(items, nanos);
    }

    @Override
    public void close() throws IOException {
        channels.close();
    }

    /** The items of a block as one chunk of a body. */
    private static ByteBuffer block() {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < StreamLines.ITEMS_OF_BLOCK; i++) {
            text.append(StreamLines.item(i)).append('\n');
        }
        return direct(ascii(Integer.toHexString(text.length()) + "\r\n" + text + "\r\n"));
    }

    private static ByteBuffer direct(byte[] bytes) {
        return ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** One stream. */
    private final class Connection {

        private final SocketChannel channel;
        private final SelectionKey key;
        private final LineCounter counter = new LineCounter(lines);
        private final StreamAnswer answer = new StreamAnswer(counter);
        private ByteBuffer out = head.duplicate();
        private long sent;
        private boolean lastSent;

        Connection(int port) throws IOException {
            key = channels.connect(port, 0, this::ready);
            channel = (SocketChannel) key.channel();
        }

        void ready() throws IOException {
            if (key.isReadable() && answer.readFrom(channel)) {
                if (!lastSent || out.hasRemaining()) {
                    throw new IOException("a stream ended before its request");
                }
                key.interestOps(0);
                open--;
                return;
            }
            if (key.isWritable()) {
                write();
            }
            boolean writes = out.hasRemaining() || (sending ? mayGoOn() : !lastSent);
            key.interestOps(writes ? SelectionKey.OP_READ | SelectionKey.OP_WRITE : SelectionKey.OP_READ);
        }

        private boolean mayGoOn() {
            return sent + StreamLines.ITEMS_OF_BLOCK - counter.count() <= MOST_UNANSWERED;
        }

        /** Writes one piece at a time, so that reading gets its turn. */
        private void write() throws IOException {
            if (!out.hasRemaining()) {
                if (!sending && !lastSent) {
                    lastSent = true;
                    out = ByteBuffer.wrap(LAST_CHUNK);
                } else if (sending && mayGoOn()) {
                    sent += StreamLines.ITEMS_OF_BLOCK;
                    out = block.duplicate();
                }
            }
            channel.write(out);
        }
    }
}
