package dev.motorpool.http;

import java.io.IOException;
import java.net.SocketTimeoutException;
import org.apache.coyote.Adapter;
import org.apache.coyote.Processor;
import org.apache.coyote.http11.AbstractHttp11Protocol;
import org.apache.coyote.http11.Http11NioProtocol;
import org.apache.coyote.http11.Http11Processor;
import org.apache.tomcat.util.net.AbstractEndpoint.Handler.SocketState;
import org.apache.tomcat.util.net.SocketEvent;
import org.apache.tomcat.util.net.SocketWrapperBase;
import org.jspecify.annotations.Nullable;

/** Tomcat's HTTP/1.1 over NIO, whose requests know their {@link ClientConnection}. Made by Tomcat, by name. */
public final class WatchedProtocol extends Http11NioProtocol {

    @Override
    protected Processor createProcessor() {
        return new WatchedProcessor(this, getAdapter());
    }

    @Override
    public void setAdapter(Adapter adapter) {
        super.setAdapter(new WholeService(adapter));
    }

    static final class WatchedProcessor extends Http11Processor {

        WatchedProcessor(AbstractHttp11Protocol<?> protocol, Adapter adapter) {
            super(protocol, adapter);
            getRequest().setNote(ClientConnection.NOTE, new ClientConnection(getRequest(), this));
        }

        /** A head that has begun and does not go on is answered before its connection ends; Tomcat would just end it. */
        @Override
        public SocketState process(SocketWrapperBase<?> socket, SocketEvent event) throws IOException {
            if (event == SocketEvent.ERROR
                    && socket.getError() instanceof SocketTimeoutException
                    && !isAsync()
                    && !isUpgrade()) {
                byte[] answer = ProblemWriter.wholeAnswer(
                        Problem.of(ProblemType.REQUEST_TIMEOUT, "The head of the request did not arrive in time."));
                socket.write(true, answer, 0, answer.length);
                socket.flush(true);
            }
            return super.process(socket, event);
        }

        /** The socket of the present request; null after its end. */
        @Nullable
        SocketWrapperBase<?> socket() {
            return getSocketWrapper();
        }
    }
}
