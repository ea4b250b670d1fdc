package dev.motorpool.http.server;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import java.util.concurrent.Semaphore;
import org.apache.tomcat.util.net.NioChannel;
import org.apache.tomcat.util.net.NioEndpoint;
import org.apache.tomcat.util.net.NioEndpoint.NioSocketWrapper;
import org.apache.tomcat.util.net.SocketBufferHandler;
import org.apache.tomcat.util.net.SocketEvent;
import org.apache.tomcat.util.net.SocketWrapperBase;
import org.jspecify.annotations.Nullable;

/**
 * A connection that can read ahead of Tomcat when Tomcat's own buffer is full: a disconnect is visible only after the
 * bytes sent before it. The next reads return the bytes read ahead. Read by one thread at a time, as all connections
 * are; any thread may close it.
 */
final class RoomyChannel extends NioChannel {

    /** Most bytes read ahead of one connection. */
    static final int MOST = 64 << 10;

    /** Most connections that read ahead at once. */
    private static final int MOST_CONNECTIONS = 256;

    /** Tomcat's endpoint with these channels. */
    static final class Endpoint extends NioEndpoint {

        private final Semaphore room = new Semaphore(MOST_CONNECTIONS);
        private final AddressConnections ofAddresses = new AddressConnections();

        /** Created at the start of the endpoint and closed at its end. */
        private volatile @Nullable HealthThreads health;

        AddressConnections connectionsOfAddresses() {
            return ofAddresses;
        }

        @Override
        public void setHandler(Handler<NioChannel> handler) {
            super.setHandler(ofAddresses.counting(handler));
        }

        /** The acceptor closes only channels that were accepted. */
        @Override
        protected boolean setSocketOptions(SocketChannel channel) {
            if (!ofAddresses.enter(channel)) {
                destroySocket(channel);
                return false;
            }
            boolean taken = super.setSocketOptions(channel);
            if (!taken) {
                ofAddresses.leave(channel);
            }
            return taken;
        }

        @Override
        public void startInternal() throws Exception {
            health = new HealthThreads();
            super.startInternal();
        }

        @Override
        public void stopInternal() {
            super.stopInternal();
            HealthThreads threads = health;
            health = null;
            if (threads != null) {
                threads.close();
            }
        }

        @Override
        public boolean processSocket(SocketWrapperBase<NioChannel> socket, SocketEvent event, boolean dispatch) {
            HealthThreads threads = health;
            return (threads != null
                            && event == SocketEvent.OPEN_READ
                            && socket.getSocket() instanceof RoomyChannel channel
                            && channel.isFirstRead()
                            && HealthThreads.isHealthCheck(channel, socket.getSocketBufferHandler())
                            && threads.run(() -> processHere(socket, event)))
                    || super.processSocket(socket, event, dispatch);
        }

        private void processHere(SocketWrapperBase<NioChannel> socket, SocketEvent event) {
            boolean _ = super.processSocket(socket, event, false);
        }

        @Override
        protected NioChannel createChannel(SocketBufferHandler buffer) {
            return isSSLEnabled() ? super.createChannel(buffer) : new RoomyChannel(buffer, room);
        }
    }

    private final Semaphore room;

    /** The bytes read ahead, from 0 to its position; null if none. Written under this object's monitor. */
    private volatile @Nullable ByteBuffer ahead;

    /** Whether nothing was read from the connection. Set by the accepting thread, then used by the polling one. */
    private boolean fresh;

    private RoomyChannel(SocketBufferHandler buffers, Semaphore room) {
        super(buffers);
        this.room = room;
    }

    /** Prepares the channel for a new connection. */
    @Override
    public void reset(SocketChannel channel, NioSocketWrapper socket) throws IOException {
        super.reset(channel, socket);
        fresh = true;
    }

    /** True once for each connection. */
    private boolean isFirstRead() {
        boolean first = fresh;
        fresh = false;
        return first;
    }

    /** Reads available bytes ahead while there is room; negative if the client has closed its sending side. */
    synchronized int readAhead() throws IOException {
        ByteBuffer buffer = ahead;
        if (buffer == null) {
            if (!room.tryAcquire()) {
                return 0;
            }
            buffer = ByteBuffer.allocate(MOST);
            ahead = buffer;
        }
        try {
            return buffer.hasRemaining() ? sc.read(buffer) : 0;
        } finally {
            if (buffer.position() == 0) {
                drop();
            }
        }
    }

    @Override
    public int read(ByteBuffer target) throws IOException {
        return ahead == null || !target.hasRemaining() ? super.read(target) : take(target);
    }

    private synchronized int take(ByteBuffer target) throws IOException {
        ByteBuffer buffer = ahead;
        if (buffer == null) {
            throw new ClosedChannelException();
        }
        buffer.flip();
        int count = Math.min(buffer.remaining(), target.remaining());
        target.put(target.position(), buffer, buffer.position(), count);
        target.position(target.position() + count);
        buffer.position(buffer.position() + count);
        buffer.compact();
        if (buffer.position() == 0) {
            drop();
        }
        return count;
    }

    private synchronized void drop() {
        if (ahead != null) {
            ahead = null;
            room.release();
        }
    }

    @Override
    public void close() throws IOException {
        try {
            super.close();
        } finally {
            drop();
        }
    }
}
