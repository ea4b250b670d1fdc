package dev.motorpool.detached;

import static org.assertj.core.api.Assertions.assertThat;

import dev.motorpool.address.AddressGuard;
import dev.motorpool.address.Network;
import dev.motorpool.detached.DetachedFixture.Wish;
import dev.motorpool.detached.FaultyStore.Fault;
import dev.motorpool.detached.FaultyStore.Plan;
import dev.motorpool.detached.model.DeliveryKey;
import dev.motorpool.detached.model.DeliveryState;
import dev.motorpool.detached.store.DeliveryReader;
import dev.motorpool.detached.store.DeliveryTables;
import dev.motorpool.job.JobState;
import dev.motorpool.pool.Pool;
import dev.motorpool.pool.settings.PoolKind;
import dev.motorpool.testing.Eventually;
import dev.motorpool.testing.HookReceiver;
import dev.motorpool.testing.HookReceiver.Message;
import dev.motorpool.trace.Spans;
import dev.motorpool.webhook.DeliveryEvents;
import dev.motorpool.webhook.DeliveryScheduler;
import dev.motorpool.webhook.Signer;
import dev.motorpool.webhook.Signers;
import dev.motorpool.webhook.WebhookClient;
import dev.motorpool.webhook.WebhookSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Each store call that deliveries use fails (before or after it was done), is slow, or hangs. Every end is delivered
 * nevertheless, under its one id and unchanged, and nothing remains pending.
 */
@Tag("slow")
class DeliveryFaultsTest {

    private static final Duration SOON = Duration.ofSeconds(20);
    private static final Duration STORE_TIMEOUT = Duration.ofMillis(150);

    /** More than the pause before the second attempt, and than the interval of the sender's reading of the store. */
    private static final Duration LATER = Duration.ofSeconds(31);

    @TempDir
    Path directory;

    private final SettableClock clock = new SettableClock(Instant.now());

    /** Not set together with the other clock. */
    private final SettableClock steady = new SettableClock(clock.instant());

    private final Map<UUID, JobState> promised = new LinkedHashMap<>();
    private DetachedFixture fixture;
    private Pool pool;
    private HookReceiver receiver;
    private DeliveryScheduler scheduler;

    @BeforeEach
    void open() throws Exception {
        fixture = new DetachedFixture(
                directory.resolve("jobs.db"),
                clock,
                steady,
                DetachedFixture.settings(1_000_000, STORE_TIMEOUT),
                _ -> true);
        pool = fixture.pool("io", PoolKind.COROUTINE, 20);
        receiver = new HookReceiver();
        scheduler = new DeliveryScheduler(
                fixture.engine.deliveries(),
                new WebhookClient(
                        new AddressGuard(Network.parseList("127.0.0.0/8"), "motorpool.webhooks.allow"),
                        WebhookSettings.DEFAULT),
                new Signers(Signer.of(List.of(Signer.secret(new byte[32]))), Map.of()),
                WebhookSettings.DEFAULT,
                DeliveryEvents.NONE,
                clock,
                () -> 0.5,
                Spans.NONE);
        fixture.engine.open(fixture.pools);
    }

    @AfterEach
    void close() throws Exception {
        scheduler.close();
        fixture.close();
        receiver.close();
    }

    record Case(String call, Fault fault) {
        @Override
        public String toString() {
            return call + " " + fault;
        }
    }

    static Stream<Case> cases() {
        return Stream.of(DeliveryTables.class, DeliveryReader.class)
                .flatMap(port -> Arrays.stream(port.getDeclaredMethods()))
                .map(method -> "deliveries." + method.getName())
                .distinct()
                .sorted()
                .flatMap(call -> Stream.of(Fault.BEFORE, Fault.AFTER, Fault.SLOW, Fault.HANGS)
                        .map(fault -> new Case(call, fault)));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void eachEndIsTold(Case one) throws Exception {
        work(); // delivered from the store, because the sender has not started
        Thread releasing = fixture.store.releasing(STORE_TIMEOUT.plusMillis(50));
        try {
            fixture.store.plan(Plan.once(one.call, 0, one.fault));
            scheduler.start();
            work();
            everythingIsTold();
            clock.pass(Duration.ofSeconds(5)); // it is set
            retryOne();
            everythingIsTold();
            Eventually.within(SOON, () -> assertThat(fixture.store.calls(one.call))
                    .as("calls of %s", one)
                    .isPositive());
        } finally {
            fixture.store.plan(Plan.none());
            releasing.interrupt();
            releasing.join();
            fixture.store.release();
        }
    }

    @Test
    void eachEndIsToldUnderManyFaults() throws Exception {
        scheduler.start();
        Thread releasing = fixture.store.releasing(STORE_TIMEOUT.plusMillis(50));
        try {
            fixture.store.plan(Plan.random(7, 30, Fault.BEFORE, Fault.AFTER, Fault.SLOW, Fault.HANGS));
            for (int i = 0; i < 5; i++) {
                work();
            }
            fixture.store.plan(Plan.none());
            everythingIsTold();
        } finally {
            fixture.store.plan(Plan.none());
            releasing.interrupt();
            releasing.join();
            fixture.store.release();
        }
    }

    private void work() {
        submit(wish("echo", "[1]"), JobState.SUCCEEDED);
        submit(wish("raise", "[\"no\"]"), JobState.FAILED);
        UUID late = submit(wish("echo", "[2]").delay(Duration.ofDays(300)), JobState.CANCELLED);
        Eventually.until(SOON, () -> Objects.requireNonNull(fixture.jobs.cancel(late)));
    }

    private Wish wish(String function, String args) {
        return fixture.wish(pool, function, args).callbacks(receiver.url("/well"), receiver.url("/badly"));
    }

    private UUID submit(Wish wish, JobState state) {
        UUID id = Eventually.until(SOON, wish::submit);
        promised.put(id, state);
        return id;
    }

    private void retryOne() {
        UUID id = promised.keySet().iterator().next();
        DeliveryKey key = new DeliveryKey(id, 1);
        long before = told(id);
        Eventually.until(
                SOON, () -> Objects.requireNonNull(fixture.engine.deliveries().retry(key)));
        Eventually.within(SOON, () -> {
            pass(LATER);
            assertThat(told(id)).isGreaterThan(before);
        });
    }

    private void pass(Duration time) {
        clock.pass(time);
        steady.pass(time);
    }

    private long told(UUID id) {
        return receiver.messages().stream()
                .filter(message -> message.header("webhook-id").equals(id + "-1"))
                .count();
    }

    private void everythingIsTold() {
        Eventually.until(SOON, () -> {
            pass(LATER);
            for (Map.Entry<UUID, JobState> each : promised.entrySet()) {
                assertThat(fixture.engine.deliveries().of(each.getKey()))
                        .as("deliveries of a job that is to be %s", each.getValue())
                        .singleElement()
                        .matches(delivery -> delivery.state() == DeliveryState.DELIVERED);
                assertThat(told(each.getKey())).isPositive();
            }
            fixture.engine.deliveries().recount();
            assertThat(fixture.engine.deliveries().pending()).isZero();
            return true;
        });
        for (Message message : receiver.messages()) {
            String id = message.header("webhook-id");
            JobState state =
                    Objects.requireNonNull(promised.get(UUID.fromString(id.substring(0, id.length() - 2))), id);
            assertThat(id).endsWith("-1");
            assertThat(message.path()).isEqualTo(state == JobState.SUCCEEDED ? "/well" : "/badly");
            assertThat(message.text()).contains("\"state\":\"" + state.word() + "\"");
        }
    }
}
