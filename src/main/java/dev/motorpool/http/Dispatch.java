package dev.motorpool.http;

import dev.motorpool.job.CallRefusedException;
import dev.motorpool.job.Refusals;
import dev.motorpool.pool.RefusedException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Enumeration;
import java.util.Map;
import java.util.UUID;
import org.apache.catalina.connector.ClientAbortException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes a request of a known path through the manners that all routes share, and to its route. */
final class Dispatch {

    private static final Logger LOG = LoggerFactory.getLogger(Dispatch.class);

    private final BodyReader bodies;
    private final AnswerWriter answers;

    Dispatch(BodyReader bodies, AnswerWriter answers) {
        this.bodies = bodies;
        this.answers = answers;
    }

    void handle(
            HttpServletRequest request, HttpServletResponse response, ClientConnection connection, Routes.Match match)
            throws IOException, ProblemException {
        String method = request.getMethod();
        if (method.equals("OPTIONS")) {
            response.setStatus(HttpServletResponse.SC_NO_CONTENT);
            response.setHeader("Allow", match.path().allow());
            return;
        }
        Routes.Entry entry = match.path().method(method);
        if (entry == null) {
            throw new ProblemException(Problem.notAllowed(method, match.path().allow()));
        }
        checkHeaders(request);
        Query query = Query.of(request.getQueryString(), entry.queryNames());
        try (BodyReader.Body body = bodies.empty()) {
            if (hasBody(request)) {
                checkBodyHeaders(request);
                bodies.read(connection, body, request.getContentLengthLong());
            }
            if (entry.route().requestSchema() == null && body.length() > 0) {
                NoBody.check(body.text());
            }
            entry.route()
                    .handler()
                    .handle(new Exchange(
                            response, connection, match.variables(), query, body, answers, method.equals("HEAD")));
        } catch (CallRefusedException refused) {
            throw new ProblemException(Problem.of(refused.error(), null));
        } catch (RefusedException refused) {
            throw new ProblemException(Problem.of(Refusals.of(refused), null));
        } catch (ProblemException | ClientAbortException known) {
            throw known;
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
            throw new ProblemException(Problem.unavailable("The service is stopping."));
        } catch (Exception | StackOverflowError defect) {
            throw new ProblemException(internal(defect));
        }
    }

    /** Answers with a problem; ends the connection where much of the request's body is unread. */
    void refuse(HttpServletRequest request, HttpServletResponse response, ClientConnection connection, Problem problem)
            throws IOException {
        if (response.isCommitted()) {
            connection.closeNow();
            return;
        }
        response.resetBuffer();
        // Who waits for "100 Continue" must not get it with a refusal.
        boolean mayAsk = problem.type() != ProblemType.REQUEST_TIMEOUT && request.getHeader("Expect") == null;
        boolean close = !connection.bodyRead(mayAsk);
        if (close) {
            response.setHeader("Connection", "close");
        }
        ProblemWriter.write(response, problem, true);
        if (close) {
            response.flushBuffer();
            connection.dropRest();
            connection.closeAfterAnswer();
        }
    }

    /** The problem of a defect; it is logged under its id. */
    static Problem internal(Throwable defect) {
        UUID id = ProblemWriter.freshId();
        LOG.error("A request failed with a defect of the service; its problem is urn:uuid:{}", id, defect);
        return new Problem(
                ProblemType.INTERNAL,
                "The service failed; its log says more under this instance.",
                id,
                Map.of(),
                null,
                null);
    }

    private static void checkHeaders(HttpServletRequest request) throws ProblemException {
        if (!MediaTypes.acceptsJson(accept(request))) {
            throw new ProblemException(
                    Problem.of(ProblemType.NOT_ACCEPTABLE, "Answers are application/json; Accept excludes that."));
        }
        if (request.getHeader("Idempotency-Key") != null) {
            throw Query.refuse(
                    "Idempotency-Key", "Idempotency-Key is for verbs that do not wait; this one takes none.");
        }
    }

    private static @Nullable String accept(HttpServletRequest request) {
        Enumeration<String> values = request.getHeaders("Accept");
        if (!values.hasMoreElements()) {
            return null;
        }
        String first = values.nextElement();
        while (values.hasMoreElements()) {
            first = first + "," + values.nextElement();
        }
        return first;
    }

    private static boolean hasBody(HttpServletRequest request) {
        return request.getContentLengthLong() > 0 || request.getHeader("Transfer-Encoding") != null;
    }

    private static void checkBodyHeaders(HttpServletRequest request) throws ProblemException {
        Enumeration<String> types = request.getHeaders("Content-Type");
        String type = types.hasMoreElements() ? types.nextElement() : "";
        if (types.hasMoreElements() || !MediaTypes.isJson(type)) {
            throw new ProblemException(Problem.of(
                    ProblemType.UNSUPPORTED_MEDIA_TYPE,
                    "Bodies must come with the header Content-Type: application/json, in UTF-8."));
        }
        Enumeration<String> encodings = request.getHeaders("Content-Encoding");
        while (encodings.hasMoreElements()) {
            if (!encodings.nextElement().equalsIgnoreCase("identity")) {
                throw new ProblemException(Problem.of(
                        ProblemType.UNSUPPORTED_MEDIA_TYPE, "Bodies are taken as they are, without Content-Encoding."));
            }
        }
    }
}
