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
 * The connection that a request came on, below the servlet API: reads its body with a time limit, and tells whether the
 * client is still there while nothing is read or written. One object for each of Tomcat's processors; used by the thread
 * that handles the processor's present request, and, while that thread waits, by the {@link ClientWatch}, one at a time.
 *
 * <p>The look reads without blocking straight into the connection's own read buffer, behind what is there, and when
 * that is full, in a {@link RoomyChannel}. A following request that a client sends ahead therefore stays where Tomcat
 * will look for it; no byte is eaten. When there is no room any more a look shows nothing: the client counts as present.
 */
public final class ClientConnection implements ApplicationBufferHandler {

    /** Under this number the processor's request knows its connection. */
    static final int NOTE = 17;

    /** Under this name a servlet request knows its connection. */
    public static final String ATTRIBUTE = "dev.motorpool.http.connection";

    private static final long SOON_MILLIS = 20;
    private static final long SMALL_REST = 64 << 10;
    private static final long LINGER_MILLIS = 1_000;
    private static final long LONG_REST = 32 << 20;

    private final Request request;
    private final WatchedProtocol.WatchedProcessor processor;

    /** What the latest read gave; replaced by Tomcat with each read. */
    private ByteBuffer chunk = ByteBuffer.allocate(0);

    public ClientConnection(Request request, WatchedProtocol.WatchedProcessor processor) {
        this.request = request;
        this.processor = processor;
    }

    /**
     * Reads what there is of the body, waiting for it at most so long.
     *
     * @return what has come, valid until the next call; null at the end of the body
     * @throws java.net.SocketTimeoutException if nothing came in time
     * @throws IOException if the body ended early or its form is wrong
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

    /** How long a write may wait for the client from now on, 0 or less: for ever; answers how long it was before. */
    public long limitWrites(long millis) {
        SocketWrapperBase<?> socket = processor.socket();
        if (socket == null) {
            return millis;
        }
        long before = socket.getWriteTimeout();
        socket.setWriteTimeout(millis);
        return before;
    }

    /** Lets the kernel keep no more than this, or somewhat more, of what is written and the client has not taken. */
    public void limitUnsent(int bytes) {
        SocketWrapperBase<?> socket = processor.socket();
        if (socket != null && socket.getSocket() instanceof NioChannel channel) {
            try {
                channel.getIOChannel().setOption(StandardSocketOptions.SO_SNDBUF, bytes);
            } catch (IOException closed) {
                // Then nothing is kept.
            }
        }
    }

    /** What can be known of a client. */
    public enum Presence {
        THERE,
        /** It has closed its sending side; whether it still reads shows only when something is written. */
        SILENT,
        /** The connection has broken. */
        GONE
    }

    /** How the client is now. Never waits. */
    public Presence presence() {
        try {
            return look() < 0 ? Presence.SILENT : Presence.THERE;
        } catch (IOException broken) {
            return Presence.GONE;
        }
    }

    /** Whether the client has closed its sending side, or the connection has broken. Never waits. */
    public boolean gone() {
        return presence() != Presence.THERE;
    }

    /** Whether the connection has broken; a client that has closed its sending side may still read. Never waits. */
    public boolean broken() {
        return presence() == Presence.GONE;
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
        while (count > 0 && channel instanceof RoomyChannel roomy) {
            count = roomy.readAhead();
        }
        return count;
    }

    /** Tells a client that waits for it to send its body, before an answer begins that will not end before the body. */
    public void goOn() {
        request.action(ActionCode.ACK, ContinueResponseTiming.ON_REQUEST_BODY_READ);
    }

    /** Wakes who waits in {@link #read}: nothing more will come. Any thread may do this; the connection has to end. */
    public void endReading() {
        SocketWrapperBase<?> socket = processor.socket();
        if (socket != null && socket.getSocket() instanceof NioChannel channel) {
            try {
                channel.getIOChannel().shutdownInput();
            } catch (IOException closed) {
                // Then nothing comes either.
            }
        }
    }

    /** Whether nothing of the body is left to read, or what is left has come already and can be dropped at once. */
    public boolean bodyRead(boolean mayAsk) {
        return request.isFinished() || (mayAsk && drop(SOON_MILLIS, SMALL_REST) && request.isFinished());
    }

    /** Reads and drops what still comes of the body, for a bounded time: its client reads our answer only afterwards. */
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

    /** The connection ends after this answer, and the rest of the body is not read. */
    public void closeAfterAnswer() {
        request.action(ActionCode.DISABLE_SWALLOW_INPUT, null);
    }

    /** The connection ends now, without an answer. */
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
        // The buffers that come are Tomcat's own; nothing is gathered in them here.
    }
}
