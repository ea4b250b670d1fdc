package dev.motorpool.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import dev.motorpool.detached.Delivery;
import dev.motorpool.detached.DeliveryKey;
import dev.motorpool.detached.DeliveryState;
import dev.motorpool.detached.Parcel;
import dev.motorpool.json.RawJson;
import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** In which order a receiver's deliveries are tried, and how many at once. */
class ReceiverTest {

    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    private final Receiver receiver = new Receiver("http://127.0.0.1:80", 0, 1);

    private Parcel parcel() {
        Delivery delivery = new Delivery(
                new DeliveryKey(UUID.randomUUID(), 1),
                receiver.name + "/",
                receiver.name,
                "job.succeeded",
                DeliveryState.PENDING,
                NOW,
                NOW,
                0,
                RawJson.EMPTY_ARRAY,
                null);
        return new Parcel(delivery, RawJson.of("{}"));
    }

    @Test
    void whatIsWantedNowIsNextButNotBesideMoreThanThereMayBe() {
        Parcel first = parcel();
        Parcel second = parcel();
        receiver.take(first);
        receiver.take(second);
        assertThat(receiver.begin(NOW)).isSameAs(first);
        assertThat(receiver.mayBeginOneMore()).isFalse();

        Parcel wanted = parcel();
        receiver.takeFirst(wanted);
        assertThat(receiver.begin(NOW)).isNull();
        receiver.tried(first, new Reply(204, null, null), NOW);
        assertThat(receiver.begin(NOW)).isSameAs(wanted);
    }
}
