package dev.motorpool.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import dev.motorpool.detached.model.Delivery;
import dev.motorpool.detached.model.DeliveryKey;
import dev.motorpool.detached.model.DeliveryState;
import dev.motorpool.detached.model.OutgoingDelivery;
import dev.motorpool.json.RawJson;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** In which order a receiver's deliveries are tried, and how many at once. */
class ReceiverTest {

    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    private final Receiver receiver = new Receiver("http://127.0.0.1:80", 0, 1);

    private OutgoingDelivery parcel() {
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
        return new OutgoingDelivery(delivery, RawJson.of("{}"));
    }

    @Test
    void whatIsWantedNowIsNextButNotBesideMoreThanThereMayBe() {
        OutgoingDelivery first = parcel();
        OutgoingDelivery second = parcel();
        receiver.take(first);
        receiver.take(second);
        assertThat(receiver.begin(NOW)).isSameAs(first);
        assertThat(receiver.mayBeginOneMore()).isFalse();

        OutgoingDelivery wanted = parcel();
        receiver.takeFirst(wanted);
        assertThat(receiver.begin(NOW)).isNull();
        receiver.tried(first, new WebhookResponse(204, null, null), NOW);
        assertThat(receiver.begin(NOW)).isSameAs(wanted);
    }

    @Test
    void aPauseThatIsAskedForHoldsWhateverElseWasUnderWay() {
        Receiver several = new Receiver("http://127.0.0.1:80", 0, 4);
        List<OutgoingDelivery> parcels = Stream.generate(this::parcel).limit(4).toList();
        parcels.forEach(several::take);
        parcels.forEach(each -> assertThat(several.begin(NOW)).isSameAs(each));
        several.tried(parcels.get(0), new WebhookResponse(429, "30", null), NOW);
        several.tried(parcels.get(1), new WebhookResponse(204, null, null), NOW);
        several.tried(parcels.get(2), new WebhookResponse(503, "10", null), NOW);
        several.tried(parcels.get(3), new WebhookResponse(429, null, null), NOW);
        several.take(parcel());
        assertThat(several.begin(NOW.plusSeconds(29))).isNull();
        assertThat(several.begin(NOW.plusSeconds(30))).isNotNull();
    }

    @Test
    void whoseAnswersTakeLongIsNotQuick() {
        assertThat(receiver.quick()).as("nothing is known").isFalse();
        answers(NOW, NOW.plusSeconds(1));
        assertThat(receiver.quick()).isTrue();
        answers(NOW, NOW.plusMillis(1_001));
        assertThat(receiver.quick()).isFalse();
        answers(NOW, NOW);
        assertThat(receiver.quick()).isTrue();
    }

    @Test
    void whoHasNotAnsweredForLongIsNotQuick() {
        answers(NOW, NOW);
        OutgoingDelivery outgoing = parcel();
        receiver.take(outgoing);
        assertThat(receiver.begin(NOW)).isNotNull();
        receiver.look(NOW.plusSeconds(1));
        assertThat(receiver.quick()).isTrue();
        assertThat(receiver.lengthy()).isZero();
        receiver.look(NOW.plusMillis(1_001));
        assertThat(receiver.quick()).isFalse();
        assertThat(receiver.lengthy()).isEqualTo(1);
    }

    private void answers(Instant begun, Instant over) {
        OutgoingDelivery outgoing = parcel();
        receiver.take(outgoing);
        assertThat(receiver.begin(begun)).isSameAs(outgoing);
        receiver.tried(outgoing, new WebhookResponse(204, null, null), over);
    }
}
