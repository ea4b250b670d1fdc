package dev.motorpool.webhook;

import java.time.Instant;
import org.apache.hc.client5.http.utils.DateUtils;
import org.jspecify.annotations.Nullable;

/** Parses the header {@code Retry-After}, in seconds or as a date. */
final class RetryAfter {

    /** Numbers with more digits mean for ever. */
    private static final int DIGITS = 9;

    private RetryAfter() {}

    /** The moment in the header; null if there is none. */
    static @Nullable Instant parse(@Nullable String header, Instant now) {
        if (header == null) {
            return null;
        }
        String text = header.strip();
        if (text.matches("[0-9]+")) {
            String digits = text.replaceFirst("^0+(?=[0-9])", "");
            return now.plusSeconds(digits.length() > DIGITS ? Integer.MAX_VALUE : Long.parseLong(digits));
        }
        return DateUtils.parseStandardDate(text);
    }
}
