package dev.motorpool.http.server;

import java.nio.charset.StandardCharsets;
import org.apache.coyote.Adapter;
import org.apache.coyote.Request;
import org.apache.coyote.Response;
import org.apache.tomcat.util.net.SocketEvent;
import org.jspecify.annotations.Nullable;

/**
 * Passes {@code OPTIONS *}, which is about the service as a whole, through the filter like any other request; Tomcat
 * would answer it by itself.
 */
public final class ServiceOptionsAdapter implements Adapter {

    /** The path under which the filter sees the asterisk. */
    public static final String PATH = "/*";

    private static final byte[] BYTES = PATH.getBytes(StandardCharsets.US_ASCII);

    public static final String ALLOW = "DELETE, GET, HEAD, OPTIONS, POST, PUT";

    private final Adapter adapter;

    ServiceOptionsAdapter(Adapter adapter) {
        this.adapter = adapter;
    }

    @Override
    public void service(Request request, Response response) throws Exception {
        if (request.requestURI().equals("*") && "OPTIONS".equals(request.getMethod())) {
            request.requestURI().setBytes(BYTES, 0, BYTES.length);
        }
        adapter.service(request, response);
    }

    @Override
    public boolean prepare(Request request, Response response) throws Exception {
        return adapter.prepare(request, response);
    }

    @Override
    public boolean asyncDispatch(Request request, Response response, SocketEvent status) throws Exception {
        return adapter.asyncDispatch(request, response, status);
    }

    @Override
    public void log(Request request, Response response, long time) {
        adapter.log(request, response, time);
    }

    @Override
    public void checkRecycled(Request request, Response response) {
        adapter.checkRecycled(request, response);
    }

    /**
     * Returns null, so that Tomcat does not register each new processor with JMX. It would do so under one lock for all
     * connections, for which thousands of virtual threads would wait.
     */
    @Override
    public @Nullable String getDomain() {
        return null;
    }
}
