package dev.motorpool.http.problem;

import dev.motorpool.job.JobError;
import dev.motorpool.job.JobIds;
import dev.motorpool.job.ProblemType;
import dev.motorpool.json.JsonWriter;
import dev.motorpool.json.RawJson;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.UUID;

/** Writes problems in the format of RFC 9457. No other class does. */
public final class ProblemWriter {

    private static final String CHALLENGE = "Bearer realm=\"motorpool\"";

    public static final String MEDIA_TYPE = "application/problem+json";

    /** Ids of problems without a job. They need not be ordered with job ids. */
    private static final JobIds IDS = new JobIds(Clock.systemUTC());

    private ProblemWriter() {}

    /** A fresh id for a problem. */
    public static UUID freshId() {
        return IDS.next();
    }

    /** Answers with the problem; the response must not be committed. */
    public static void write(HttpServletResponse response, Problem problem, boolean body) throws IOException {
        response.setStatus(problem.type().status());
        Duration retryAfter = problem.error().retryAfter();
        if (retryAfter != null) {
            response.setHeader("Retry-After", Long.toString(wholeSeconds(retryAfter)));
        }
        if (problem.allow() != null) {
            response.setHeader("Allow", problem.allow());
        }
        if (problem.type() == ProblemType.UNAUTHORIZED) {
            response.setHeader("WWW-Authenticate", CHALLENGE);
        }
        response.setHeader("X-Content-Type-Options", "nosniff");
        response.setContentType(MEDIA_TYPE);
        RawJson json = json(problem);
        response.setContentLength(json.length());
        if (body) {
            json.writeTo(response.getOutputStream());
        }
    }

    /** The problem as a complete answer in bytes, for use without a response object; it closes the connection. */
    public static byte[] wholeAnswer(Problem problem) {
        String body = json(problem).toString();
        String head =
                "HTTP/1.1 " + problem.type().status() + " \r\nContent-Type: " + MEDIA_TYPE + "\r\nContent-Length: "
                        + body.getBytes(StandardCharsets.UTF_8).length + "\r\nConnection: close\r\n\r\n";
        return (head + body).getBytes(StandardCharsets.UTF_8);
    }

    static RawJson json(Problem problem) {
        ProblemType type = problem.type();
        UUID id = problem.job() == null ? freshId() : problem.job();
        JsonWriter json = new JsonWriter()
                .beginObject()
                .name("type")
                .value(ProblemType.URN + type.word())
                .name("title")
                .value(type.title())
                .name("status")
                .value(type.status())
                .name("detail")
                .value(problem.error().message())
                .name("instance")
                .value("urn:uuid:" + id);
        problem.error().members().forEach((name, value) -> JobError.write(json.name(name), value));
        return json.endObject().toRawJson();
    }

    private static long wholeSeconds(Duration delay) {
        return Math.max(1, delay.plusNanos(999_999_999).toSeconds());
    }
}
