package dev.motorpool.detached;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.motorpool.detached.DetachedFixture.Wish;
import dev.motorpool.detached.delivery.Deliveries;
import dev.motorpool.detached.model.Delivery;
import dev.motorpool.detached.model.DeliveryKey;
import dev.motorpool.detached.model.DeliveryState;
import dev.motorpool.detached.model.TryResult;
import dev.motorpool.detached.store.StoreException;
import dev.motorpool.job.ProblemType;
import dev.motorpool.job.request.CallRefusedException;
import dev.motorpool.json.RawJson;
import dev.motorpool.pool.Pool;
import dev.motorpool.pool.settings.PoolKind;
import dev.motorpool.testing.Eventually;
import dev.motorpool.testing.LeavesNothingBehind;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.UUID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Undelivered webhooks cause refusals of new ones before the disk is full, and of nothing else. */
@ExtendWith(LeavesNothingBehind.class)
@Tag("slow")
class DeliveryBacklogTest {

    private static final Duration SOON = Duration.ofSeconds(20);

    @TempDir
    Path directory;

    @Test
    void jobsWithWebhooksAreRefusedWhileTooManyArePending() throws Exception {
        try (DetachedFixture fixture = fixture()) {
            Pool pool = fixture.pool("io", PoolKind.COROUTINE, 2);
            fixture.engine.open(fixture.pools);
            UUID first = told(fixture, pool).submit();
            fixture.ended(first);
            for (int i = 0; i < 2; i++) {
                fixture.ended(told(fixture, pool).submit());
            }
            refused(fixture, pool);

            // A job without a webhook is accepted.
            fixture.ended(fixture.wish(pool, "echo", "[1]").submit());

            // The same after a restart, once they were counted.
            record(fixture, first);
            Eventually.within(SOON, () -> assertThat(fixture.engine.deliveries().pending())
                    .isEqualTo(2));
            fixture.ended(told(fixture, pool).submit());
            refused(fixture, pool);
        }
        try (DetachedFixture fixture = fixture()) {
            Pool pool = fixture.pool("io", PoolKind.COROUTINE, 2);
            fixture.engine.open(fixture.pools);
            fixture.engine.deliveries().recount();
            assertThat(fixture.engine.deliveries().pending()).isEqualTo(3);
            refused(fixture, pool);
        }
    }

    @Test
    void aRetryByHandCountsIfTheDeliveryHadEnded() throws Exception {
        try (DetachedFixture fixture = fixture()) {
            Pool pool = fixture.pool("io", PoolKind.COROUTINE, 2);
            fixture.engine.open(fixture.pools);
            UUID job = told(fixture, pool).submit();
            fixture.ended(job);
            Deliveries deliveries = fixture.engine.deliveries();
            assertThat(deliveries.pending()).isEqualTo(1);
            DeliveryKey key = new DeliveryKey(job, 1);
            assertThat(deliveries.retry(key)).isNotNull();
            assertThat(deliveries.pending()).as("it was pending").isEqualTo(1);
            record(fixture, job);
            Eventually.within(SOON, () -> assertThat(deliveries.pending()).isZero());
            assertThat(deliveries.retry(key)).isNotNull();
            assertThat(deliveries.pending()).as("it had ended").isEqualTo(1);
        }
    }

    @Test
    void aReceiverThatTakesNothingLeavesRoomForOthers() throws Exception {
        try (DetachedFixture fixture = fixture(40)) {
            Pool pool = fixture.pool("io", PoolKind.COROUTINE, 2);
            fixture.engine.open(fixture.pools);
            int taken = 0;
            try {
                for (; taken < 40; taken++) {
                    fixture.ended(told(fixture, pool).submit());
                }
            } catch (CallRefusedException full) {
                assertThat(full.error().type()).isEqualTo(ProblemType.QUEUE_FULL);
            }
            assertThat(taken).isEqualTo(36);
            // Others are still delivered, and each of them frees some room.
            fixture.ended(told(fixture, pool, "http://other.example/").submit());
            fixture.ended(told(fixture, pool, "http://other.example/").submit());
            fixture.ended(told(fixture, pool, "http://third.example/").submit());
            refused(fixture, pool);
        }
        try (DetachedFixture fixture = fixture(40)) {
            Pool pool = fixture.pool("io", PoolKind.COROUTINE, 2);
            fixture.engine.open(fixture.pools);
            fixture.engine.deliveries().recount();
            refused(fixture, pool);
            fixture.ended(told(fixture, pool, "http://other.example/").submit());
        }
    }

    private DetachedFixture fixture() {
        return fixture(3);
    }

    private DetachedFixture fixture(int backlog) {
        return new DetachedFixture(
                directory.resolve("jobs.db"),
                Clock.systemUTC(),
                DetachedFixture.settings(backlog, Duration.ofSeconds(10)));
    }

    private static Wish told(DetachedFixture fixture, Pool pool) {
        return told(fixture, pool, "http://well.example/");
    }

    private static Wish told(DetachedFixture fixture, Pool pool, String url) {
        return fixture.wish(pool, "echo", "[1]").callbacks(url, "http://badly.example/");
    }

    private static void refused(DetachedFixture fixture, Pool pool) {
        assertThatExceptionOfType(CallRefusedException.class)
                .isThrownBy(() -> told(fixture, pool).submit())
                .matches(refused -> refused.error().type() == ProblemType.QUEUE_FULL);
    }

    private static void record(DetachedFixture fixture, UUID job) throws StoreException {
        Delivery delivery =
                Objects.requireNonNull(fixture.engine.deliveries().of(job)).getFirst();
        TryResult result = new TryResult(
                delivery.key(), delivery.dueAt(), DeliveryState.DELIVERED, Instant.now(), null, 1, RawJson.EMPTY_ARRAY);
        fixture.engine.deliveries().record(delivery.receiver(), result, Duration.ofDays(1), taken -> {});
    }
}
