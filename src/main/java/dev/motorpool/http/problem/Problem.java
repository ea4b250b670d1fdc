package dev.motorpool.http.problem;

import dev.motorpool.job.JobError;
import dev.motorpool.job.ProblemType;
import dev.motorpool.json.JsonCursor;
import dev.motorpool.json.JsonKind;
import dev.motorpool.json.JsonStrings;
import dev.motorpool.json.RawJson;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A refusal or failure as the client sees it.
 *
 * @param error its type, what was wrong, where, and how to correct it
 * @param job the job concerned; null: none, and the problem gets an id of its own
 * @param allow the header {@code Allow}
 */
public record Problem(
        JobError error, @Nullable UUID job, @Nullable String allow) {

    public static Problem of(ProblemType type, String detail) {
        return of(JobError.of(type, detail), null);
    }

    /** Returns a copy with an additional member. */
    public Problem with(String name, @Nullable Object value) {
        return new Problem(error.with(name, value), job, allow);
    }

    public static Problem malformed(String pointer, String detail) {
        return of(JobError.malformed(pointer, detail), null);
    }

    /** The problem of an unknown name, with suggestions. */
    public static ProblemException unknown(ProblemType type, String name, Collection<String> known) {
        return new ProblemException(of(JobError.unknown(type, name, known), null));
    }

    public static Problem notAllowed(String method, String allow) {
        return notAllowed(method, allow, "");
    }

    /**
     * The problem of a method that a path does not allow.
     *
     * @param remedy what to do instead, after a space; empty: no advice
     */
    public static Problem notAllowed(String method, String allow, String remedy) {
        return new Problem(
                JobError.of(
                        ProblemType.METHOD_NOT_ALLOWED,
                        "This path does not take " + method + "; it takes " + allow + "." + remedy),
                null,
                allow);
    }

    public static Problem unavailable(String reason) {
        return of(JobError.unavailable(reason), null);
    }

    /** A limit of the caller or of its tenant is reached. */
    public static Problem limitReached(String limit, String detail) {
        return of(JobError.limitReached(limit, detail), null);
    }

    /** The problem of a job without a value. Its error was stored in the format of the API: the same members, flat. */
    public static Problem of(RawJson error, UUID job) {
        Map<String, RawJson> given = new LinkedHashMap<>();
        JsonCursor cursor = new JsonCursor(error);
        while (cursor.next()) {
            given.put(cursor.name(), cursor.value());
        }
        String word = text(given.get("type"));
        ProblemType type = Objects.requireNonNullElse(ProblemType.of(word), ProblemType.INTERNAL);
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        for (String member : type.members()) {
            String name = member.replace("?", "");
            if (given.containsKey(name)) {
                members.put(name, given.get(name));
            }
        }
        Duration retryAfter = type.saysWhenAgain() ? Duration.ofSeconds(1) : null;
        return of(new JobError(type, text(given.get("message")), members, retryAfter), job);
    }

    private static String text(@Nullable RawJson string) {
        return string == null || string.kind() != JsonKind.STRING ? "" : JsonStrings.decode(string);
    }

    /** The problem of a refused call or of a job without a value. */
    public static Problem of(JobError error, @Nullable UUID job) {
        return new Problem(error, job, null);
    }

    public ProblemType type() {
        return error.type();
    }
}
