package dev.motorpool.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;

/** How long a receiver that does not answer is left alone. */
class CircuitBreakerTest {

    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    private final CircuitBreaker breaker = new CircuitBreaker();

    private void silences(int count, int begun) {
        for (int i = 0; i < count; i++) {
            breaker.onFailure(begun, NOW);
        }
    }

    @Test
    void aBurstOfSilencesOpensItForTheShortestPause() {
        silences(16, breaker.generation());
        assertThat(breaker.until(NOW)).isEqualTo(NOW.plusSeconds(1));
    }

    @Test
    void eachTryThatBeganSinceDoublesThePause() {
        silences(CircuitBreaker.SILENCES, breaker.generation());
        for (long pause : new long[] {2, 4, 8, 16, 32, 60, 60}) {
            silences(1, breaker.generation());
            assertThat(breaker.until(NOW)).isEqualTo(NOW.plusSeconds(pause));
        }
    }

    @Test
    void aClockThatIsSetBackDoesNotHoldIt() {
        silences(CircuitBreaker.SILENCES + 6, breaker.generation());
        for (int i = 0; i < 6; i++) {
            silences(1, breaker.generation());
        }
        assertThat(breaker.allows(NOW)).isFalse();
        assertThat(breaker.allows(NOW.minusSeconds(3600))).isTrue();
    }

    @Test
    void silencesFromBeforeItClosedDoNotCount() {
        int before = breaker.generation();
        silences(CircuitBreaker.SILENCES, before);
        int open = breaker.generation();
        breaker.onSuccess(open);
        silences(20, before);
        silences(20, open);
        assertThat(breaker.isClosed()).isTrue();
    }

    @Test
    void aPauseIsNotEndedByTriesThatBeganBeforeIt() {
        int before = breaker.generation();
        breaker.onSuccess(before);
        breaker.pause(NOW, NOW.plusSeconds(30));
        breaker.onSuccess(before);
        assertThat(breaker.until(NOW)).isEqualTo(NOW.plusSeconds(30));
        breaker.onSuccess(breaker.generation());
        assertThat(breaker.until(NOW)).isNull();
    }

    @Test
    void ofSeveralPausesTheLatestEndCounts() {
        breaker.pause(NOW, NOW.plusSeconds(30));
        breaker.pause(NOW, NOW.plusSeconds(10));
        breaker.pause(NOW, NOW.minusSeconds(10));
        assertThat(breaker.until(NOW)).isEqualTo(NOW.plusSeconds(30));
        breaker.pause(NOW, NOW.plusSeconds(86_400));
        assertThat(breaker.until(NOW)).isEqualTo(NOW.plus(CircuitBreaker.LONGEST));
    }

    @Test
    void silenceDuringAPauseNeitherEndsItNorIsForgotten() {
        breaker.pause(NOW, NOW.plusSeconds(30));
        silences(CircuitBreaker.SILENCES, breaker.generation());
        assertThat(breaker.until(NOW)).isEqualTo(NOW.plusSeconds(30));
        assertThat(breaker.isOpen()).isTrue();
    }

    @Test
    void aClockThatIsSetBackDoesNotHoldAPause() {
        breaker.pause(NOW, NOW.plusSeconds(30));
        Instant back = NOW.minusSeconds(3600);
        assertThat(breaker.allows(back)).isTrue();
        breaker.pause(back, back.plusSeconds(5));
        assertThat(breaker.until(back)).isEqualTo(back.plusSeconds(5));
    }
}
