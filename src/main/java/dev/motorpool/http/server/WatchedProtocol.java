package dev.motorpool.http.server;

import dev.motorpool.http.problem.Problem;
import dev.motorpool.http.problem.ProblemWriter;
import dev.motorpool.job.ProblemType;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.apache.coyote.Adapter;
import org.apache.coyote.Processor;
import org.apache.coyote.http11.AbstractHttp11Protocol;
import org.apache.coyote.http11.Http11NioProtocol;
import org.apache.coyote.http11.Http11Processor;
import org.apache.tomcat.util.net.AbstractEndpoint.Handler.SocketState;
import org.apache.tomcat.util.net.SocketEvent;
import org.apache.tomcat.util.net.SocketWrapperBase;
import org.jspecify.annotations.Nullable;

/**
 * Tomcat's HTTP/1.1 over NIO, with a {@link ClientConnection} for each request. Tomcat creates it by its class name.
 */
public final class WatchedProtocol extends Http11NioProtocol {

    public WatchedProtocol() {
        super(new HealthEndpoint());
    }

    @Override
    protected Processor createProcessor() {
        return new WatchedProcessor(this, getAdapter());
    }

    @Override
    public void setAdapter(Adapter adapter) {
        super.setAdapter(new ServiceOptionsAdapter(adapter));
    }

    /** Wraps the executor: a request whose thread cannot be started is refused. */
    @Override
    public void setExecutor(@Nullable Executor executor) {
        super.setExecutor(executor == null ? null : new RequestThreads(executor));
    }

    public static final class WatchedProcessor extends Http11Processor {

        private final long headNanos;

        /**
         * Whether the head of a request has begun and not ended, and since when. Used by the connection's one thread.
         */
        private boolean inHead;

        private long headSince;

        public WatchedProcessor(AbstractHttp11Protocol<?> protocol, Adapter adapter) {
            super(protocol, adapter);
            this.headNanos = TimeUnit.MILLISECONDS.toNanos(protocol.getConnectionTimeout());
            getRequest().setNote(ClientConnection.NOTE, new ClientConnection(getRequest(), this));
        }

        /**
         * Limits the time for a whole head to the connection's timeout; Tomcat would restart the timeout with each
         * byte. An unfinished head is answered before the connection is closed.
         */
        @Override
        public SocketState process(SocketWrapperBase<?> socket, SocketEvent event) throws IOException {
            if (isAsync() || isUpgrade() || headNanos <= 0) {
                return super.process(socket, event);
            }
            boolean begun = inHead;
            inHead = false;
            boolean slow = begun && event == SocketEvent.OPEN_READ && System.nanoTime() - headSince >= headNanos;
            boolean silent = event == SocketEvent.ERROR && socket.getError() instanceof SocketTimeoutException;
            if (slow || silent) {
                byte[] answer = ProblemWriter.wholeAnswer(
                        Problem.of(ProblemType.REQUEST_TIMEOUT, "The head of the request did not arrive in time."));
                socket.write(true, answer, 0, answer.length);
                socket.flush(true);
                return silent ? super.process(socket, event) : SocketState.CLOSED;
            }
            if (begun) {
                socket.setReadTimeout(TimeUnit.NANOSECONDS.toMillis(headNanos));
            }
            SocketState state = super.process(socket, event);
            if (state == SocketState.LONG && !isAsync()) {
                inHead = true;
                if (!begun) {
                    headSince = System.nanoTime();
                }
                long left = headNanos - (System.nanoTime() - headSince);
                socket.setReadTimeout(Math.max(1, TimeUnit.NANOSECONDS.toMillis(left)));
            }
            return state;
        }

        /** The socket of the current request; null after its end. */
        @Nullable
        SocketWrapperBase<?> socket() {
            return getSocketWrapper();
        }
    }
}
