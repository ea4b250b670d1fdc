package dev.motorpool.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.motorpool.address.AddressGuard;
import dev.motorpool.address.Network;
import dev.motorpool.detached.SettableClock;
import dev.motorpool.detached.model.Delivery;
import dev.motorpool.detached.model.OutgoingDelivery;
import dev.motorpool.testing.Eventually;
import dev.motorpool.testing.HookReceiver;
import dev.motorpool.testing.HookReceiver.Manners;
import dev.motorpool.trace.Spans;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is handed out to threads. */
class TryDispatcherTest {

    private static final AddressGuard GUARD =
            new AddressGuard(Network.parseList("127.0.0.0/8"), "motorpool.webhooks.allow");

    @TempDir
    Path directory;

    private final SettableClock clock = DeliveryFixture.clock();

    private TryDispatcher handout(
            DeliveryQueue queue,
            DeliveryFixture fixture,
            WebhookClient client,
            WebhookSettings settings,
            ThreadFactory threads) {
        Signers signers = new Signers(Signer.of(List.of(DeliveryFixture.SECRET)), Map.of());
        RetryPolicy retryPolicy = new RetryPolicy(new DeliverySchedule(() -> 0.5), clock.instant());
        return new TryDispatcher(
                queue,
                new Sender(client, signers, retryPolicy, clock, Spans.NONE),
                fixture.engine.deliveries(),
                settings.retain(),
                DeliveryEvents.NONE,
                clock,
                threads);
    }

    @Test
    void slowReceiversLeaveHalfOfAllTriesToQuickOnes() throws Exception {
        int receivers = 40;
        CountDownLatch proven = new CountDownLatch(1);
        CountDownLatch over = new CountDownLatch(1);
        Manners manners = (message, connection) -> {
            CountDownLatch until = message.path().equals("/first") ? proven : over;
            until.await();
            HookReceiver.status(204).answer(message, connection);
        };
        WebhookSettings settings = WebhookSettings.DEFAULT;
        ServerSocket everywhere = new ServerSocket(0, 1_000, InetAddress.ofLiteral("0.0.0.0"));
        try (HookReceiver slow = new HookReceiver(manners, everywhere);
                HookReceiver quick = new HookReceiver();
                DeliveryFixture fixture = new DeliveryFixture(directory, clock);
                WebhookClient client = new WebhookClient(GUARD, settings)) {
            fixture.scheduler.close();
            DeliveryQueue queue = new DeliveryQueue(settings, clock);
            TryDispatcher dispatcher =
                    handout(queue, fixture, client, settings, Thread.ofVirtual().factory());
            for (int i = 0; i < receivers; i++) {
                dispatcher.made(fixture.parcel("http://127.0.1." + i + ":" + slow.port() + "/first", "{}"));
            }
            Eventually.within(
                    DeliveryFixture.PATIENCE, () -> assertThat(slow.messages()).hasSize(receivers));
            clock.pass(Duration.ofSeconds(2));
            proven.countDown();
            OutgoingDelivery one = fixture.store(quick.url("/"));
            dispatcher.made(one);
            fixture.delivered(one.delivery().key());
            awaitNoTries(queue, slow, receivers);

            // More than they may have: 640 of a thousand.
            for (int tries = 0; tries < settings.concurrency(); tries++) {
                for (int i = 0; i < receivers; i++) {
                    dispatcher.made(fixture.parcel("http://127.0.1." + i + ":" + slow.port() + "/", "{}"));
                }
            }
            Eventually.within(
                    DeliveryFixture.PATIENCE, () -> assertThat(slow.messages()).hasSize(receivers + 500));
            for (int i = 0; i < 10; i++) {
                OutgoingDelivery another = fixture.store(quick.url("/"));
                dispatcher.made(another);
                fixture.delivered(another.delivery().key());
            }
            assertThat(slow.messages()).hasSize(receivers + 500);

            over.countDown();
            Eventually.within(DeliveryFixture.PATIENCE, () -> assertThat(slow.messages())
                    .hasSize(receivers + receivers * settings.concurrency()));
            assertThat(dispatcher.end(Duration.ofSeconds(20))).isTrue();
        }
    }

    /** Until all of them have answered. */
    private static void awaitNoTries(DeliveryQueue queue, HookReceiver slow, int receivers) {
        Eventually.within(DeliveryFixture.PATIENCE, () -> {
            queue.lock.lock();
            try {
                for (int i = 0; i < receivers; i++) {
                    Receiver each = Objects.requireNonNull(queue.receiver("http://127.0.1." + i + ":" + slow.port()));
                    assertThat(each.isIdle()).isTrue();
                }
            } finally {
                queue.lock.unlock();
            }
        });
    }

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
        WebhookSettings settings = DeliveryFixture.QUICK;
        try (HookReceiver receiver = new HookReceiver();
                DeliveryFixture fixture = new DeliveryFixture(directory, clock);
                WebhookClient client = new WebhookClient(GUARD, settings)) {
            fixture.scheduler.close(); // it would find the delivery in the store
            DeliveryQueue queue = new DeliveryQueue(settings, clock);
            TryDispatcher dispatcher = handout(queue, fixture, client, settings, threads);
            OutgoingDelivery outgoing = fixture.store(receiver.url("/"));
            Delivery delivery = outgoing.delivery();
            assertThatExceptionOfType(IllegalStateException.class).isThrownBy(() -> dispatcher.made(outgoing));
            queue.lock.lock();
            try {
                Receiver known = Objects.requireNonNull(queue.receiver(delivery.receiver()));
                assertThat(known.isIdle()).isTrue();
                assertThat(known.bytes()).isZero();
                assertThat(known.behind).isTrue();
                assertThat(queue.next(clock.instant().plusSeconds(1)))
                        .as("it is looked at again")
                        .isNotNull();
            } finally {
                queue.lock.unlock();
            }

            refuse.set(false);
            dispatcher.made(outgoing);
            fixture.delivered(delivery.key());
            assertThat(dispatcher.end(Duration.ofSeconds(20))).isTrue();
            assertThat(receiver.messages()).hasSize(1);
        }
    }
}
