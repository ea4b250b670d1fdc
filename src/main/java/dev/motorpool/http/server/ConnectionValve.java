package dev.motorpool.http.server;

import jakarta.servlet.ServletException;
import java.io.IOException;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ValveBase;

/** Gives each servlet request its {@link ClientConnection}. */
public final class ConnectionValve extends ValveBase {

    public ConnectionValve() {
        super(true);
    }

    @Override
    public void invoke(Request request, Response response) throws IOException, ServletException {
        request.setAttribute(
                ClientConnection.ATTRIBUTE, request.getCoyoteRequest().getNote(ClientConnection.NOTE));
        getNext().invoke(request, response);
    }
}
