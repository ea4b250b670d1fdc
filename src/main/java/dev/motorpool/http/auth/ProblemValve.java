package dev.motorpool.http.auth;

import dev.motorpool.http.problem.Problem;
import dev.motorpool.http.problem.ProblemWriter;
import dev.motorpool.http.route.Dispatch;
import dev.motorpool.job.ProblemType;
import jakarta.servlet.RequestDispatcher;
import java.io.IOException;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ErrorReportValve;
import org.apache.coyote.ActionCode;
import org.jspecify.annotations.Nullable;

/** Converts all errors that Tomcat itself or Spring answers to problem documents. */
public final class ProblemValve extends ErrorReportValve {

    private final HostRule hosts;
    private final RequestFilter filter;

    public ProblemValve(HostRule hosts, RequestFilter filter) {
        this.hosts = hosts;
        this.filter = filter;
    }

    @Override
    protected void report(Request request, Response response, @Nullable Throwable throwable) {
        int status = response.getStatus();
        if (status < 400 || response.getContentWritten() > 0 || !response.setErrorReported()) {
            return;
        }
        AtomicBoolean ioAllowed = new AtomicBoolean();
        response.getCoyoteResponse().action(ActionCode.IS_IO_ALLOWED, ioAllowed);
        if (!ioAllowed.get()) {
            return; // the client cannot read it
        }
        try {
            Problem problem = problem(request, status, throwable);
            // Tomcat has already decided whether to keep the connection; its headers stay.
            ProblemWriter.write(response, problem, true);
            response.finishResponse();
        } catch (IOException gone) {
            response.getCoyoteResponse().action(ActionCode.CLOSE_NOW, gone);
        }
    }

    /** Whether Tomcat failed to parse the request's head, and may not have seen the Host header. */
    private static boolean unreadable(Request request) {
        return request.getCoyoteRequest().getAttribute(RequestDispatcher.ERROR_EXCEPTION) != null;
    }

    private Problem problem(Request request, int status, @Nullable Throwable throwable) {
        return switch (status) {
            case 400 -> {
                List<String> named = Collections.list(request.getHeaders("Host"));
                boolean well =
                        named.isEmpty() ? unreadable(request) : named.size() == 1 && hosts.allows(named.getFirst());
                yield well
                        ? Problem.malformed("", "The request line or a header is not well-formed HTTP, or is too long.")
                        : RequestFilter.misdirected(null);
            }
            case 404 ->
                filter.unknownPath(String.valueOf(request.getRequestURI())).problem();
            case 405 -> Problem.notAllowed(request.getMethod(), "GET, HEAD, OPTIONS");
            case 406 -> Problem.of(ProblemType.NOT_ACCEPTABLE, "Accept excludes what is served here.");
            case 408 -> Problem.of(ProblemType.REQUEST_TIMEOUT, "The request did not arrive in time.");
            case 413 -> Problem.of(ProblemType.CONTENT_TOO_LARGE, "The request is too large.");
            case 415 -> Problem.of(ProblemType.UNSUPPORTED_MEDIA_TYPE, "Bodies must be application/json.");
            case 503 -> Problem.unavailable("The service is not ready.");
            default ->
                status < 500 || status == 501 || status == 505
                        ? Problem.malformed("", "The request is not HTTP as this service takes it.")
                        : Dispatch.internal(throwable == null ? new IOException("status " + status) : throwable);
        };
    }
}
