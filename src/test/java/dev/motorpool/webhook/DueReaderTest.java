package dev.motorpool.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import dev.motorpool.address.AddressGuard;
import dev.motorpool.address.Network;
import dev.motorpool.detached.SettableClock;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The rounds over all receivers with due deliveries, where memory has no room for all of them. */
class DueReaderTest {

    @TempDir
    Path directory;

    private final SettableClock clock = DeliveryFixture.clock();

    @Test
    void whoFoundNoRoomInOneRoundIsFirstInTheNext() throws Exception {
        WebhookSettings settings = WebhookSettings.DEFAULT;
        AddressGuard guard = new AddressGuard(Network.parseList("127.0.0.0/8"), "motorpool.webhooks.allow");
        try (DeliveryFixture fixture = new DeliveryFixture(directory, clock);
                WebhookClient client = new WebhookClient(guard, settings)) {
            fixture.scheduler.close();
            DeliveryQueue queue = new DeliveryQueue(settings, clock);
            TryDispatcher dispatcher = fixture.dispatcher(
                    queue, client, settings, Thread.ofVirtual().factory());
            DueReader due = new DueReader(queue, dispatcher, fixture.engine.deliveries());
            Instant since = clock.instant();
            for (int port = 1; port <= 3; port++) {
                assertThat(fixture.store(receiver(port) + "/")).isNotNull();
            }
            clock.pass(Duration.ofSeconds(1));
            fillAllPlacesButOne(queue, clock.instant());
            for (int port : List.of(1, 2, 3, 1)) {
                Instant now = clock.instant();
                assertThat(due.findReceivers(now)).isEqualTo(since);
                queue.lock.lock();
                try {
                    assertThat(queue.receiver(receiver(port))).isNotNull();
                    // It gives way after it was looked at.
                    assertThat(queue.next(now)).isSameAs(queue.receiver(receiver(port)));
                } finally {
                    queue.lock.unlock();
                }
                clock.pass(Duration.ofSeconds(1));
            }
        }
    }

    private static String receiver(int port) {
        return "http://127.0.0.1:" + port;
    }

    /** With receivers that are about to be looked at and stay. */
    private static void fillAllPlacesButOne(DeliveryQueue queue, Instant now) {
        queue.lock.lock();
        try {
            for (int i = 1; i < DeliveryQueue.MOST_RECEIVERS; i++) {
                queue.lookAt(Objects.requireNonNull(queue.receiver("http://receiver-" + i + ":80")), now);
            }
        } finally {
            queue.lock.unlock();
        }
    }
}
