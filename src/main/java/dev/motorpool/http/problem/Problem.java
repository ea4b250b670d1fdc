package dev.motorpool.http.problem;

import dev.motorpool.function.NearestName;
import dev.motorpool.job.JobError;
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
 * @param detail what was wrong, where, and how to correct it
 * @param job the job concerned; null: none, and the problem gets an id of its own
 * @param members additional members of the type, in order
 * @param retryAfter the header {@code Retry-After}
 * @param allow the header {@code Allow}
 */
public record Problem(
        ProblemType type,
        String detail,
        @Nullable UUID job,
        Map<String, @Nullable Object> members,
        @Nullable Duration retryAfter,
        @Nullable String allow) {

    /** Longest part of an unknown name that is echoed. */
    private static final int LONGEST_NAME = 200;

    public static Problem of(ProblemType type, String detail) {
        return new Problem(type, detail, null, Map.of(), null, null);
    }

    /** Returns a copy with an additional member. */
    public Problem with(String name, @Nullable Object value) {
        Map<String, @Nullable Object> more = new LinkedHashMap<>(members);
        more.put(name, value);
        return new Problem(type, detail, job, more, retryAfter, allow);
    }

    public static Problem malformed(String pointer, String detail) {
        return of(ProblemType.MALFORMED_REQUEST, detail).with("pointer", pointer);
    }

    /** The problem of an unknown name, with suggestions. */
    public static ProblemException unknown(ProblemType type, String sort, String name, Collection<String> known) {
        String shown = name.length() <= LONGEST_NAME ? name : name.substring(0, LONGEST_NAME) + "...";
        String meant = NearestName.among(known, name);
        return new ProblemException(of(
                        type,
                        "There is no " + sort + " '" + shown + "'"
                                + (meant == null ? "." : "; did you mean '" + meant + "'?"))
                .with("name", shown)
                .with("suggestion", meant));
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
                ProblemType.METHOD_NOT_ALLOWED,
                "This path does not take " + method + "; it takes " + allow + "." + remedy,
                null,
                Map.of(),
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
        return new Problem(type, text(given.get("message")), job, members, retryAfter, null);
    }

    private static String text(@Nullable RawJson string) {
        return string == null || string.kind() != JsonKind.STRING ? "" : JsonStrings.decode(string);
    }

    /** The problem of a refused call or of a job without a value. */
    public static Problem of(JobError error, @Nullable UUID job) {
        ProblemType type = Objects.requireNonNull(ProblemType.of(error.type().word()));
        return new Problem(type, error.message(), job, error.members(), error.retryAfter(), null);
    }
}
