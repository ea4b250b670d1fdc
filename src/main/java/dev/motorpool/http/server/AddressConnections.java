package dev.motorpool.http.server;

import java.net.InetAddress;
import java.nio.channels.SocketChannel;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.tomcat.util.net.AbstractEndpoint.Handler;
import org.apache.tomcat.util.net.NioChannel;
import org.apache.tomcat.util.net.SocketEvent;
import org.apache.tomcat.util.net.SocketWrapperBase;

/**
 * Counts the open connections of each {@linkplain CallerAddress#network address}. A connection above the limit is
 * closed before anything is read from it. The accepting thread counts; the thread that closes a connection subtracts.
 */
final class AddressConnections {

    private volatile int most = Integer.MAX_VALUE;

    /** The address of each open connection that is counted. */
    private final ConcurrentHashMap<SocketChannel, InetAddress> open = new ConcurrentHashMap<>();

    private final ConcurrentHashMap<InetAddress, Integer> counts = new ConcurrentHashMap<>();

    /** Sets the limit. Called before any connection is accepted. */
    void limit(int connections) {
        most = connections;
    }

    /** Counts a new connection; false if it exceeds the limit. */
    boolean enter(SocketChannel channel) {
        InetAddress remote = channel.socket().getInetAddress();
        if (remote == null) {
            return false; // already closed
        }
        InetAddress address = CallerAddress.network(remote);
        open.put(channel, address);
        if (counts.merge(address, 1, Integer::sum) > most) {
            leave(channel);
            return false;
        }
        return true;
    }

    /** Subtracts a connection. Idempotent. */
    void leave(SocketChannel channel) {
        InetAddress address = open.remove(channel);
        if (address != null) {
            counts.computeIfPresent(address, (same, count) -> count == 1 ? null : count - 1);
        }
    }

    /** Wraps a handler so that closed connections are subtracted. */
    Handler<NioChannel> counting(Handler<NioChannel> handler) {
        return new Handler<>() {
            @Override
            public SocketState process(SocketWrapperBase<NioChannel> socket, SocketEvent status) {
                return handler.process(socket, status);
            }

            @Override
            public Object getGlobal() {
                return handler.getGlobal();
            }

            @Override
            public void release(SocketWrapperBase<NioChannel> socket) {
                leave(socket.getSocket().getIOChannel());
                handler.release(socket);
            }

            @Override
            public void pause() {
                handler.pause();
            }

            @Override
            public void recycle() {
                handler.recycle();
            }
        };
    }
}
