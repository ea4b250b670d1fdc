package dev.motorpool.http.server;

import jakarta.servlet.ServletException;
import java.io.IOException;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ValveBase;

/** Gives each servlet request its {@link ClientConnection}. On {@link HealthThreads} it is the connection's last. */
public final class ConnectionValve extends ValveBase {

    public ConnectionValve() {
        super(true);
    }

    @Override
    public void invoke(Request request, Response response) throws IOException, ServletException {
        request.setAttribute(
                ClientConnection.ATTRIBUTE, request.getCoyoteRequest().getNote(ClientConnection.NOTE));
        if (HealthThreads.isCurrent()) {
            response.setHeader("Connection", "close");
        }
        getNext().invoke(request, response);
    }
}
