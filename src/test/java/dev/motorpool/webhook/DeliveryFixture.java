package dev.motorpool.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import dev.motorpool.address.AddressGuard;
import dev.motorpool.address.Network;
import dev.motorpool.address.WebTarget;
import dev.motorpool.detached.DetachedEngine;
import dev.motorpool.detached.NoListener;
import dev.motorpool.detached.SettableClock;
import dev.motorpool.detached.model.Delivery;
import dev.motorpool.detached.model.DeliveryKey;
import dev.motorpool.detached.model.DeliveryState;
import dev.motorpool.detached.model.DetachedSettings;
import dev.motorpool.detached.model.OutgoingDelivery;
import dev.motorpool.detached.store.JobStore;
import dev.motorpool.detached.store.StoreException;
import dev.motorpool.json.RawJson;
import dev.motorpool.store.sqlite.SqliteJobStore;
import dev.motorpool.store.sqlite.StoreUnusableException;
import dev.motorpool.testing.Eventually;
import dev.motorpool.trace.Spans;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;

/** A courier over a real store, with a clock that a test moves. It may be closed and made again on the same file. */
final class DeliveryFixture implements AutoCloseable {

    static final Duration PATIENCE = Duration.ofSeconds(20);
    static final String SECRET = Signer.secret(new byte[32]);
    static final WebhookSettings QUICK =
            new WebhookSettings(Duration.ofMillis(500), Duration.ofMillis(800), 4096, 8, Duration.ofDays(1), 8L << 20);

    final SqliteJobStore store;
    final DetachedEngine engine;
    final DeliveryScheduler scheduler;
    private final SettableClock clock;

    /** How many more times the courier's thread finds a defect when it reads. */
    private final AtomicInteger defectsLeft = new AtomicInteger();

    private final AtomicInteger defects = new AtomicInteger();

    DeliveryFixture(Path directory, SettableClock clock) {
        this(directory, clock, QUICK);
    }

    DeliveryFixture(Path directory, SettableClock clock, WebhookSettings settings) {
        this(directory, clock, settings, () -> 0.5);
    }

    DeliveryFixture(Path directory, SettableClock clock, WebhookSettings settings, DoubleSupplier random) {
        this.clock = clock;
        try {
            this.store = SqliteJobStore.open(directory.resolve("jobs.db"));
        } catch (StoreUnusableException e) {
            throw new AssertionError(e);
        }
        this.engine = new DetachedEngine(
                new DefectiveStore(),
                DetachedSettings.DEFAULT,
                name -> true,
                clock,
                clock,
                () -> 0.5,
                new NoListener());
        AddressGuard guard = new AddressGuard(Network.parseList("127.0.0.0/8"), "motorpool.webhooks.allow");
        this.scheduler = new DeliveryScheduler(
                engine.deliveries(),
                new WebhookClient(guard, settings),
                new Signers(Signer.of(List.of(SECRET)), Map.of()),
                settings,
                DeliveryEvents.NONE,
                clock,
                random,
                Spans.NONE);
        scheduler.start();
    }

    /** A dispatcher beside the courier's own. */
    TryDispatcher dispatcher(
            DeliveryQueue queue, WebhookClient client, WebhookSettings settings, ThreadFactory threads) {
        Signers signers = new Signers(Signer.of(List.of(SECRET)), Map.of());
        RetryPolicy retryPolicy = new RetryPolicy(new DeliverySchedule(() -> 0.5), clock.instant());
        return new TryDispatcher(
                queue,
                new Sender(client, signers, retryPolicy, clock, Spans.NONE),
                engine.deliveries(),
                settings.retain(),
                DeliveryEvents.NONE,
                clock,
                threads);
    }

    static SettableClock clock() {
        return new SettableClock(Instant.now().truncatedTo(ChronoUnit.MILLIS));
    }

    /** Stores a delivery as the end of a job does, without telling the courier. */
    OutgoingDelivery store(String url) throws StoreException {
        OutgoingDelivery outgoing = parcel(url, "{\"type\":\"job.succeeded\"}");
        store.write(tables -> tables.deliveries().insert(outgoing));
        return outgoing;
    }

    /** Stores one and notifies the courier. */
    DeliveryKey send(String url) throws StoreException {
        OutgoingDelivery outgoing = store(url);
        scheduler.made(outgoing);
        return outgoing.delivery().key();
    }

    /** One that is not in the store. */
    OutgoingDelivery parcel(String url, String body) {
        Instant now = clock.instant();
        Delivery delivery = new Delivery(
                new DeliveryKey(UUID.randomUUID(), 1),
                url,
                WebTarget.parse(url).origin(),
                "job.succeeded",
                DeliveryState.PENDING,
                now,
                now,
                0,
                RawJson.EMPTY_ARRAY,
                null);
        return new OutgoingDelivery(delivery, RawJson.of(body));
    }

    Delivery find(DeliveryKey key) throws StoreException {
        return Objects.requireNonNull(store.read(tables -> tables.deliveries().find(key)))
                .delivery();
    }

    /** The delivery once this many tries of it are recorded. */
    Delivery tried(DeliveryKey key, int tries) {
        return Eventually.until(PATIENCE, () -> {
            Delivery found = find(key);
            assertThat(found.tries()).as("%s", found).isGreaterThanOrEqualTo(tries);
            return found;
        });
    }

    Delivery delivered(DeliveryKey key) {
        return Eventually.until(PATIENCE, () -> {
            Delivery found = find(key);
            assertThat(found.state()).as("%s", found).isEqualTo(DeliveryState.DELIVERED);
            return found;
        });
    }

    /** Time passes, and the courier looks at its clock. */
    void pass(Duration time) {
        clock.pass(time);
        scheduler.clockSet();
    }

    /** From now on the courier's thread fails this often when it reads. */
    void defects(int most) {
        defectsLeft.set(most);
    }

    /** How many it has found. */
    int defects() {
        return defects.get();
    }

    @Override
    public void close() {
        scheduler.close();
        engine.close();
    }

    /** The store as the engine sees it. */
    private final class DefectiveStore implements JobStore {
        @Override
        public void write(Work work) throws StoreException {
            store.write(work);
        }

        @Override
        public <T extends @Nullable Object> T read(Reading<T> reading) throws StoreException {
            if (Thread.currentThread().getName().equals("motorpool-deliveries")
                    && defectsLeft.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
                defects.incrementAndGet();
                throw new IllegalStateException("a defect");
            }
            return store.read(reading);
        }

        @Override
        public Disk disk(long wanted) {
            return store.disk(wanted);
        }

        @Override
        public void close() {
            store.close();
        }
    }
}
