package dev.motorpool.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code Retry-After} says, however it is written. */
class RetryAfterTest {

    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    @ParameterizedTest
    @CsvSource({"0, 0", "1, 1", "' 40 ', 40", "0000000001, 1", "0000000000000, 0", "00999999999, 999999999"})
    void secondsAreCountedFromNow(String header, long seconds) {
        assertThat(RetryAfter.parse(header, NOW)).isEqualTo(NOW.plusSeconds(seconds));
    }

    @ParameterizedTest
    @ValueSource(strings = {"1000000000", "9999999999999999999999999", "01000000000"})
    void hugeNumbersAreForEver(String header) {
        assertThat(RetryAfter.parse(header, NOW)).isEqualTo(NOW.plusSeconds(Integer.MAX_VALUE));
    }

    @Test
    void aDateIsThatDateAlsoIfItHasPassed() {
        assertThat(RetryAfter.parse("Thu, 01 Jan 2026 00:01:00 GMT", NOW)).isEqualTo(NOW.plusSeconds(60));
        assertThat(RetryAfter.parse("Wed, 31 Dec 2025 23:59:00 GMT", NOW)).isEqualTo(NOW.minusSeconds(60));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "-1",
                "+1",
                "1 0",
                "1.5",
                "1e3",
                "0x10",
                "\u0661",
                "soon",
                "Thu, 99 Jan 2026 00:01:00 GMT",
                "2026-01-01T00:01:00Z",
                "Thu, 01 Jan 2026"
            })
    void whatIsNeitherNamesNoMoment(String header) {
        assertThat(RetryAfter.parse(header, NOW)).isNull();
    }
}
