package dev.motorpool.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.motorpool.detached.model.Delivery;
import dev.motorpool.detached.model.DeliveryKey;
import dev.motorpool.detached.model.DeliveryState;
import dev.motorpool.detached.model.OutgoingDelivery;
import dev.motorpool.json.RawJson;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Who has a place in memory where there are more receivers than places. */
class DeliveryQueueTest {

    private long made;
    private final Instant now = Instant.parse("2026-01-01T00:00:00Z");
    private final DeliveryQueue queue = new DeliveryQueue(WebhookSettings.DEFAULT, Clock.systemUTC());

    private static DeliveryQueue queue(long memory) {
        WebhookSettings d = WebhookSettings.DEFAULT;
        return new DeliveryQueue(
                new WebhookSettings(
                        d.connectTimeout(), d.answerTimeout(), d.answerLimit(), d.concurrency(), d.retain(), memory),
                Clock.systemUTC());
    }

    @GuardedBy("queue.lock")
    private void fill(boolean dead, Instant lookAt) {
        for (int i = 0; i < DeliveryQueue.MOST_RECEIVERS; i++) {
            Receiver each = Objects.requireNonNull(queue.receiver("http://receiver-" + i + ":80"));
            for (int tries = 0; dead && tries < CircuitBreaker.SILENCES; tries++) {
                each.breaker().onFailure(each.breaker().generation(), now);
            }
            queue.lookAt(each, lookAt);
        }
        assertThat(queue.receiver("http://new:80")).isNull();
    }

    @Test
    void deadReceiversGiveWayToANewOneTheOldestFirst() {
        queue.lock.lock();
        try {
            fill(true, now.plusSeconds(1));
            assertThat(queue.receiverInPlaceOfOthers("http://new:80", now)).isNotNull();
            Receiver youngest = queue.receiver("http://receiver-" + (DeliveryQueue.MOST_RECEIVERS - 1) + ":80");
            assertThat(Objects.requireNonNull(youngest).breaker().isOpen()).isTrue();
            Receiver oldest = queue.receiver("http://receiver-0:80");
            assertThat(Objects.requireNonNull(oldest).breaker().isOpen()).isFalse();
        } finally {
            queue.lock.unlock();
        }
    }

    @Test
    void aClockThatIsSetBackDoesNotHoldTheRounds() {
        queue.lock.lock();
        try {
            assertThat(queue.beginsRound(now)).isTrue();
            assertThat(queue.beginsRound(now.plusSeconds(1))).isFalse();
            Instant back = now.minusSeconds(3600);
            assertThat(queue.beginsRound(back)).isTrue();
            assertThat(queue.beginsRound(back.plusSeconds(1))).isFalse();
            assertThat(queue.beginsRound(back.plus(DeliveryQueue.ROUND))).isTrue();
        } finally {
            queue.lock.unlock();
        }
    }

    @Test
    void thatNobodyCanGiveWayIsFoundOutOnceASecond() {
        queue.lock.lock();
        try {
            fill(false, now);
            assertThat(queue.receiverInPlaceOfOthers("http://new:80", now)).isNull();
            assertThat(queue.next(now)).isNotNull(); // it is about to be looked at no more
            assertThat(queue.receiverInPlaceOfOthers("http://new:80", now.plusMillis(999)))
                    .isNull();
            assertThat(queue.receiverInPlaceOfOthers("http://new:80", now.plusSeconds(1)))
                    .isNotNull();
        } finally {
            queue.lock.unlock();
        }
    }

    @Test
    void thoseThatAreAboutToBeLookedAtStay() {
        queue.lock.lock();
        try {
            fill(false, now);
            assertThat(queue.receiverInPlaceOfOthers("http://new:80", now)).isNull();
        } finally {
            queue.lock.unlock();
        }
    }

    @Test
    void howeverManyReceiversThereAreTheirBodiesFitIntoTwiceTheMemory() {
        long memory = 1 << 20;
        DeliveryQueue small = queue(memory);
        byte[] body = new byte[200 << 10];
        small.lock.lock();
        try {
            int first = 0;
            int second = 0;
            for (int i = 0; i < 100; i++) {
                Receiver each = Objects.requireNonNull(small.receiver("http://receiver-" + i + ":80"));
                first += small.take(each, parcel(body)) ? 1 : 0;
                second += small.take(each, parcel(body)) ? 1 : 0;
            }
            // Those that hold nothing have room where those that hold one have none any more.
            assertThat(second).isBetween(1, 3);
            assertThat(first).isGreaterThan(second);
            assertThat((long) (first + second) * body.length).isBetween(memory, 2 * memory);
            assertThat(small.takeFirst(Objects.requireNonNull(small.receiver("http://receiver-99:80")), parcel(body)))
                    .isFalse();
        } finally {
            small.lock.unlock();
        }
    }

    @Test
    void whatAPauseLeavesToTheStoreTakesNoMemory() {
        byte[] body = new byte[(int) Receiver.SHARE_BYTES / 8];
        DeliveryQueue small = queue(Receiver.SHARE_BYTES);
        small.lock.lock();
        try {
            Receiver first = Objects.requireNonNull(small.receiver("http://first:80"));
            int taken = fill(small, first, body);
            OutgoingDelivery tried = Objects.requireNonNull(first.begin(now));
            small.tried(first, tried, new WebhookResponse(429, "10", null), now);
            small.recorded(first, tried.delivery().key(), null);
            assertThat(first.held()).isZero();
            assertThat(fill(small, Objects.requireNonNull(small.receiver("http://other:80")), body))
                    .isEqualTo(taken);
        } finally {
            small.lock.unlock();
        }
    }

    /** How many such deliveries the receiver could take. */
    private int fill(DeliveryQueue small, Receiver receiver, byte[] body) {
        small.lock.lock();
        try {
            int taken = 0;
            while (small.take(receiver, parcel(body))) {
                taken++;
            }
            return taken;
        } finally {
            small.lock.unlock();
        }
    }

    @Test
    void receiversThatAnswerGiveWayBeforeThoseThatDoNot() {
        queue.lock.lock();
        try {
            fill(true, now.plusSeconds(1));
            Receiver youngest = Objects.requireNonNull(
                    queue.receiver("http://receiver-" + (DeliveryQueue.MOST_RECEIVERS - 1) + ":80"));
            youngest.breaker().onSuccess(youngest.breaker().generation());
            for (int i = 0; i < 100; i++) {
                Receiver old = Objects.requireNonNull(queue.receiver("http://receiver-" + i + ":80"));
                assertThat(old.breaker().isOpen()).isTrue();
            }
            assertThat(queue.receiverInPlaceOfOthers("http://new:80", now)).isNotNull();
            // A hundred give way at a time: the one that answers first, then the oldest of the others.
            Receiver hundredth = Objects.requireNonNull(queue.receiver("http://receiver-99:80"));
            assertThat(hundredth.breaker().isOpen()).as("it stayed").isTrue();
            Receiver again = Objects.requireNonNull(queue.receiver(youngest.name));
            assertThat(again).as("it gave way").isNotSameAs(youngest);
        } finally {
            queue.lock.unlock();
        }
    }

    @Test
    void aReceiverWithMoreInTheStoreIsReadAgainOnceHalfItsShareIsFree() {
        queue.lock.lock();
        try {
            Receiver receiver = Objects.requireNonNull(queue.receiver("http://receiver:80"));
            List<OutgoingDelivery> held = new ArrayList<>();
            for (int i = 0; i < Receiver.SHARE; i++) {
                held.add(parcel(new byte[1]));
                assertThat(queue.take(receiver, held.getLast())).isTrue();
            }
            receiver.behind = true;
            while (receiver.held() > Receiver.SHARE / 2) {
                assertThat(queue.next(Instant.MAX))
                        .as("%d are held", receiver.held())
                        .isNull();
                queue.recorded(receiver, held.removeLast().delivery().key(), null);
            }
            assertThat(queue.next(Instant.MAX)).isSameAs(receiver);
        } finally {
            queue.lock.unlock();
        }
    }

    private OutgoingDelivery parcel(byte[] body) {
        Delivery delivery = new Delivery(
                new DeliveryKey(new UUID(0, ++made), 1),
                "http://receiver:80/",
                "http://receiver:80",
                "job.succeeded",
                DeliveryState.PENDING,
                now,
                now,
                0,
                RawJson.EMPTY_ARRAY,
                null);
        return new OutgoingDelivery(delivery, RawJson.of(body));
    }
}
