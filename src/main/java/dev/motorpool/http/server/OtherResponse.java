package dev.motorpool.http.server;

import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * The answer of a path that is not the API's. What says "not found" by its status alone becomes an error, which the
 * {@code ProblemValve} then gives its form; a 503 of the health page keeps the body that it has.
 */
public final class OtherResponse extends HttpServletResponseWrapper {

    public OtherResponse(HttpServletResponse response) {
        super(response);
    }

    @Override
    public void setStatus(int status) {
        if (status != SC_NOT_FOUND) {
            super.setStatus(status);
            return;
        }
        try {
            sendError(status);
        } catch (IOException gone) {
            throw new UncheckedIOException(gone);
        }
    }
}
