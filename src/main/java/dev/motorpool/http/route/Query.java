package dev.motorpool.http.route;

import dev.motorpool.function.signature.NearestName;
import dev.motorpool.http.problem.Problem;
import dev.motorpool.http.problem.ProblemException;
import dev.motorpool.job.Seconds;
import dev.motorpool.json.JsonNumber;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The query parameters of a request: known, given once unless it is a list, and correctly escaped. */
public final class Query {

    static final Query NONE = new Query(Map.of());

    /** Parameters that may be repeated. */
    private static final Set<String> LISTS = Set.of(QueryParameter.TAG.word(), QueryParameter.STATE.word());

    private final Map<String, List<String>> values;

    private Query(Map<String, List<String>> values) {
        this.values = values;
    }

    /** Parses the query string; refuses unknown names. */
    static Query of(@Nullable String text, Set<String> names) throws ProblemException {
        if (text == null || text.isEmpty()) {
            return NONE;
        }
        Map<String, List<String>> values = new LinkedHashMap<>();
        for (String pair : text.split("&", -1)) {
            if (pair.isEmpty()) {
                continue;
            }
            int equals = pair.indexOf('=');
            String name = unescape(equals < 0 ? pair : pair.substring(0, equals), null);
            if (!names.contains(name)) {
                String meant = NearestName.among(names, name);
                throw refuse(
                        name,
                        "This path does not take the query parameter '" + name + "'"
                                + (meant == null ? "." : "; did you mean '" + meant + "'?"));
            }
            String value = equals < 0 ? "" : unescape(pair.substring(equals + 1), name);
            List<String> given = values.computeIfAbsent(name, first -> new ArrayList<>());
            given.add(value);
            if (given.size() > 1 && !LISTS.contains(name)) {
                throw refuse(name, "The query parameter '" + name + "' is given more than once.");
            }
        }
        return new Query(values);
    }

    public @Nullable String get(String name) {
        List<String> given = values.get(name);
        return given == null ? null : given.getFirst();
    }

    /** All values of a parameter that may be repeated. */
    public List<String> all(String name) {
        return values.getOrDefault(name, List.of());
    }

    /** The names of the given parameters, in order. */
    public Set<String> names() {
        return values.keySet();
    }

    /** An integer within the bounds. */
    public int integer(String name, int min, int max, int standard) throws ProblemException {
        String value = get(name);
        if (value == null) {
            return standard;
        }
        JsonNumber number = within(value, min, max);
        if (number != null && number.isInteger()) {
            return number.intValue();
        }
        throw refuse(name, name + " must be an integer from " + min + " to " + max + ".");
    }

    /** One of these words; by default the first. */
    public String oneOf(String name, String... words) throws ProblemException {
        String value = get(name);
        if (value == null) {
            return words[0];
        }
        if (!List.of(words).contains(value)) {
            throw refuse(name, name + " must be " + String.join(" or ", words) + ".");
        }
        return value;
    }

    /** A duration in seconds, from 0 to the given maximum; 0 by default. */
    public Duration seconds(String name, Duration max) throws ProblemException {
        String value = get(name);
        if (value == null) {
            return Duration.ZERO;
        }
        JsonNumber number = within(value, 0, max.toSeconds());
        if (number == null) {
            throw refuse(name, name + " must be a number of seconds from 0 to " + max.toSeconds() + ".");
        }
        return number.signum() == 0 ? Duration.ZERO : Seconds.duration(number);
    }

    /** Parses a JSON number; null if it is none or out of bounds. */
    private static @Nullable JsonNumber within(String value, long min, long max) {
        try {
            JsonNumber number = JsonNumber.of(value);
            boolean inside = number.compareValue(JsonNumber.of(Long.toString(min))) >= 0
                    && number.compareValue(JsonNumber.of(Long.toString(max))) <= 0;
            return inside ? number : null;
        } catch (IllegalArgumentException noNumber) {
            return null;
        }
    }

    public static ProblemException refuse(String name, String detail) {
        return new ProblemException(Problem.malformed(name, detail));
    }

    /**
     * Decodes percent escapes.
     *
     * @param parameter the parameter whose value it is; null if it is a name
     */
    private static String unescape(String text, @Nullable String parameter) throws ProblemException {
        if (text.indexOf('%') < 0 && text.indexOf('+') < 0) {
            return text;
        }
        byte[] bytes = text.replace('+', ' ').getBytes(StandardCharsets.ISO_8859_1);
        int length = 0;
        for (int i = 0; i < bytes.length; i++) {
            byte b = bytes[i];
            if (b == '%') {
                int high = i + 2 < bytes.length ? Character.digit(bytes[i + 1], 16) : -1;
                int low = i + 2 < bytes.length ? Character.digit(bytes[i + 2], 16) : -1;
                if (high < 0 || low < 0) {
                    throw badEscape(text, parameter);
                }
                b = (byte) (high << 4 | low);
                i += 2;
            }
            bytes[length++] = b;
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes, 0, length))
                    .toString();
        } catch (CharacterCodingException e) {
            throw badEscape(text, parameter);
        }
    }

    private static ProblemException badEscape(String text, @Nullable String parameter) {
        return refuse(
                parameter == null ? text : parameter,
                "The query has an escape that is not % and two hexadecimal digits of UTF-8.");
    }
}
