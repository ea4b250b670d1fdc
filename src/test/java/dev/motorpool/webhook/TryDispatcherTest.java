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
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
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
            TryDispatcher dispatcher = fixture.dispatcher(
                    queue, client, settings, Thread.ofVirtual().factory());
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
    void whoHasWaitedLongestForOthersTriesIsNext() throws Exception {
        Queue<Runnable> begun = new ArrayDeque<>();
        ThreadFactory threads = work -> new Thread(work) {
            @Override
            public void start() {
                begun.add(this); // run by the test
            }
        };
        WebhookSettings settings = WebhookSettings.DEFAULT;
        ServerSocket everywhere = new ServerSocket(0, 50, InetAddress.ofLiteral("0.0.0.0"));
        try (HookReceiver receiver = new HookReceiver(HookReceiver.status(204), everywhere);
                DeliveryFixture fixture = new DeliveryFixture(directory, clock);
                WebhookClient client = new WebhookClient(GUARD, settings)) {
            fixture.scheduler.close();
            DeliveryQueue queue = new DeliveryQueue(settings, clock);
            TryDispatcher dispatcher = fixture.dispatcher(queue, client, settings, threads);
            // As many tries as receivers may have together that have never answered, four each; the first has more.
            for (int i = 0; i < 125; i++) {
                for (int deliveries = i == 0 ? 6 : 4; deliveries > 0; deliveries--) {
                    dispatcher.made(fixture.parcel("http://127.0.1." + i + ":" + receiver.port() + "/", "{}"));
                }
            }
            assertThat(begun).hasSize(500);
            List<String> waiting = new ArrayList<>(List.of("127.0.2.2", "127.0.2.1", "127.0.2.3"));
            for (String late : waiting) {
                dispatcher.made(fixture.parcel("http://" + late + ":" + receiver.port() + "/", "{}"));
            }
            assertThat(begun).hasSize(500);

            clock.pass(Duration.ofSeconds(2)); // the answers are slow, and so are the receivers
            while (!waiting.isEmpty()) {
                begun.remove().run(); // of the first receiver, which has more to send
                assertThat(begun).hasSize(500);
                waiting.removeFirst();
                assertThat(waiting).allMatch(each -> hasWaiting(queue, each, receiver.port()));
                assertThat(hasWaiting(queue, "127.0.1.0", receiver.port())).isTrue();
            }
            begun.remove().run();
            assertThat(begun).hasSize(500);
            assertThat(dispatcher.end(Duration.ZERO)).isFalse();
        }
    }

    private static boolean hasWaiting(DeliveryQueue queue, String address, int port) {
        queue.lock.lock();
        try {
            return Objects.requireNonNull(queue.receiver("http://" + address + ":" + port))
                    .hasWaiting();
        } finally {
            queue.lock.unlock();
        }
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
            TryDispatcher dispatcher = fixture.dispatcher(queue, client, settings, threads);
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
