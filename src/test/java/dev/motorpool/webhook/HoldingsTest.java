package dev.motorpool.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.time.Clock;
import java.time.Instant;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Who has a place in memory where there are more receivers than places. */
class HoldingsTest {

    private final Instant now = Instant.parse("2026-01-01T00:00:00Z");
    private final Holdings holdings = new Holdings(WebhookSettings.DEFAULT, Clock.systemUTC());

    @GuardedBy("holdings.lock")
    private void fill(boolean dead, Instant lookAt) {
        for (int i = 0; i < Holdings.MOST_RECEIVERS; i++) {
            Receiver each = Objects.requireNonNull(holdings.receiver("http://receiver-" + i + ":80"));
            for (int tries = 0; dead && tries < Breaker.SILENCES; tries++) {
                each.breaker().silent(each.breaker().era(), now);
            }
            holdings.lookAt(each, lookAt);
        }
        assertThat(holdings.receiver("http://new:80")).isNull();
    }

    @Test
    void deadReceiversGiveWayToANewOneTheOldestFirst() {
        holdings.lock.lock();
        try {
            fill(true, now.plusSeconds(1));
            assertThat(holdings.receiverInPlaceOfOthers("http://new:80", now)).isNotNull();
            Receiver youngest = holdings.receiver("http://receiver-" + (Holdings.MOST_RECEIVERS - 1) + ":80");
            assertThat(Objects.requireNonNull(youngest).breaker().doubts()).isTrue();
            Receiver oldest = holdings.receiver("http://receiver-0:80");
            assertThat(Objects.requireNonNull(oldest).breaker().doubts()).isFalse();
        } finally {
            holdings.lock.unlock();
        }
    }

    @Test
    void thoseThatAreAboutToBeLookedAtStay() {
        holdings.lock.lock();
        try {
            fill(false, now);
            assertThat(holdings.receiverInPlaceOfOthers("http://new:80", now)).isNull();
        } finally {
            holdings.lock.unlock();
        }
    }
}
