package dev.motorpool.function.signature;

import dev.motorpool.json.JsonWriter;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.Period;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.TemporalAccessor;
import java.util.Base64;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The Java types that JSON has as strings, each with its schema and its two conversions. */
public enum TextForm {
    INSTANT(Instant.class, "a date and time", "date-time", Patterns.DATE_TIME, text -> dateTime(text)
            .toInstant()),
    OFFSET_DATE_TIME(OffsetDateTime.class, "a date and time", "date-time", Patterns.DATE_TIME, TextForm::dateTime),
    ZONED_DATE_TIME(ZonedDateTime.class, "a date and time", "date-time", Patterns.DATE_TIME, text -> dateTime(text)
            .toZonedDateTime()),
    LOCAL_DATE_TIME(
            LocalDateTime.class,
            "a date and time without a zone",
            null,
            Patterns.DATE + "[Tt]" + Patterns.CLOCK,
            LocalDateTime::parse),
    LOCAL_DATE(LocalDate.class, "a date", "date", Patterns.DATE, LocalDate::parse),
    LOCAL_TIME(LocalTime.class, "a time without a zone", null, Patterns.CLOCK, LocalTime::parse),
    OFFSET_TIME(OffsetTime.class, "a time", "time", Patterns.CLOCK + Patterns.ZONE, OffsetTime::parse),
    YEAR_MONTH(YearMonth.class, "a month of a year, such as 2026-03", null, "[0-9]{4}-[0-9]{2}", YearMonth::parse),
    DURATION(Duration.class, "a duration, such as PT1H30M", "duration", null, Duration::parse),
    PERIOD(Period.class, "a period of days, months and years, such as P1M", "duration", null, Period::parse),
    ZONE(ZoneId.class, "a time zone, such as Europe/Berlin", null, null, ZoneId::of),
    UUID_TEXT(UUID.class, "a UUID", "uuid", "[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}", TextForm::uuid),
    URI_TEXT(URI.class, "a URI", null, null, URI::create),
    BYTES(byte[].class, "bytes in base64", null, "[A-Za-z0-9+/]*={0,2}", Base64.getDecoder()::decode);

    private static final int UUID_LENGTH = 36;

    private final Class<?> type;
    private final String noun;
    private final @Nullable String format;
    private final @Nullable String pattern;

    @SuppressWarnings("ImmutableEnumChecker") // A method without state.
    private final Function<String, Object> parser;

    TextForm(
            Class<?> type,
            String noun,
            @Nullable String format,
            @Nullable String pattern,
            Function<String, Object> parser) {
        this.type = type;
        this.noun = noun;
        this.format = format;
        this.pattern = pattern;
        this.parser = parser;
    }

    /** The form of a type; null if its JSON is no string. */
    public static @Nullable TextForm of(Class<?> type) {
        for (TextForm form : values()) {
            if (form.type == type) {
                return form;
            }
        }
        return null;
    }

    String noun() {
        return noun;
    }

    /** The value; throws a runtime exception if the text is none. */
    Object parse(String text) {
        return parser.apply(text);
    }

    /** Writes what the schema says besides the type. */
    public void writeLimits(JsonWriter out) {
        if (format != null) {
            out.name("format").value(format);
        }
        if (this == BYTES) {
            out.name("contentEncoding").value("base64");
        }
        if (pattern != null) {
            out.name("pattern").value("^" + pattern + "$");
        }
    }

    /** The text of a value of one of these types; null if it is of another. */
    public static @Nullable String write(Object value) {
        if (value instanceof byte[] bytes) {
            return Base64.getEncoder().encodeToString(bytes);
        }
        if (value instanceof ZonedDateTime time) {
            return DateTimeFormatter.ISO_OFFSET_DATE_TIME.format(time);
        }
        boolean text = of(value.getClass()) != null || value instanceof ZoneId;
        return text ? value.toString() : null;
    }

    /** Without a zone it is UTC. */
    private static OffsetDateTime dateTime(String text) {
        TemporalAccessor read =
                DateTimeFormatter.ISO_DATE_TIME.parseBest(text, OffsetDateTime::from, LocalDateTime::from);
        return read instanceof OffsetDateTime time
                ? time
                : LocalDateTime.from(read).atOffset(ZoneOffset.UTC);
    }

    private static UUID uuid(String text) {
        if (text.length() != UUID_LENGTH) {
            throw new IllegalArgumentException("not a UUID");
        }
        return UUID.fromString(text);
    }

    /** In a class of their own, as constants of an enum cannot use its fields. */
    private static final class Patterns {
        private static final String DATE = "[0-9]{4}-[0-9]{2}-[0-9]{2}";
        private static final String CLOCK = "[0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]{1,9})?)?";
        private static final String ZONE = "([Zz]|[+-][0-9]{2}:[0-9]{2})";
        private static final String DATE_TIME = DATE + "[Tt]" + CLOCK + ZONE + "?";
    }
}
