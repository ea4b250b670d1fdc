package dev.motorpool.webhook;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.SSLSocket;
import org.apache.hc.client5.http.impl.io.DefaultHttpResponseParserFactory;
import org.apache.hc.client5.http.io.ManagedHttpClientConnection;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.impl.io.DefaultBHttpClientConnection;
import org.apache.hc.core5.http.impl.io.SocketHolder;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;

/**
 * A connection to a receiver. It is closed without TLS' closing messages, which could block for ever if a receiver does
 * not read, and with them everything else on the closing thread. Used by one try at a time; any thread may close it.
 */
final class ReceiverConnection extends DefaultBHttpClientConnection implements ManagedHttpClientConnection {

    private final AtomicBoolean closed = new AtomicBoolean();

    ReceiverConnection(Http1Config config) {
        super(config, null, null, null, null, null, DefaultHttpResponseParserFactory.INSTANCE);
    }

    @Override
    public void bind(Socket socket) throws IOException {
        require(socket);
        bind(new SocketHolder(socket));
    }

    @Override
    public void bind(SSLSocket secure, Socket socket) throws IOException {
        require(socket);
        bind(new SocketHolder(secure, socket));
    }

    /** A try that was cancelled while it connected has closed a connection that did not exist yet. */
    private void require(Socket socket) throws IOException {
        if (closed.get()) {
            socket.close();
            throw new InterruptedIOException("The connection was closed before it was made.");
        }
    }

    @Override
    public @Nullable Socket getSocket() {
        SocketHolder holder = getSocketHolder();
        return holder == null ? null : holder.getSocket();
    }

    /** The deadlines limit the reading. */
    @Override
    public void passivate() {
        setSocketTimeout(Timeout.DISABLED);
    }

    @Override
    public void activate() {
        setSocketTimeout(Timeout.DISABLED);
    }

    @Override
    public void close() {
        close(CloseMode.IMMEDIATE);
    }

    @Override
    public void close(CloseMode mode) {
        if (closed.compareAndSet(false, true)) {
            super.close(CloseMode.IMMEDIATE);
        }
    }
}
