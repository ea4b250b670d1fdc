package dev.motorpool.http.server;

import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * The response for a path outside the API. A "not found" without a body becomes an error, which the
 * {@code ProblemValve} converts; a 503 of the health page keeps its body.
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
