package dev.motorpool.pool.settings;

import dev.motorpool.json.JsonKind;
import dev.motorpool.json.JsonNumber;
import dev.motorpool.json.JsonStrings;
import dev.motorpool.json.JsonWriter;
import dev.motorpool.json.MalformedJsonException;
import dev.motorpool.json.MemberNames;
import dev.motorpool.json.Members;
import dev.motorpool.json.RawJson;
import dev.motorpool.json.StrictJson;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads and writes settings of a pool as JSON, in the form of {@code PUT /v1/pools/{name}}. */
public final class PoolPatchJson {

    private static final String KIND = "kind";
    private static final MemberNames MEMBERS = members();
    private static final MemberNames INITIALIZER = MemberNames.of("function", "args", "kwargs");
    private static final JsonNumber MOST_SECONDS = JsonNumber.of(Long.toString(SettingRules.LONGEST_SECONDS));
    private static final JsonNumber LEAST_SECONDS = JsonNumber.of("0.000000001");

    private PoolPatchJson() {}

    private static MemberNames members() {
        List<String> names = new ArrayList<>(List.of(KIND));
        Arrays.stream(PoolSetting.values()).map(PoolSetting::word).forEach(names::add);
        return MemberNames.of(names.toArray(String[]::new));
    }

    /**
     * Reads one JSON object.
     *
     * @throws InvalidSettingException a member that is no setting, or a value of the wrong type
     */
    public static PoolPatch read(RawJson text) throws MalformedJsonException, InvalidSettingException {
        Members members = StrictJson.members(text, MEMBERS);
        refuseUnknown(members, "", MEMBERS);
        Map<PoolSetting, @Nullable Object> given = new EnumMap<>(PoolSetting.class);
        for (PoolSetting setting : PoolSetting.values()) {
            RawJson value = members.get(setting.word());
            if (value != null) {
                given.put(setting, isNull(value) ? null : read(setting, value));
            }
        }
        RawJson kind = members.get(KIND);
        return new PoolPatch(kind == null || isNull(kind) ? null : kind(kind), given);
    }

    private static void refuseUnknown(Members members, String pointer, MemberNames known)
            throws InvalidSettingException {
        String unknown = members.unknown();
        if (unknown != null) {
            throw new InvalidSettingException(
                    pointer + "/" + unknown.replace("~", "~0").replace("/", "~1"),
                    "There is no member of this name here; there are " + known.names() + ".");
        }
    }

    private static boolean isNull(RawJson value) {
        return value.kind() == JsonKind.NULL;
    }

    private static PoolKind kind(RawJson value) throws InvalidSettingException {
        if (value.kind() == JsonKind.STRING) {
            String word = JsonStrings.decode(value);
            for (PoolKind kind : PoolKind.values()) {
                if (kind.word().equals(word)) {
                    return kind;
                }
            }
        }
        throw new InvalidSettingException("/" + KIND, "kind must be \"process\", \"thread\" or \"coroutine\".");
    }

    private static Object read(PoolSetting setting, RawJson value) throws InvalidSettingException {
        String pointer = "/" + setting.word();
        return switch (setting) {
            case SIZE, QUEUE_CAPACITY, MAX_TASKS_PER_CHILD, THREADS_PER_WORKER ->
                Math.toIntExact(integer(pointer, value, Integer.MAX_VALUE));
            case MEMORY_LIMIT -> integer(pointer, value, Long.MAX_VALUE);
            case DEFAULT_TIMEOUT, MAX_TIMEOUT, IDLE_TIMEOUT -> seconds(pointer, value);
            case RUNTIME -> string(pointer, value);
            case SANDBOX -> sandbox(pointer, value);
            case NETWORK -> truth(pointer, value);
            case INITIALIZER -> initializer(pointer, value);
        };
    }

    /** {@link SettingRules} checks the bounds, since it knows the pool's kind; all values below 0 are as bad as -1. */
    private static long integer(String pointer, RawJson value, long most) throws InvalidSettingException {
        if (value.kind() == JsonKind.NUMBER) {
            JsonNumber number = JsonNumber.of(value);
            if (number.isInteger() && number.compareValue(JsonNumber.of(Long.toString(most))) <= 0) {
                return number.signum() < 0 ? -1 : number.longValue();
            }
        }
        throw new InvalidSettingException(
                pointer, pointer.substring(1) + " must be an integer of at most " + most + ".");
    }

    private static Duration seconds(String pointer, RawJson value) throws InvalidSettingException {
        if (value.kind() == JsonKind.NUMBER) {
            JsonNumber number = JsonNumber.of(value);
            if (number.compareValue(LEAST_SECONDS) >= 0 && number.compareValue(MOST_SECONDS) <= 0) {
                return Duration.ofNanos(number.toBigDecimal().movePointRight(9).longValue());
            }
        }
        throw new InvalidSettingException(
                pointer,
                pointer.substring(1) + " must be a number of seconds above 0 and at most " + MOST_SECONDS + ".");
    }

    private static String string(String pointer, RawJson value) throws InvalidSettingException {
        if (value.kind() != JsonKind.STRING) {
            throw new InvalidSettingException(pointer, "A string is needed here.");
        }
        return JsonStrings.decode(value);
    }

    private static Sandbox sandbox(String pointer, RawJson value) throws InvalidSettingException {
        if (value.kind() == JsonKind.STRING) {
            String word = JsonStrings.decode(value);
            for (Sandbox sandbox : Sandbox.values()) {
                if (sandbox.word().equals(word)) {
                    return sandbox;
                }
            }
        }
        throw new InvalidSettingException(pointer, "sandbox must be \"none\" or \"bubblewrap\".");
    }

    private static Boolean truth(String pointer, RawJson value) throws InvalidSettingException {
        if (value.kind() != JsonKind.BOOLEAN) {
            throw new InvalidSettingException(pointer, pointer.substring(1) + " must be true or false.");
        }
        return value.toString().equals("true");
    }

    private static Initializer initializer(String pointer, RawJson value) throws InvalidSettingException {
        if (value.kind() != JsonKind.OBJECT) {
            throw new InvalidSettingException(
                    pointer, "initializer must be an object with function, and args or kwargs if it takes any.");
        }
        Members members;
        try {
            members = StrictJson.members(value, INITIALIZER);
        } catch (MalformedJsonException e) {
            throw new IllegalStateException("checked with the whole before", e);
        }
        refuseUnknown(members, pointer, INITIALIZER);
        RawJson function = members.get("function");
        if (function == null) {
            throw new InvalidSettingException(pointer + "/function", "An initializer needs the name of a function.");
        }
        return new Initializer(
                string(pointer + "/function", function),
                container(pointer + "/args", members.get("args"), JsonKind.ARRAY, RawJson.EMPTY_ARRAY),
                container(pointer + "/kwargs", members.get("kwargs"), JsonKind.OBJECT, RawJson.EMPTY_OBJECT));
    }

    /** Reads an initializer from the texts in the configuration. */
    public static Initializer initializer(String function, String args, String kwargs)
            throws MalformedJsonException, InvalidSettingException {
        RawJson list = RawJson.of(args);
        RawJson map = RawJson.of(kwargs);
        StrictJson.check(list);
        StrictJson.check(map);
        String pointer = "/" + PoolSetting.INITIALIZER.word();
        return new Initializer(
                function,
                container(pointer + "/args", list, JsonKind.ARRAY, RawJson.EMPTY_ARRAY),
                container(pointer + "/kwargs", map, JsonKind.OBJECT, RawJson.EMPTY_OBJECT));
    }

    private static RawJson container(String pointer, @Nullable RawJson value, JsonKind kind, RawJson standard)
            throws InvalidSettingException {
        if (value == null || isNull(value)) {
            return standard;
        }
        if (value.kind() != kind) {
            throw new InvalidSettingException(pointer, "Needed here is " + kind.words() + ".");
        }
        return RawJson.of(value.toByteArray()); // outlives the text it came in
    }

    /** Writes the members that {@link #read} reads, into an object that the caller has begun. */
    public static void write(PoolPatch patch, JsonWriter out) {
        PoolKind kind = patch.kind();
        if (kind != null) {
            out.name(KIND).value(kind.word());
        }
        patch.given().forEach((setting, value) -> write(out.name(setting.word()), value));
    }

    private static void write(JsonWriter out, @Nullable Object value) {
        switch (value) {
            case null -> out.nullValue();
            case Number number -> out.value(number.longValue());
            case Boolean truth -> out.value(truth.booleanValue());
            case Sandbox sandbox -> out.value(sandbox.word());
            case Duration duration ->
                out.literal(BigDecimal.valueOf(duration.toNanos(), 9)
                        .stripTrailingZeros()
                        .toPlainString());
            case Initializer initializer ->
                out.beginObject()
                        .name("function")
                        .value(initializer.function())
                        .name("args")
                        .value(initializer.args())
                        .name("kwargs")
                        .value(initializer.kwargs())
                        .endObject();
            default -> out.value(value.toString());
        }
    }
}
