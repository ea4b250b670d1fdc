package dev.motorpool.http.route;

import dev.motorpool.function.TraceContext;
import dev.motorpool.trace.OpenSpan;
import dev.motorpool.trace.Spans;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

/** The span of a request, from the match of its path to the end of its answer. */
public final class RequestSpan {

    private static final String ATTRIBUTE = RequestSpan.class.getName();

    private final OpenSpan span;

    private RequestSpan(OpenSpan span) {
        this.span = span;
    }

    /** Begins a span; null if no spans are recorded. */
    public static @Nullable RequestSpan begin(Spans spans, HttpServletRequest request, Routes.Match match) {
        String route = String.join("/", match.path().segments());
        OpenSpan span = spans.request(request.getMethod() + " " + route, RequestHeaders.trace(request));
        if (span == null) {
            return null;
        }
        span.with("http.request.method", request.getMethod()).with("http.route", route);
        request.setAttribute(ATTRIBUTE, span.context());
        return new RequestSpan(span);
    }

    /** The trace context for the work that the request starts; null if it has none. */
    static @Nullable TraceContext context(HttpServletRequest request) {
        return request.getAttribute(ATTRIBUTE) instanceof TraceContext its ? its : RequestHeaders.trace(request);
    }

    public void end(int status) {
        span.with("http.response.status_code", status);
        if (status >= 500) {
            span.failed();
        }
        span.end();
    }
}
