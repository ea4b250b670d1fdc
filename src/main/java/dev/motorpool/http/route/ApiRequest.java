package dev.motorpool.http.route;

import dev.motorpool.function.TraceContext;
import dev.motorpool.http.problem.ProblemException;
import dev.motorpool.http.server.ClientConnection;
import dev.motorpool.json.JsonWriter;
import dev.motorpool.json.RawJson;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Iterator;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** One request whose form has been checked, and its answer. */
public final class ApiRequest {

    /** The length of a body of lines where there is none. */
    static final long NO_LINES = -2;

    private final HttpServletResponse response;
    private final ClientConnection connection;
    private final Map<String, String> variables;
    private final Query query;
    private final BodyReader.Body body;
    private final long lines;
    private final RequestHeaders headers;
    private final RequestShares.Share share;
    private final Caller caller;
    private final AnswerWriter writer;
    private final boolean head;

    ApiRequest(
            HttpServletResponse response,
            ClientConnection connection,
            Map<String, String> variables,
            Query query,
            BodyReader.Body body,
            long lines,
            RequestHeaders headers,
            RequestShares.Share share,
            Caller caller,
            AnswerWriter writer,
            boolean head) {
        this.response = response;
        this.connection = connection;
        this.variables = variables;
        this.query = query;
        this.body = body;
        this.lines = lines;
        this.headers = headers;
        this.share = share;
        this.caller = caller;
        this.writer = writer;
        this.head = head;
    }

    /** The value of a variable of the route's path. */
    public String variable(String name) {
        return Objects.requireNonNull(variables.get(name));
    }

    public Query query() {
        return query;
    }

    /** The body; none any more once the answer has begun. */
    public RawJson body() {
        return body.text();
    }

    /** Counts bytes of what is about to be made from the body as the body's, until the answer begins. */
    public void hold(long bytes) throws ProblemException {
        body.hold(bytes);
    }

    /** What its answer holds of the memory for answers; nothing at first. */
    public ByteBudget.Held heldForAnswer() {
        return writer.budget().held(share);
    }

    /** What a body of lines holds of the memory for requests; nothing at first. */
    public ByteBudget.Held heldForLines(ByteBudget bodies) {
        return bodies.held(share);
    }

    /** Whether the body is lines, which have not been read. */
    public boolean hasLines() {
        return lines != NO_LINES;
    }

    /** How long the body of lines is; negative if that is not known before its end. */
    public long linesLength() {
        return lines;
    }

    /** The type that the answer is to have. */
    public String answerType() {
        return headers.answerType();
    }

    /** The key that makes the call safe to repeat; null if there is none. */
    public @Nullable String repeatKey() {
        return headers.repeatKey();
    }

    public Caller caller() {
        return caller;
    }

    /** Whom limits of one caller count it to. */
    public String callerName() {
        return share.caller();
    }

    /** Counts it among its caller's streams, until that is closed. */
    public RequestShares.Share streaming() throws ProblemException {
        return share.as(RequestShares.Sort.STREAM);
    }

    /** Counts it among its caller's waits, until that is closed; null if it waits for no time. */
    public RequestShares.@Nullable Share waiting(Duration time) throws ProblemException {
        return time.isZero() ? null : share.as(RequestShares.Sort.WAIT);
    }

    /** The {@code id} of the last event that the client has; null if it names none. */
    public @Nullable String lastEventId() {
        return headers.lastEventId();
    }

    /** The trace that the request belongs to; null if there is none. */
    public @Nullable TraceContext trace() {
        return headers.trace();
    }

    /** Sets a header of the answer that follows. */
    public void header(String name, String value) {
        response.setHeader(name, value);
    }

    /** Answers with the head that a stream would begin with. */
    public void answerHead() {
        response.setContentType(headers.answerType());
    }

    /** Sends the head of an answer without a known end; where the rest of it goes. */
    public OutputStream beginStream() throws IOException {
        answerHead();
        OutputStream out = response.getOutputStream();
        response.flushBuffer();
        return out;
    }

    /** True if only the head of the answer is wanted, at once. */
    public boolean head() {
        return head;
    }

    public ClientConnection connection() {
        return connection;
    }

    public void answer(int status, JsonWriter json) throws IOException, ProblemException {
        answer(status, json.toRawJson().buffer());
    }

    /** Answers with JSON that consists of these parts; the body's share of the memory is others' from now on. */
    public void answer(int status, ByteBuffer... parts) throws IOException, ProblemException {
        body.close();
        response.setContentType(headers.answerType());
        writer.write(response, connection, heldForAnswer(), status, parts);
    }

    /** As {@link #answer(int, ByteBuffer...)}, with a body whose length is not known before its end. */
    public void answer(int status, AnswerWriter.Body answer) throws Exception {
        body.close();
        response.setContentType(headers.answerType());
        writer.write(response, connection, status, answer);
    }

    /** As {@link #answer(int, ByteBuffer...)}, with parts that come one after the other and have been counted. */
    public void answer(int status, long length, Iterator<ByteBuffer> parts) throws IOException {
        body.close();
        response.setContentType(headers.answerType());
        writer.write(response, connection, status, length, parts);
    }

    public void answerNothing(int status) {
        response.setStatus(status);
    }
}
