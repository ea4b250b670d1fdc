package dev.motorpool.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A client that checks every answer against {@code openapi.yaml}, and can send invalid requests. */
final class CheckedClient {

    private final int port;
    private final OpenApiChecks checks;

    CheckedClient(int port, OpenApiChecks checks) {
        this.port = port;
        this.checks = checks;
    }

    int port() {
        return port;
    }

    /** A connection for arbitrary bytes. */
    RawConnection connect() throws IOException {
        return new RawConnection(port);
    }

    Answer get(String target) throws IOException {
        return request("GET", target).send();
    }

    Answer post(String target, String body) throws IOException {
        return request("POST", target).body(body).send();
    }

    Answer post(String target) throws IOException {
        return request("POST", target).send();
    }

    Answer put(String target, String body) throws IOException {
        return request("PUT", target).body(body).send();
    }

    Answer delete(String target) throws IOException {
        return request("DELETE", target).send();
    }

    Answer apply(String body) throws IOException {
        return post("/v1/apply", body);
    }

    Request request(String method, String target) {
        return new Request(method, target);
    }

    Answer checked(String method, String target, Answer answer) {
        assertThat(checks.check(method, target, answer))
                .as("%s %s answered %d %s", method, target, answer.status(), answer.text())
                .isEmpty();
        return answer;
    }

    /** A request under construction. */
    final class Request {

        private final String method;
        private final String target;
        private final Map<String, @Nullable String> headers = new LinkedHashMap<>();
        private byte @Nullable [] body;

        private Request(String method, String target) {
            this.method = method;
            this.target = target;
            headers.put("Host", "localhost:" + port);
        }

        /** Sets a header; null removes a default one. */
        Request header(String name, @Nullable String value) {
            headers.put(name, value);
            return this;
        }

        Request body(String text) {
            return body(text.getBytes(StandardCharsets.UTF_8));
        }

        Request body(byte[] bytes) {
            body = bytes;
            if (!headers.containsKey("Content-Type")) {
                headers.put("Content-Type", "application/json");
            }
            headers.put("Content-Length", Integer.toString(bytes.length));
            return this;
        }

        byte[] head() {
            StringBuilder head =
                    new StringBuilder(method).append(' ').append(target).append(" HTTP/1.1\r\n");
            headers.forEach((name, value) -> {
                if (value != null) {
                    head.append(name).append(": ").append(value).append("\r\n");
                }
            });
            return head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1);
        }

        /** Sends the request on a new connection, in one piece. */
        Answer send() throws IOException {
            try (RawConnection connection = connect()) {
                ByteArrayOutputStream whole = new ByteArrayOutputStream();
                whole.writeBytes(head());
                if (body != null) {
                    whole.writeBytes(body);
                }
                connection.send(whole.toByteArray());
                return checked(method, target, connection.read(method.equals("HEAD")));
            }
        }
    }
}
