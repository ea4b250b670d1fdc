package dev.motorpool.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.motorpool.address.AddressGuard;
import dev.motorpool.address.Network;
import dev.motorpool.detached.Delivery;
import dev.motorpool.detached.Parcel;
import dev.motorpool.detached.SettableClock;
import dev.motorpool.testing.HookReceiver;
import dev.motorpool.trace.Spans;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is handed out to threads. */
class HandoutTest {

    @TempDir
    Path directory;

    private final SettableClock clock = CourierFixture.clock();

    @Test
    void whatFindsNoThreadIsLeftToTheStore() throws Exception {
        AtomicBoolean refuse = new AtomicBoolean(true);
        ThreadFactory real = Thread.ofVirtual().factory();
        ThreadFactory threads = work -> {
            if (refuse.get()) {
                throw new IllegalStateException("no thread");
            }
            return real.newThread(work);
        };
        WebhookSettings settings = CourierFixture.QUICK;
        AddressGuard guard = new AddressGuard(Network.parseList("127.0.0.0/8"), "motorpool.webhooks.allow");
        try (HookReceiver receiver = new HookReceiver();
                CourierFixture fixture = new CourierFixture(directory, clock);
                Poster poster = new Poster(guard, settings)) {
            fixture.courier.close(); // it would find the delivery in the store
            Holdings holdings = new Holdings(settings, clock);
            Signers signers = new Signers(Signer.of(List.of(CourierFixture.SECRET)), Map.of());
            Verdicts verdicts = new Verdicts(new DeliverySchedule(() -> 0.5), clock.instant());
            Handout handout = new Handout(
                    holdings,
                    new Sender(poster, signers, verdicts, clock, Spans.NONE),
                    new Results(holdings, fixture.engine.deliveries(), settings, DeliveryEvents.NONE, clock),
                    clock,
                    threads);
            Parcel parcel = fixture.store(receiver.url("/"));
            Delivery delivery = parcel.delivery();
            assertThatExceptionOfType(IllegalStateException.class).isThrownBy(() -> handout.made(parcel));
            holdings.lock.lock();
            try {
                Receiver known = Objects.requireNonNull(holdings.receiver(delivery.receiver()));
                assertThat(known.isIdle()).isTrue();
                assertThat(known.bytes()).isZero();
                assertThat(known.behind).isTrue();
            } finally {
                holdings.lock.unlock();
            }
            assertThat(holdings.next(clock.instant().plusSeconds(1)))
                    .as("it is looked at again")
                    .isNotNull();

            refuse.set(false);
            handout.made(parcel);
            fixture.delivered(delivery.key());
            assertThat(handout.end(Duration.ofSeconds(20))).isTrue();
            assertThat(receiver.messages()).hasSize(1);
        }
    }
}
