package dev.motorpool.job.request;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Formats and parses times of RFC 3339. */
public final class TimeText {

    private static final Pattern TIME = Pattern.compile("(\\d{4}-\\d\\d-\\d\\d)[Tt](\\d\\d:\\d\\d):(\\d\\d)(\\.\\d+)?"
            + "(?:[Zz]|([+-])([01]\\d|2[0-3]):([0-5]\\d))");

    private static final int LEAP_SECOND = 60;
    private static final int NANO_DIGITS = 9;

    private static final DateTimeFormatter SECOND =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.").withZone(ZoneOffset.UTC);

    /** The text of one second. Most answers have times of the second before last, the last, and the present. */
    private record Second(long epoch, String text) {}

    private static volatile Second latest = new Second(0, "1970-01-01T00:00:00.");

    private TimeText() {}

    /** The time in the API's form: in UTC, cut to milliseconds. */
    public static String of(Instant time) {
        Second second = latest;
        if (second.epoch != time.getEpochSecond()) {
            second = new Second(time.getEpochSecond(), SECOND.format(time));
            latest = second;
        }
        int millis = time.getNano() / 1_000_000;
        return second.text
                + (char) ('0' + millis / 100)
                + (char) ('0' + millis / 10 % 10)
                + (char) ('0' + millis % 10)
                + 'Z';
    }

    /** The time in a text, cut to nanoseconds; null if it is not a time. A leap second is the second after it. */
    static @Nullable Instant parse(String text) {
        Matcher parts = TIME.matcher(text);
        if (!parts.matches()) {
            return null;
        }
        int second = Integer.parseInt(parts.group(3));
        try {
            LocalDateTime minute = LocalDateTime.parse(parts.group(1) + "T" + parts.group(2));
            if (second > LEAP_SECOND) {
                return null;
            }
            return minute.minusMinutes(offsetMinutes(parts))
                    .toInstant(ZoneOffset.UTC)
                    .plusSeconds(second)
                    .plusNanos(nanos(parts.group(4)));
        } catch (DateTimeException noSuchDay) {
            return null;
        }
    }

    private static int offsetMinutes(Matcher parts) {
        if (parts.group(5) == null) {
            return 0;
        }
        int minutes = 60 * Integer.parseInt(parts.group(6)) + Integer.parseInt(parts.group(7));
        return parts.group(5).equals("-") ? -minutes : minutes;
    }

    /** @param fraction a point and digits; null if there is none */
    private static int nanos(@Nullable String fraction) {
        if (fraction == null) {
            return 0;
        }
        String digits = fraction.substring(1, Math.min(fraction.length(), 1 + NANO_DIGITS));
        return Integer.parseInt(digits + "0".repeat(NANO_DIGITS - digits.length()));
    }
}
