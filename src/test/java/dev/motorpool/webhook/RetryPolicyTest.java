package dev.motorpool.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import dev.motorpool.detached.model.Delivery;
import dev.motorpool.detached.model.DeliveryKey;
import dev.motorpool.detached.model.DeliveryState;
import dev.motorpool.json.RawJson;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** When a delivery that was due for days is given up. */
class RetryPolicyTest {

    private static final Instant NOW = Instant.parse("2026-01-10T00:00:00Z");
    private static final Instant LONG_AGO = NOW.minus(Duration.ofDays(4));
    private static final WebhookResponse SILENCE = WebhookResponse.silence("no answer");

    private static DeliveryState verdict(Instant started, Instant due, WebhookResponse webhookResponse) {
        Delivery delivery = new Delivery(
                new DeliveryKey(UUID.randomUUID(), 1),
                "http://127.0.0.1/",
                "http://127.0.0.1:80",
                "job.succeeded",
                DeliveryState.PENDING,
                due,
                due,
                0,
                RawJson.EMPTY_ARRAY,
                null);
        return new RetryPolicy(new DeliverySchedule(() -> 0.5), started)
                .of(delivery, webhookResponse, NOW, 1)
                .state();
    }

    @Test
    void silenceEndsWhatWasDueForDaysWhileTheServiceRan() {
        assertThat(verdict(LONG_AGO, LONG_AGO, SILENCE)).isEqualTo(DeliveryState.FAILED);
        assertThat(verdict(LONG_AGO, NOW.minus(Duration.ofDays(2)), SILENCE)).isEqualTo(DeliveryState.PENDING);
    }

    @Test
    void theTimeInWhichTheServiceDidNotRunIsNotCounted() {
        assertThat(verdict(NOW.minusSeconds(60), LONG_AGO, SILENCE)).isEqualTo(DeliveryState.PENDING);
    }

    @Test
    void anAnswerIsAReasonToGoOn() {
        assertThat(verdict(LONG_AGO, LONG_AGO, new WebhookResponse(500, null, null)))
                .isEqualTo(DeliveryState.PENDING);
        assertThat(verdict(LONG_AGO, LONG_AGO, new WebhookResponse(204, null, null)))
                .isEqualTo(DeliveryState.DELIVERED);
    }
}
