package dev.motorpool.job;

import dev.motorpool.function.NearestName;
import dev.motorpool.json.JsonKind;
import dev.motorpool.json.JsonNumber;
import dev.motorpool.json.JsonPointers;
import dev.motorpool.json.JsonStrings;
import dev.motorpool.json.MalformedJsonException;
import dev.motorpool.json.MemberNames;
import dev.motorpool.json.Members;
import dev.motorpool.json.RawJson;
import dev.motorpool.json.StrictJson;
import dev.motorpool.pool.settings.SettingRules;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The members of a JSON object in a request, each read with its required type and range. A fault is a
 * {@code malformed-request} that names the place. {@code null} is the same as a missing member.
 */
final class BodyMembers {

    /** Numbers of this many digits may not fit a long. */
    private static final int LONG_DIGITS = 19;

    private static final JsonNumber MOST_SECONDS = JsonNumber.of(Long.toString(SettingRules.LONGEST_SECONDS));

    private final Members members;

    /** JSON Pointer to the object; null if its members came as query parameters. */
    private final @Nullable String at;

    private BodyMembers(Members members, @Nullable String at) {
        this.members = members;
        this.at = at;
    }

    /** Members that came as query parameters, whose names are known: faults name only the parameter. */
    static BodyMembers ofQuery(RawJson parameters, MemberNames names) throws CallRefusedException {
        return new BodyMembers(of(parameters, names).members, null);
    }

    /** Reads a whole body strictly; rejects members that are not among the names. */
    static BodyMembers of(RawJson body, MemberNames names) throws CallRefusedException {
        return of(body, names, "");
    }

    /** As {@link #of(RawJson, MemberNames)}, for an object at this pointer in a text that has been checked. */
    static BodyMembers of(RawJson object, MemberNames names, String at) throws CallRefusedException {
        Members members;
        try {
            members = StrictJson.members(object, names);
        } catch (MalformedJsonException malformed) {
            throw refuse(at + malformed.pointer(), malformed.getMessage());
        }
        String unknown = members.unknown();
        if (unknown != null) {
            String meant = NearestName.among(names.names(), unknown);
            throw refuse(
                    JsonPointers.member(at, unknown),
                    "The member '" + JobError.shortened(unknown) + "' is not known here"
                            + (meant == null
                                    ? "; known are " + String.join(", ", names.names()) + "."
                                    : "; did you mean '" + meant + "'?"));
        }
        return new BodyMembers(members, at);
    }

    /** The value as it is; null if missing or {@code null}. */
    @Nullable
    RawJson value(String name) {
        RawJson value = members.get(name);
        return value == null || value.kind() == JsonKind.NULL ? null : value;
    }

    @Nullable
    String string(String name) throws CallRefusedException {
        RawJson value = value(name);
        if (value == null) {
            return null;
        }
        require(value.kind() == JsonKind.STRING, name, "must be a string");
        String text = JsonStrings.decode(value);
        require(JsonStrings.wellFormed(text), name, "must be whole characters, not half of a surrogate pair");
        return text;
    }

    String requiredString(String name) throws CallRefusedException {
        String value = string(name);
        require(value != null, name, "is required");
        return value == null ? "" : value;
    }

    RawJson array(String name) throws CallRefusedException {
        return container(name, JsonKind.ARRAY, RawJson.EMPTY_ARRAY);
    }

    RawJson object(String name) throws CallRefusedException {
        return container(name, JsonKind.OBJECT, RawJson.EMPTY_OBJECT);
    }

    private RawJson container(String name, JsonKind kind, RawJson missing) throws CallRefusedException {
        RawJson value = value(name);
        if (value == null) {
            return missing;
        }
        require(value.kind() == kind, name, "must be " + kind.words());
        return value;
    }

    /** An integer within the bounds, in any notation: {@code 35.0} and {@code 3.5e1} are 35. */
    @Nullable
    Long integer(String name, long min, long max) throws CallRefusedException {
        RawJson value = value(name);
        if (value == null) {
            return null;
        }
        String rule = "must be an integer from " + min + " to " + max;
        JsonNumber number = number(name, value, rule);
        long integer = number.longValue();
        require(
                number.isInteger() && number.integerDigits() < LONG_DIGITS && integer >= min && integer <= max,
                name,
                rule);
        return integer;
    }

    /** A number of seconds above 0, ten years at most. */
    @Nullable
    Duration seconds(String name) throws CallRefusedException {
        RawJson value = value(name);
        if (value == null) {
            return null;
        }
        String rule = "must be a number of seconds above 0, at most " + MOST_SECONDS;
        JsonNumber number = number(name, value, rule);
        require(number.signum() > 0 && number.compareValue(MOST_SECONDS) <= 0, name, rule);
        return Seconds.duration(number);
    }

    /** A number of seconds from 0 to ten years. */
    @Nullable
    Duration secondsFromZero(String name) throws CallRefusedException {
        return secondsFromZero(name, Duration.ofSeconds(SettingRules.LONGEST_SECONDS));
    }

    /** A number of seconds from 0 to this maximum. */
    @Nullable
    Duration secondsFromZero(String name, Duration most) throws CallRefusedException {
        RawJson value = value(name);
        if (value == null) {
            return null;
        }
        String rule = "must be a number of seconds from 0 to " + Seconds.text(most);
        JsonNumber number = number(name, value, rule);
        require(number.signum() >= 0, name, rule);
        Duration duration = number.signum() == 0 ? Duration.ZERO : Seconds.duration(number);
        require(duration.compareTo(most) <= 0, name, rule);
        return duration;
    }

    private JsonNumber number(String name, RawJson value, String rule) throws CallRefusedException {
        require(value.kind() == JsonKind.NUMBER, name, rule);
        return JsonNumber.of(value);
    }

    void require(boolean holds, String name, String rule) throws CallRefusedException {
        if (!holds) {
            throw refuse(pointer(name), name + " " + rule + ".");
        }
    }

    String pointer(String name) {
        return at == null ? name : JsonPointers.member(at, name);
    }

    static CallRefusedException refuse(String pointer, String message) {
        return new CallRefusedException(JobError.malformed(pointer, message));
    }
}
