package dev.motorpool.job;

import dev.motorpool.function.signature.NearestName;
import dev.motorpool.json.JsonWriter;
import dev.motorpool.json.RawJson;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Why a call was refused, or why a job has no value.
 *
 * @param message what was wrong, where, and what to do, for people
 * @param members further members of the type, by name and in order: text, numbers, ids, durations, or null
 * @param retryAfter when a retry is worthwhile, null where that does not apply
 */
public record JobError(
        ProblemType type,
        String message,
        Map<String, @Nullable Object> members,
        @Nullable Duration retryAfter) {

    private static final int LONGEST_NAME = 200;

    /** Of the given type with members as name, value, name, value. */
    public static JobError of(ProblemType type, String message, @Nullable Object... members) {
        return new JobError(type, message, inOrder(members), null);
    }

    public static JobError malformed(String pointer, String message) {
        return of(ProblemType.MALFORMED_REQUEST, message, "pointer", pointer);
    }

    /** There is nothing of this name; suggests the most similar known one. The name of the type says what is missing. */
    public static JobError unknown(ProblemType type, String name, Collection<String> known) {
        String shown = shortened(name);
        String meant = NearestName.among(known, name);
        return of(
                type,
                "There is no " + type.word().replace("unknown-", "") + " '" + shown + "'"
                        + (meant == null ? "." : "; did you mean '" + meant + "'?"),
                "name",
                shown,
                "suggestion",
                meant);
    }

    /** As above for a job: ids have no similar ones. */
    public static JobError unknownJob(String id) {
        return gone(
                ProblemType.UNKNOWN_JOB,
                id,
                "There is no job '" + shortened(id) + "': it never was, is not detached, or has been forgotten.");
    }

    /** There is nothing of this name any more. */
    public static JobError gone(ProblemType type, String name, String message) {
        return of(type, message, "name", shortened(name), "suggestion", null);
    }

    /** As much of a name as is echoed. */
    public static String shortened(String name) {
        return name.length() <= LONGEST_NAME ? name : name.substring(0, LONGEST_NAME) + "...";
    }

    /** The service is temporarily unable to do it. */
    public static JobError unavailable(String reason) {
        return of(ProblemType.UNAVAILABLE, reason, "reason", reason).retryAfter(Duration.ofSeconds(1));
    }

    /** A limit of the caller or of its tenant is reached; {@code limit} is its name. */
    public static JobError limitReached(String limit, String message) {
        return of(ProblemType.LIMIT_REACHED, message, "limit", limit).retryAfter(Duration.ofSeconds(1));
    }

    /** A copy with one further member. */
    public JobError with(String name, @Nullable Object value) {
        Map<String, @Nullable Object> more = new LinkedHashMap<>(members);
        more.put(name, value);
        return new JobError(type, message, more, retryAfter);
    }

    /** A copy for the item of this index. */
    public JobError at(int index) {
        return with("index", index);
    }

    /** The form in jobs and lines of streams: {@code type}, {@code message} and the further members, flat. */
    public RawJson toJson() {
        JsonWriter json = new JsonWriter();
        writeTo(json);
        return json.toRawJson();
    }

    /** As {@link #toJson}. */
    public void writeTo(JsonWriter json) {
        json.beginObject();
        json.name("type").value(type.word());
        json.name("message").value(message);
        members.forEach((name, value) -> {
            if (!name.equals("message")) {
                write(json.name(name), value);
            }
        });
        json.endObject();
    }

    /** A further member of an error or problem. */
    public static void write(JsonWriter json, @Nullable Object value) {
        switch (value) {
            case null -> json.nullValue();
            case RawJson raw -> json.value(raw);
            case Number number -> json.literal(number.toString());
            case Collection<?> words -> {
                json.beginArray();
                words.forEach(word -> json.value(String.valueOf(word)));
                json.endArray();
            }
            case Duration duration -> json.literal(Seconds.text(duration));
            default -> json.value(value.toString());
        }
    }

    /** A copy with the time after which a retry is worthwhile. */
    public JobError retryAfter(Duration delay) {
        return new JobError(type, message, members, delay);
    }

    private static Map<String, @Nullable Object> inOrder(@Nullable Object... members) {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        for (int i = 0; i < members.length; i += 2) {
            map.put(String.valueOf(members[i]), members[i + 1]);
        }
        return map;
    }
}
