package dev.motorpool.job;

import dev.motorpool.json.JsonNumber;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;

/** Durations of the API: seconds, as a JSON number with fractions and without an exponent. */
public final class Seconds {

    /** Replaces all durations longer than 31 years. */
    private static final Duration LONGEST = Duration.ofSeconds(1_000_000_001);

    private static final int NANO_DIGITS = 9;

    private Seconds() {}

    /** The number without an exponent and without needless zeros. */
    public static String text(Duration duration) {
        return text(duration.toNanos());
    }

    public static String text(long nanos) {
        StringBuilder text = new StringBuilder().append(nanos / 1_000_000_000);
        int fraction = (int) (nanos % 1_000_000_000);
        if (fraction > 0) {
            text.append('.');
        }
        for (int unit = 100_000_000; fraction > 0; unit /= 10) {
            text.append((char) ('0' + fraction / unit));
            fraction %= unit;
        }
        return text.toString();
    }

    /** The duration of a number above 0, rounded up to nanoseconds. */
    public static Duration duration(JsonNumber seconds) {
        if (seconds.integerDigits() > NANO_DIGITS) {
            return LONGEST;
        }
        if (!seconds.fitsBigDecimal()) {
            return Duration.ofNanos(1);
        }
        BigDecimal nanos = seconds.toBigDecimal().movePointRight(NANO_DIGITS).setScale(0, RoundingMode.CEILING);
        return Duration.ofNanos(nanos.longValueExact());
    }
}
