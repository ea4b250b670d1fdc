package dev.motorpool.http;

import dev.motorpool.json.JsonWriter;
import dev.motorpool.json.RawJson;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Iterator;
import java.util.Map;
import java.util.Objects;

/** One request whose form has been checked, and its answer. */
final class Exchange {

    private final HttpServletResponse response;
    private final ClientConnection connection;
    private final Map<String, String> variables;
    private final Query query;
    private final BodyReader.Body body;
    private final AnswerWriter writer;
    private final boolean head;

    Exchange(
            HttpServletResponse response,
            ClientConnection connection,
            Map<String, String> variables,
            Query query,
            BodyReader.Body body,
            AnswerWriter writer,
            boolean head) {
        this.response = response;
        this.connection = connection;
        this.variables = variables;
        this.query = query;
        this.body = body;
        this.writer = writer;
        this.head = head;
    }

    /** The value of a variable of the route's path. */
    String variable(String name) {
        return Objects.requireNonNull(variables.get(name));
    }

    Query query() {
        return query;
    }

    /** The body; none any more once the answer has begun. */
    RawJson body() {
        return body.text();
    }

    /** True if only the head of the answer is wanted, at once. */
    boolean head() {
        return head;
    }

    ClientConnection connection() {
        return connection;
    }

    void answer(int status, JsonWriter json) throws IOException, ProblemException {
        answer(status, json.toRawJson().buffer());
    }

    /** Answers with JSON that consists of these parts; the body's share of the memory is others' from now on. */
    void answer(int status, ByteBuffer... parts) throws IOException, ProblemException {
        body.close();
        writer.write(response, connection, status, parts);
    }

    /** As {@link #answer(int, ByteBuffer...)}, with parts that come one after the other and have been counted. */
    void answer(int status, long length, Iterator<ByteBuffer> parts) throws IOException {
        body.close();
        writer.write(response, connection, status, length, parts);
    }

    void answerNothing(int status) {
        response.setStatus(status);
    }
}
