package dev.motorpool.http.server;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import org.apache.tomcat.util.net.NioChannel;
import org.apache.tomcat.util.net.NioEndpoint;
import org.apache.tomcat.util.net.SocketBufferHandler;
import org.apache.tomcat.util.net.SocketEvent;
import org.apache.tomcat.util.net.SocketWrapperBase;
import org.jspecify.annotations.Nullable;

/** Tomcat's connections. Health checks that are recognized run on {@link HealthThreads}. */
final class HealthEndpoint extends NioEndpoint {

    /** A connection without TLS. */
    private static final class PlainChannel extends NioChannel {

        /** Whether nothing was read from the connection. Set by the accepting thread, then used by the polling one. */
        private boolean fresh;

        PlainChannel(SocketBufferHandler buffers) {
            super(buffers);
        }

        /** Prepares the channel for a new connection. */
        @Override
        public void reset(SocketChannel channel, NioSocketWrapper socket) throws IOException {
            super.reset(channel, socket);
            fresh = true;
        }

        /** True once for each connection. */
        boolean isFirstRead() {
            boolean first = fresh;
            fresh = false;
            return first;
        }
    }

    /** Created at the start of the endpoint and closed at its end. */
    private volatile @Nullable HealthThreads health;

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
                        && socket.getSocket() instanceof PlainChannel channel
                        && channel.isFirstRead()
                        && HealthThreads.isHealthCheck(channel, socket.getSocketBufferHandler())
                        && threads.run(() -> processHere(socket, event)))
                || super.processSocket(socket, event, dispatch);
    }

    private void processHere(SocketWrapperBase<NioChannel> socket, SocketEvent event) {
        boolean _ = super.processSocket(socket, event, false);
    }

    @Override
    protected NioChannel createChannel(SocketBufferHandler buffers) {
        return isSSLEnabled() ? super.createChannel(buffers) : new PlainChannel(buffers);
    }
}
