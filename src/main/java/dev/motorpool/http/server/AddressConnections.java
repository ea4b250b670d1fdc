package dev.motorpool.http.server;

import java.net.InetAddress;
import java.nio.channels.SocketChannel;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.tomcat.util.net.AbstractEndpoint.Handler;
import org.apache.tomcat.util.net.NioChannel;
import org.apache.tomcat.util.net.SocketEvent;
import org.apache.tomcat.util.net.SocketWrapperBase;

/**
 * How many connections each {@linkplain CallerAddress#network address} has open. One that is too many is closed at once, before anything of it is read.
 * Counted by the thread that accepts, and given back by whichever closes a connection.
 */
final class AddressConnections {

    private volatile int most = Integer.MAX_VALUE;

    /** The address of each open connection; none for those that have been given back. */
    private final ConcurrentHashMap<SocketChannel, InetAddress> open = new ConcurrentHashMap<>();

    private final ConcurrentHashMap<InetAddress, Integer> counts = new ConcurrentHashMap<>();

    /** Called before anything is accepted. */
    void limit(int connections) {
        most = connections;
    }

    /** Counts a new connection; false if it is one too many. */
    boolean enter(SocketChannel channel) {
        InetAddress remote = channel.socket().getInetAddress();
        if (remote == null) {
            return false; // it has gone already
        }
        InetAddress address = CallerAddress.network(remote);
        open.put(channel, address);
        if (counts.merge(address, 1, Integer::sum) > most) {
            leave(channel);
            return false;
        }
        return true;
    }

    /** Gives a connection back. Again: does nothing. */
    void leave(SocketChannel channel) {
        InetAddress address = open.remove(channel);
        if (address != null) {
            counts.computeIfPresent(address, (same, count) -> count == 1 ? null : count - 1);
        }
    }

    /** A handler that gives back what is closed, and else does what the given one does. */
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
