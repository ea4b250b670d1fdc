package dev.motorpool.pool;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class CompletionRateTest {

    private final CompletionRate rate = new CompletionRate(0);

    @Test
    void isThatOfTheLastHalfMinute() {
        for (int second = 0; second < 100; second++) {
            long nanos = Duration.ofSeconds(second).toNanos();
            rate.add(nanos, 10);
            assertThat(rate.perSecond(nanos)).isBetween(10.0, 20.0);
        }
        assertThat(rate.perSecond(Duration.ofSeconds(99).toNanos())).isEqualTo(10);
        assertThat(rate.perSecond(Duration.ofSeconds(114).toNanos())).isEqualTo(5);
        assertThat(rate.perSecond(Duration.ofSeconds(1_000).toNanos())).isZero();
    }

    @Test
    void callersRetryWhenATenthOfTheWaitingCallsHasStarted() {
        rate.add(0, 100);
        long nanos = Duration.ofSeconds(1).toNanos();
        assertThat(rate.retryAfter(10_000, nanos)).isEqualTo(Duration.ofSeconds(10));
        assertThat(rate.retryAfter(0, nanos)).isEqualTo(Duration.ofSeconds(1));
        assertThat(rate.retryAfter(10_000_000, nanos)).isEqualTo(Duration.ofMinutes(5));
    }
}
