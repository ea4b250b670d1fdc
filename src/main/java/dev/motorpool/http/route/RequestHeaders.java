package dev.motorpool.http.route;

import dev.motorpool.function.TraceContext;
import dev.motorpool.http.problem.Problem;
import dev.motorpool.http.problem.ProblemException;
import dev.motorpool.job.ProblemType;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Enumeration;
import org.jspecify.annotations.Nullable;

/**
 * The headers that decide how a request is answered.
 *
 * @param answerType the type of the answer if the request succeeds
 * @param repeatKey the {@code Idempotency-Key}; null if there is none
 * @param lastEventId null if there is none, or the route does not accept it
 * @param trace the trace that the request belongs to; null if it names none
 */
record RequestHeaders(
        String answerType,
        @Nullable String repeatKey,
        @Nullable String lastEventId,
        @Nullable TraceContext trace) {

    private static final String KEY = RequestHeader.IDEMPOTENCY_KEY.word();
    private static final int LONGEST_KEY = 255;

    static RequestHeaders of(HttpServletRequest request, Route route) throws ProblemException {
        String type = route.form().typeFor(joined(request, "Accept"));
        if (type == null) {
            throw new ProblemException(Problem.of(
                    ProblemType.NOT_ACCEPTABLE, "Answers are " + route.form().words() + "; Accept excludes that."));
        }
        String key = null;
        if (route.headers().contains(RequestHeader.IDEMPOTENCY_KEY)) {
            key = key(request);
        } else {
            refuseKey(request);
        }
        String last = route.headers().contains(RequestHeader.LAST_EVENT_ID)
                ? only(request, RequestHeader.LAST_EVENT_ID.word())
                : null;
        return new RequestHeaders(type, key, last, RequestSpan.context(request));
    }

    /** Refuses a key on routes that do not accept one. */
    static void refuseKey(HttpServletRequest request) throws ProblemException {
        if (request.getHeader(KEY) != null) {
            throw Query.refuse(KEY, "Idempotency-Key is for verbs that do not wait; this one takes none.");
        }
    }

    private static @Nullable String key(HttpServletRequest request) throws ProblemException {
        String key = only(request, KEY);
        if (key != null && (key.isEmpty() || key.length() > LONGEST_KEY || !visible(key))) {
            throw Query.refuse(KEY, "Idempotency-Key must be 1 to " + LONGEST_KEY + " visible ASCII characters.");
        }
        return key;
    }

    private static boolean visible(String text) {
        return text.chars().allMatch(c -> c > ' ' && c < 0x7f);
    }

    /** The caller's trace, if the header is valid: an invalid header is no reason to refuse a request. */
    static @Nullable TraceContext trace(HttpServletRequest request) {
        if (request.getHeader("traceparent") == null) {
            return null;
        }
        return TraceContext.read(joined(request, "traceparent"), joined(request, "tracestate"));
    }

    private static @Nullable String only(HttpServletRequest request, String name) throws ProblemException {
        Enumeration<String> values = request.getHeaders(name);
        String first = values.hasMoreElements() ? values.nextElement() : null;
        if (values.hasMoreElements()) {
            throw Query.refuse(name, "The header " + name + " is given more than once.");
        }
        return first;
    }

    private static @Nullable String joined(HttpServletRequest request, String name) {
        Enumeration<String> values = request.getHeaders(name);
        if (!values.hasMoreElements()) {
            return null;
        }
        String all = values.nextElement();
        while (values.hasMoreElements()) {
            all = all + "," + values.nextElement();
        }
        return all;
    }
}
