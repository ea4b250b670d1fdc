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

/** A request whose form has been checked, and its answer. */
public final class ApiRequest {

    /** The length of a body of lines if there is none. */
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

    /** The value of a path variable. */
    public String variable(String name) {
        return Objects.requireNonNull(variables.get(name));
    }

    public Query query() {
        return query;
    }

    /** The body; released once the answer has begun. */
    public RawJson body() {
        return body.text();
    }

    /** Counts bytes that are about to be made from the body as part of it, until the answer begins. */
    public void hold(long bytes) throws ProblemException {
        body.hold(bytes);
    }

    /** The answer's share of the answer budget; empty at first. */
    public ByteBudget.Held heldForAnswer() {
        return writer.budget().held(share);
    }

    /** The lines' share of the request budget; empty at first. */
    public ByteBudget.Held heldForLines(ByteBudget bodies) {
        return bodies.held(share);
    }

    /** Whether the body is lines, which are not read yet. */
    public boolean hasLines() {
        return lines != NO_LINES;
    }

    /** Length of the body of lines; negative if unknown. */
    public long linesLength() {
        return lines;
    }

    /** The type of the answer. */
    public String answerType() {
        return headers.answerType();
    }

    /** The key that makes the call idempotent; null if there is none. */
    public @Nullable String repeatKey() {
        return headers.repeatKey();
    }

    public Caller caller() {
        return caller;
    }

    /** The caller to whom per-caller limits apply. */
    public String callerName() {
        return share.caller();
    }

    /** Counts the request among its caller's streams until the share is closed. */
    public RequestShares.Share streaming() throws ProblemException {
        return share.as(RequestShares.Sort.STREAM);
    }

    /** Counts the request among its caller's waits until the share is closed; null if the time is zero. */
    public RequestShares.@Nullable Share waiting(Duration time) throws ProblemException {
        return time.isZero() ? null : share.as(RequestShares.Sort.WAIT);
    }

    /** The {@code id} of the last event that the client has; null if the request has none. */
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

    /** Answers with the head of a stream. */
    public void answerHead() {
        response.setContentType(headers.answerType());
    }

    /** Sends the head of an answer of unknown length; returns the stream for its body. */
    public OutputStream beginStream() throws IOException {
        answerHead();
        OutputStream out = response.getOutputStream();
        response.flushBuffer();
        return out;
    }

    /** Whether only the head of the answer is requested. */
    public boolean head() {
        return head;
    }

    public ClientConnection connection() {
        return connection;
    }

    public void answer(int status, JsonWriter json) throws IOException, ProblemException {
        answer(status, json.toRawJson().buffer());
    }

    /** Answers with JSON made of these parts; releases the body's share of the budget. */
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

    /** As {@link #answer(int, ByteBuffer...)}, with parts that are produced one by one and have been counted. */
    public void answer(int status, long length, Iterator<ByteBuffer> parts) throws IOException {
        body.close();
        response.setContentType(headers.answerType());
        writer.write(response, connection, status, length, parts);
    }

    public void answerNothing(int status) {
        response.setStatus(status);
    }
}
