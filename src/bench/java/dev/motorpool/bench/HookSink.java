package dev.motorpool.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Iterator;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A cheap receiver of webhooks on one thread. It records the delay of each after the job's end, or accepts them and
 * never answers. The selector and all channels belong to that thread, which closes them at its end.
 */
final class HookSink implements AutoCloseable {

    private static final byte[] ANSWER = "HTTP/1.1 204 No Content\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final String LENGTH = "Content-Length: ";
    private static final String TIMESTAMP = "\"timestamp\":\"";
    private static final int TIME_LENGTH = 24;
    private static final int BUFFER = 64 << 10;

    private final Selector selector;
    private final ServerSocketChannel listening;
    private final boolean answers;
    private final Thread thread;
    private final AtomicLong taken = new AtomicLong();

    /** Set once, by {@link #close}. */
    private volatile boolean over;

    /** Guarded by this object's monitor. */
    private LatencyHistogram delays = new LatencyHistogram();

    HookSink(boolean answers) throws IOException {
        this.answers = answers;
        this.selector = Selector.open();
        this.listening = ServerSocketChannel.open();
        listening.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1_000);
        listening.configureBlocking(false);
        listening.register(selector, SelectionKey.OP_ACCEPT);
        this.thread = Thread.ofPlatform().daemon().name("bench-hook-sink").start(this::run);
    }

    String url() throws IOException {
        return "http://127.0.0.1:" + ((InetSocketAddress) listening.getLocalAddress()).getPort() + "/hook";
    }

    long taken() {
        return taken.get();
    }

    /** The delays since the last call. */
    synchronized LatencyHistogram delays() {
        LatencyHistogram known = delays;
        delays = new LatencyHistogram();
        return known;
    }

    /** The received part of a connection's next message. */
    private static final class Inbox {
        private final byte[] bytes;
        private final ByteBuffer buffer;

        Inbox(byte[] bytes) {
            this.bytes = bytes;
            this.buffer = ByteBuffer.wrap(bytes);
        }
    }

    private void run() {
        try {
            try {
                while (!over) {
                    selector.select();
                    Iterator<SelectionKey> keys = selector.selectedKeys().iterator();
                    while (keys.hasNext()) {
                        SelectionKey key = keys.next();
                        keys.remove();
                        if (key.isAcceptable()) {
                            accept();
                        } else {
                            serve(key);
                        }
                    }
                }
            } finally {
                for (SelectionKey key : selector.keys()) {
                    key.channel().close();
                }
                selector.close();
            }
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    private void accept() throws IOException {
        SocketChannel connection = listening.accept();
        if (connection != null) { // its client may have disconnected
            connection.configureBlocking(false);
            connection.register(selector, SelectionKey.OP_READ, new Inbox(new byte[BUFFER]));
        }
    }

    private void serve(SelectionKey key) throws IOException {
        SocketChannel connection = (SocketChannel) key.channel();
        Inbox inbox = (Inbox) key.attachment();
        ByteBuffer buffer = inbox.buffer;
        try {
            if (connection.read(buffer) < 0) {
                connection.close();
                return;
            }
            String text = new String(inbox.bytes, 0, buffer.position(), StandardCharsets.ISO_8859_1);
            int head = text.indexOf("\r\n\r\n");
            int at = text.indexOf(LENGTH);
            if (head < 0 || at < 0) {
                return;
            }
            int end = text.indexOf('\r', at);
            int length = Integer.parseInt(text, at + LENGTH.length(), end, 10);
            if (buffer.position() < head + 4 + length) {
                return;
            }
            note(text);
            buffer.clear();
            if (answers) {
                connection.write(ByteBuffer.wrap(ANSWER));
            }
        } catch (IOException gone) {
            connection.close();
        }
    }

    private void note(String text) {
        int at = text.indexOf(TIMESTAMP) + TIMESTAMP.length();
        Instant ended = Instant.parse(text.substring(at, at + TIME_LENGTH));
        Instant now = Instant.now();
        long nanos = (now.getEpochSecond() - ended.getEpochSecond()) * 1_000_000_000 + now.getNano() - ended.getNano();
        synchronized (this) {
            delays.add(Math.max(0, nanos));
        }
        taken.incrementAndGet();
    }

    /** Stops the thread, which checks for this after each event, and waits for it. */
    @Override
    public void close() {
        over = true;
        selector.wakeup();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
