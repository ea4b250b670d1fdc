package dev.motorpool.http.server;

import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.TimeUnit;
import org.apache.coyote.ActionCode;
import org.apache.coyote.ContinueResponseTiming;
import org.apache.coyote.Request;
import org.apache.tomcat.util.net.ApplicationBufferHandler;
import org.apache.tomcat.util.net.NioChannel;
import org.apache.tomcat.util.net.SocketBufferHandler;
import org.apache.tomcat.util.net.SocketWrapperBase;
import org.jspecify.annotations.Nullable;

/**
 * The connection of a request, below the servlet API: reads the body with a time limit, and detects whether the client
 * is still connected while nothing is read or written. One object for each of Tomcat's processors. Used by the thread
 * that handles the processor's current request and, while that thread waits, by the {@link ClientWatch}; never by both
 * at once.
 *
 * <p>The check reads without blocking into the connection's own read buffer, after the bytes already there. A pipelined
 * request therefore stays where Tomcat will look for it; no byte is lost. When the buffer is full, a check detects
 * nothing: the client counts as connected.
 */
public final class ClientConnection implements ApplicationBufferHandler {

    /** The note under which the processor's request holds its connection. */
    static final int NOTE = 17;

    /** The attribute under which a servlet request holds its connection. */
    public static final String ATTRIBUTE = "dev.motorpool.http.connection";

    private static final long SOON_MILLIS = 20;
    private static final long SMALL_REST = 64 << 10;
    private static final long LINGER_MILLIS = 1_000;
    private static final long LONG_REST = 32 << 20;

    private final Request request;
    private final WatchedProtocol.WatchedProcessor processor;

    /** The bytes of the latest read; replaced by Tomcat with each read. */
    private ByteBuffer chunk = ByteBuffer.allocate(0);

    public ClientConnection(Request request, WatchedProtocol.WatchedProcessor processor) {
        this.request = request;
        this.processor = processor;
    }

    /**
     * Reads the available bytes of the body; waits at most this long.
     *
     * @return the bytes, valid until the next call; null at the end of the body
     * @throws java.net.SocketTimeoutException if nothing arrived in time
     * @throws IOException if the body ended early or is malformed
     */
    public @Nullable ByteBuffer read(long timeoutMillis) throws IOException {
        SocketWrapperBase<?> socket = processor.socket();
        if (socket == null) {
            throw new IOException("the connection has been closed");
        }
        long before = socket.getReadTimeout();
        socket.setReadTimeout(timeoutMillis);
        try {
            return request.doRead(this) < 0 ? null : chunk;
        } finally {
            socket.setReadTimeout(before);
        }
    }

    /** Sets how long a write may wait for the client; 0 or less: for ever. Returns the previous value. */
    public long limitWrites(long millis) {
        SocketWrapperBase<?> socket = processor.socket();
        if (socket == null) {
            return millis;
        }
        long before = socket.getWriteTimeout();
        socket.setWriteTimeout(millis);
        return before;
    }

    /** Limits the unsent bytes that the kernel buffers to about this size. */
    public void limitUnsent(int bytes) {
        SocketWrapperBase<?> socket = processor.socket();
        if (socket != null && socket.getSocket() instanceof NioChannel channel) {
            try {
                channel.getIOChannel().setOption(StandardSocketOptions.SO_SNDBUF, bytes);
            } catch (IOException closed) {
                // The limit stays as it was.
            }
        }
    }

    /** The state of a client's connection. */
    public enum Presence {
        /** Connected, as far as can be seen. */
        THERE,
        /** The client has closed its sending side; only a write shows whether it still reads. */
        SILENT,
        /** The connection is broken. */
        GONE
    }

    /** The current state. Does not block. */
    public Presence presence() {
        try {
            return look() < 0 ? Presence.SILENT : Presence.THERE;
        } catch (IOException broken) {
            return Presence.GONE;
        }
    }

    private int look() throws IOException {
        SocketWrapperBase<?> socket = processor.socket();
        if (socket == null || socket.isClosed() || !(socket.getSocket() instanceof NioChannel channel)) {
            throw new ClosedChannelException();
        }
        SocketBufferHandler buffers = socket.getSocketBufferHandler();
        buffers.configureReadBufferForWrite();
        ByteBuffer ahead = buffers.getReadBuffer();
        int count = 1;
        while (count > 0 && ahead.hasRemaining()) {
            count = channel.read(ahead);
        }
        return count;
    }

    /** Sends "100 Continue" to a client that waits for it, before an answer begins that ends only after the body. */
    public void goOn() {
        request.action(ActionCode.ACK, ContinueResponseTiming.ON_REQUEST_BODY_READ);
    }

    /**
     * Wakes a thread that waits in {@link #read}: nothing more will arrive. Any thread may call this; the connection
     * must be closed afterwards.
     */
    public void endReading() {
        SocketWrapperBase<?> socket = processor.socket();
        if (socket != null && socket.getSocket() instanceof NioChannel channel) {
            try {
                channel.getIOChannel().shutdownInput();
            } catch (IOException closed) {
                // Nothing arrives in this case either.
            }
        }
    }

    /** Whether nothing of the body is left to read, or the rest has arrived and can be discarded at once. */
    public boolean bodyRead(boolean mayAsk) {
        return request.isFinished() || (mayAsk && drop(SOON_MILLIS, SMALL_REST) && request.isFinished());
    }

    /**
     * Reads and discards the rest of the body, for a bounded time: a client that sends reads the answer only
     * afterwards.
     */
    public void dropRest() {
        drop(LINGER_MILLIS, LONG_REST);
    }

    private boolean drop(long millis, long most) {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        long dropped = 0;
        try {
            while (dropped < most) {
                long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
                ByteBuffer rest = left <= 0 ? null : read(left);
                if (rest == null) {
                    return left > 0;
                }
                dropped += rest.remaining();
            }
        } catch (IOException over) {
            return false;
        }
        return false;
    }

    /** Closes the connection after this answer; the rest of the body is not read. */
    public void closeAfterAnswer() {
        request.action(ActionCode.DISABLE_SWALLOW_INPUT, null);
    }

    /** Closes the connection now, without an answer. */
    public void closeNow() {
        request.action(ActionCode.CLOSE_NOW, null);
    }

    @Override
    public void setByteBuffer(ByteBuffer buffer) {
        chunk = buffer;
    }

    @Override
    public ByteBuffer getByteBuffer() {
        return chunk;
    }

    @Override
    public void expand(int size) {
        // The buffers are Tomcat's own; nothing is stored in them here.
    }
}
