package dev.motorpool.http.route;

import dev.motorpool.http.problem.Problem;
import dev.motorpool.http.problem.ProblemException;
import dev.motorpool.http.problem.ProblemWriter;
import dev.motorpool.http.server.ClientConnection;
import dev.motorpool.job.JobError;
import dev.motorpool.job.ProblemType;
import dev.motorpool.job.request.CallRefusedException;
import dev.motorpool.job.waited.Refusals;
import dev.motorpool.pool.RefusedException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Enumeration;
import java.util.UUID;
import org.apache.catalina.connector.ClientAbortException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Applies the checks common to all routes, then calls the route's handler. */
public final class Dispatch {

    private static final String EMPTY_OBJECT = "{}";
    private static final Logger LOG = LoggerFactory.getLogger(Dispatch.class);

    private final BodyReader bodies;
    private final AnswerWriter answers;

    public Dispatch(BodyReader bodies, AnswerWriter answers) {
        this.bodies = bodies;
        this.answers = answers;
    }

    /**
     * Handles a request of the API.
     *
     * @param share the share under which it is counted
     */
    public void handle(
            HttpServletRequest request,
            HttpServletResponse response,
            ClientConnection connection,
            Routes.Match match,
            RequestShares.Share share,
            Caller caller)
            throws IOException, ProblemException {
        String method = request.getMethod();
        if (method.equals("OPTIONS")) {
            response.setStatus(HttpServletResponse.SC_NO_CONTENT);
            response.setHeader("Allow", match.path().allow());
            return;
        }
        Routes.Entry entry = match.path().method(method);
        if (entry == null) {
            throw new ProblemException(match.path().notAllowed(method));
        }
        Route route = entry.route();
        response.setHeader("Cache-Control", entry.cacheControl());
        if (route.form().streams()) {
            response.setHeader("X-Accel-Buffering", "no");
        }
        RequestHeaders headers = RequestHeaders.of(request, route);
        Query query = Query.of(request.getQueryString(), entry.queryNames());
        boolean lines = route.takes().lines() && MediaTypes.isLines(contentType(request));
        try (BodyReader.Body body = bodies.empty(share)) {
            if (lines) {
                checkEncoding(request);
            } else if (hasBody(request)) {
                checkBodyHeaders(request, route.takes().lines());
                bodies.read(connection, body, request.getContentLengthLong());
            }
            if (route.requestSchema() == null && body.length() > 0) {
                EmptyBody.check(body.text());
            }
            route.handler()
                    .handle(new ApiRequest(
                            response,
                            connection,
                            match.variables(),
                            query,
                            body,
                            lines ? request.getContentLengthLong() : ApiRequest.NO_LINES,
                            headers,
                            share,
                            caller,
                            answers,
                            method.equals("HEAD")));
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

    /**
     * Checks a request whose path is not part of the API. The type of its answer is up to that path. Of a body, only as
     * much is read as shows that it is an empty object, because some of these paths require no key.
     */
    public static void checkOther(HttpServletRequest request) throws ProblemException, IOException {
        RequestHeaders.refuseKey(request);
        if (hasBody(request)) {
            checkBodyHeaders(request, false);
            if (!isEmptyObject(request)) {
                throw new ProblemException(Problem.malformed("", "This path takes no body."));
            }
        }
    }

    private static boolean isEmptyObject(HttpServletRequest request) throws IOException {
        if (request.getContentLengthLong() != EMPTY_OBJECT.length()) {
            return false;
        }
        byte[] body = request.getInputStream().readNBytes(EMPTY_OBJECT.length());
        return new String(body, StandardCharsets.ISO_8859_1).equals(EMPTY_OBJECT);
    }

    /** Answers with a problem; closes the connection if much of the request's body is unread. */
    public void refuse(
            HttpServletRequest request, HttpServletResponse response, ClientConnection connection, Problem problem)
            throws IOException {
        if (response.isCommitted()) {
            connection.closeNow();
            return;
        }
        response.resetBuffer();
        // A client that waits for "100 Continue" must not receive it with a refusal.
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
    public static Problem internal(Throwable defect) {
        UUID id = ProblemWriter.freshId();
        LOG.error("A request failed with a defect of the service; its problem is urn:uuid:{}", id, defect);
        return Problem.of(
                JobError.of(ProblemType.INTERNAL, "The service failed; its log says more under this instance."), id);
    }

    private static boolean hasBody(HttpServletRequest request) {
        return request.getContentLengthLong() > 0 || request.getHeader("Transfer-Encoding") != null;
    }

    /** The value of the header Content-Type; refuses several. */
    private static String contentType(HttpServletRequest request) {
        Enumeration<String> types = request.getHeaders("Content-Type");
        String type = types.hasMoreElements() ? types.nextElement() : "";
        return types.hasMoreElements() ? "" : type;
    }

    private static void checkBodyHeaders(HttpServletRequest request, boolean lines) throws ProblemException {
        if (!MediaTypes.isJson(contentType(request))) {
            throw new ProblemException(Problem.of(
                    ProblemType.UNSUPPORTED_MEDIA_TYPE,
                    "Bodies must come with the header Content-Type: application/json"
                            + (lines ? " or application/x-ndjson, in UTF-8." : ", in UTF-8.")));
        }
        checkEncoding(request);
    }

    private static void checkEncoding(HttpServletRequest request) throws ProblemException {
        Enumeration<String> encodings = request.getHeaders("Content-Encoding");
        while (encodings.hasMoreElements()) {
            if (!encodings.nextElement().equalsIgnoreCase("identity")) {
                throw new ProblemException(Problem.of(
                        ProblemType.UNSUPPORTED_MEDIA_TYPE, "Bodies are taken as they are, without Content-Encoding."));
            }
        }
    }
}
