package dev.motorpool.http.auth;

import dev.motorpool.http.problem.Problem;
import dev.motorpool.http.problem.ProblemException;
import dev.motorpool.http.problem.Right;
import dev.motorpool.http.route.ApiKey;
import dev.motorpool.http.route.Caller;
import dev.motorpool.http.route.Dispatch;
import dev.motorpool.http.route.RequestEvents;
import dev.motorpool.http.route.RequestShares;
import dev.motorpool.http.route.RequestSpan;
import dev.motorpool.http.route.Routes;
import dev.motorpool.http.server.ClientConnection;
import dev.motorpool.http.server.OtherResponse;
import dev.motorpool.http.server.ServiceOptionsAdapter;
import dev.motorpool.job.ProblemType;
import dev.motorpool.trace.Spans;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Enumeration;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The outermost filter: checks the host and the API key, finds the route, and rejects everything else. It answers paths
 * of the API itself and passes on those of the documentation and of the actuator.
 */
public final class RequestFilter implements Filter {

    /** Paths served besides the API: these paths and everything below them. */
    private static final List<String> OTHERS =
            List.of("/actuator/health", "/actuator/info", "/actuator/prometheus", "/v3/api-docs", "/swagger-ui");

    private static final List<String> OTHER_PAGES = List.of("/actuator", "/v3/api-docs.yaml", "/swagger-ui.html");

    /**
     * Paths that require no API key, and everything below them. The rest of the documentation and the actuator requires
     * the right to read.
     */
    private static final List<String> OPEN = List.of("/actuator/health", "/swagger-ui", "/swagger-ui.html");

    /** Values of {@code Sec-Fetch-Site} for requests that no page of another origin has caused. */
    private static final Set<String> OWN_SITES = Set.of("same-origin", "none");

    private static final String OTHER_METHODS = "GET, HEAD, OPTIONS";

    private final HostRule hosts;
    private final KeyCheck keys;
    private final RequestShares shares;
    private final Routes routes;
    private final Dispatch dispatch;
    private final RequestEvents events;
    private final Spans spans;

    public RequestFilter(
            HostRule hosts,
            KeyCheck keys,
            RequestShares shares,
            Routes routes,
            Dispatch dispatch,
            RequestEvents events,
            Spans spans) {
        this.spans = spans;
        this.hosts = hosts;
        this.keys = keys;
        this.shares = shares;
        this.routes = routes;
        this.dispatch = dispatch;
        this.events = events;
    }

    @Override
    public void doFilter(ServletRequest servletRequest, ServletResponse servletResponse, FilterChain chain)
            throws IOException, ServletException {
        HttpServletRequest request = (HttpServletRequest) servletRequest;
        HttpServletResponse response = (HttpServletResponse) servletResponse;
        Routes.Match match = routes.find(request.getRequestURI());
        RequestSpan span = match == null || !spans.wanted() ? null : RequestSpan.begin(spans, request, match);
        if (span == null) {
            answer(request, response, chain, match);
            return;
        }
        try {
            answer(request, response, chain, match);
        } finally {
            span.end(response.getStatus());
        }
    }

    private void answer(
            HttpServletRequest request, HttpServletResponse response, FilterChain chain, Routes.@Nullable Match match)
            throws IOException, ServletException {
        ClientConnection connection = (ClientConnection) request.getAttribute(ClientConnection.ATTRIBUTE);
        long begun = System.nanoTime();
        String template =
                match == null ? RequestEvents.NO_TEMPLATE : match.path().template();
        boolean own = true; // Spring reports the requests that are passed on
        response.setHeader("X-Content-Type-Options", "nosniff");
        try {
            checkCaller(request);
            String path = request.getRequestURI();
            if (isOther(path) && isOneOf(OPEN, path)) {
                checkOther(request);
                own = false;
                passOn(request, response, chain);
                return;
            }
            ApiKey key = keys.check(request, right(request, path, match));
            try (RequestShares.Share share = shares.enter(key, request.getRemoteAddr())) {
                if (match == null && isOther(path)) {
                    checkOther(request);
                    own = false;
                    request.setAttribute(Caller.ATTRIBUTE, Caller.of(key));
                    passOn(request, response, chain);
                } else {
                    handle(request, response, connection, match, share, Caller.of(key));
                }
            }
        } catch (ProblemException refused) {
            dispatch.refuse(request, response, connection, refused.problem());
        } finally {
            if (own) {
                events.answered(request.getMethod(), template, response.getStatus(), System.nanoTime() - begun);
            }
        }
    }

    private void handle(
            HttpServletRequest request,
            HttpServletResponse response,
            ClientConnection connection,
            Routes.@Nullable Match match,
            RequestShares.Share share,
            Caller caller)
            throws IOException, ProblemException {
        String path = request.getRequestURI();
        if (path.equals(ServiceOptionsAdapter.PATH) && request.getMethod().equals("OPTIONS")) {
            response.setStatus(HttpServletResponse.SC_NO_CONTENT);
            response.setHeader("Allow", ServiceOptionsAdapter.ALLOW);
        } else if (match != null) {
            dispatch.handle(request, response, connection, match, share, caller);
        } else {
            throw unknownPath(path);
        }
    }

    private static void passOn(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        response.setHeader("Content-Security-Policy", "frame-ancestors 'none'");
        chain.doFilter(request, new OtherResponse(response));
        if (request.getMethod().equals("OPTIONS")) {
            onlyAllow(response);
        }
    }

    /** The right that a request requires; null: any key, enough to learn which paths and methods exist. */
    private static @Nullable Right right(HttpServletRequest request, String path, Routes.@Nullable Match match) {
        if (match != null) {
            Routes.Entry entry = match.path().method(request.getMethod());
            return entry == null ? null : entry.right();
        }
        return isOther(path) ? Right.READ : null;
    }

    private void checkCaller(HttpServletRequest request) throws ProblemException {
        String host = request.getHeader("Host");
        if (!hosts.allows(host)) {
            throw new ProblemException(misdirected(host));
        }
        if (keys.needed()) {
            return; // a page of another origin has no key
        }
        Enumeration<String> sites = request.getHeaders("Sec-Fetch-Site");
        while (sites.hasMoreElements()) {
            if (!OWN_SITES.contains(sites.nextElement())) {
                throw otherOrigin();
            }
        }
        Enumeration<String> origins = request.getHeaders("Origin");
        while (origins.hasMoreElements()) {
            if (!HostRule.ownOrigin(origins.nextElement(), request.getScheme(), host)) {
                throw otherOrigin();
            }
        }
    }

    private static ProblemException otherOrigin() {
        return new ProblemException(
                Problem.of(ProblemType.FORBIDDEN, "Pages of other origins may not use this service.")
                        .with("right", null));
    }

    ProblemException unknownPath(String path) {
        return Problem.unknown(ProblemType.UNKNOWN_PATH, path, routes.templates());
    }

    static Problem misdirected(@Nullable String host) {
        return Problem.of(
                ProblemType.MISDIRECTED,
                (host == null ? "The request has no single header Host" : "This service is not called by that Host")
                        + "; use localhost, 127.0.0.1, [::1] or a name that motorpool.http.allowed-hosts lists.");
    }

    private static boolean isOther(String path) {
        if (OTHER_PAGES.contains(path)) {
            return true;
        }
        // No link leads to a path that Tomcat would rewrite before it reaches the servlet.
        if (path.indexOf(';') >= 0
                || path.indexOf('%') >= 0
                || path.indexOf('\\') >= 0
                || path.contains("//")
                || path.contains("/.")) {
            return false;
        }
        return isOneOf(OTHERS, path);
    }

    private static boolean isOneOf(List<String> places, String path) {
        for (String place : places) {
            if (path.startsWith(place) && (path.length() == place.length() || path.charAt(place.length()) == '/')) {
                return true;
            }
        }
        return false;
    }

    /** Rejects the methods that Spring would answer with 200 and an empty body. */
    private static void onlyAllow(HttpServletResponse response) {
        if (response.getStatus() == HttpServletResponse.SC_OK && !response.isCommitted()) {
            response.reset();
            response.setStatus(HttpServletResponse.SC_NO_CONTENT);
            response.setHeader("Allow", OTHER_METHODS);
        }
    }

    private static void checkOther(HttpServletRequest request) throws ProblemException, IOException {
        switch (request.getMethod()) {
            case "GET", "HEAD", "OPTIONS" -> {}
            default -> throw new ProblemException(Problem.notAllowed(request.getMethod(), OTHER_METHODS));
        }
        Dispatch.checkOther(request);
    }
}
