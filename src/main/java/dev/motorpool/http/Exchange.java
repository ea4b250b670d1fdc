package dev.motorpool.http;

import dev.motorpool.json.JsonWriter;
import dev.motorpool.json.RawJson;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Map;
import java.util.Objects;

/** One request whose form has been checked, and its answer. */
final class Exchange {

    private final HttpServletResponse response;
    private final ClientConnection connection;
    private final Map<String, String> variables;
    private final Query query;
    private final RawJson body;
    private final boolean head;

    Exchange(
            HttpServletResponse response,
            ClientConnection connection,
            Map<String, String> variables,
            Query query,
            RawJson body,
            boolean head) {
        this.response = response;
        this.connection = connection;
        this.variables = variables;
        this.query = query;
        this.body = body;
        this.head = head;
    }

    /** The value of a variable of the route's path. */
    String variable(String name) {
        return Objects.requireNonNull(variables.get(name));
    }

    Query query() {
        return query;
    }

    RawJson body() {
        return body;
    }

    /** True if only the head of the answer is wanted, at once. */
    boolean head() {
        return head;
    }

    ClientConnection connection() {
        return connection;
    }

    void answer(int status, JsonWriter json) throws IOException {
        RawJson text = json.toRawJson();
        answer(status, text.bytes(), text.offset(), text.length());
    }

    void answer(int status, byte[] text, int offset, int length) throws IOException {
        response.setStatus(status);
        response.setContentType(MediaTypes.JSON);
        response.setContentLength(length);
        response.getOutputStream().write(text, offset, length);
    }

    void answerNothing(int status) {
        response.setStatus(status);
    }
}
