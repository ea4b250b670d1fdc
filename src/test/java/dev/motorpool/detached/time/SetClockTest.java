package dev.motorpool.detached.time;

import static org.assertj.core.api.Assertions.assertThat;

import dev.motorpool.detached.DetachedFixture;
import dev.motorpool.detached.SettableClock;
import dev.motorpool.detached.attempt.AttemptRun;
import dev.motorpool.detached.attempt.PoolPort;
import dev.motorpool.detached.delivery.Deliveries;
import dev.motorpool.detached.model.Delivery;
import dev.motorpool.detached.model.DeliveryKey;
import dev.motorpool.detached.model.DeliveryState;
import dev.motorpool.detached.model.DetachedSettings;
import dev.motorpool.detached.model.OutgoingDelivery;
import dev.motorpool.detached.model.WaitingJob;
import dev.motorpool.detached.store.Schedule;
import dev.motorpool.detached.store.StoreException;
import dev.motorpool.job.JobState;
import dev.motorpool.json.RawJson;
import dev.motorpool.pool.Pool;
import dev.motorpool.pool.settings.PoolKind;
import dev.motorpool.testing.Eventually;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The system clock is set while jobs wait. The test controls the system clock and the steady one. */
@Tag("slow")
class SetClockTest {

    private static final Duration DELAY = Duration.ofSeconds(8);
    private static final Duration A_LITTLE = Duration.ofMillis(1);
    private static final Duration HOUR = Duration.ofHours(1);
    private static final long YEAR = 365 * 86_400;

    private final Instant begin = Instant.now().truncatedTo(ChronoUnit.MILLIS);
    private final SettableClock clock = new SettableClock(begin);
    private final SettableClock steady = new SettableClock(begin.minusSeconds(5));
    private final DetachedFixture fixture;
    private final Pool pool;

    SetClockTest(@TempDir Path directory) {
        fixture = new DetachedFixture(
                directory.resolve("jobs.db"), clock, steady, DetachedSettings.DEFAULT, function -> true);
        pool = fixture.pool("io", PoolKind.COROUTINE, 4);
    }

    @BeforeEach
    void takeUp() throws Exception {
        fixture.engine.takeUp(fixture.pools);
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    private void pass(Duration time) {
        clock.pass(time);
        steady.pass(time);
    }

    private void perform() {
        Instant _ = fixture.engine.perform(clock.instant());
    }

    private void assertScheduled(UUID id) throws Exception {
        perform();
        assertThat(fixture.state(id)).isEqualTo(JobState.SCHEDULED);
    }

    private void assertStarts(UUID id) throws Exception {
        perform();
        assertThat(fixture.state(id)).isNotEqualTo(JobState.SCHEDULED);
    }

    @ParameterizedTest
    @ValueSource(longs = {-YEAR, -40, 40, YEAR})
    void aDelayCountsOnWhileTheClockIsWrong(long seconds) throws Exception {
        UUID id = fixture.wish(pool, "echo", "[1]").delay(DELAY).submit();
        assertScheduled(id);
        clock.pass(Duration.ofSeconds(seconds));
        assertScheduled(id);
        pass(DELAY.dividedBy(2));
        assertScheduled(id);
        clock.pass(Duration.ofSeconds(-seconds));
        pass(DELAY.dividedBy(2).minus(A_LITTLE));
        assertScheduled(id);
        pass(A_LITTLE);
        assertStarts(id);
    }

    @ParameterizedTest
    @ValueSource(longs = {-YEAR, -40, 40, YEAR})
    void aDelayCountsOnWhereTheClockStaysSet(long seconds) throws Exception {
        UUID before = fixture.wish(pool, "echo", "[1]").delay(DELAY).submit();
        clock.pass(Duration.ofSeconds(seconds));
        UUID after = fixture.wish(pool, "echo", "[1]").delay(DELAY).submit();
        pass(DELAY.minus(A_LITTLE));
        assertScheduled(before);
        assertScheduled(after);
        pass(A_LITTLE);
        assertStarts(before);
        assertStarts(after);
    }

    @ParameterizedTest
    @ValueSource(longs = {-40, 40})
    void theDelayOfARetryCountsOnToo(long seconds) throws Exception {
        UUID id = fixture.wish(pool, "raise", "[]").retries(1, DELAY).submit();
        Eventually.until(DetachedFixture.PATIENCE, () -> {
            assertThat(fixture.state(id)).isEqualTo(JobState.SCHEDULED);
            return true;
        });
        clock.pass(Duration.ofSeconds(seconds));
        pass(DELAY.minus(A_LITTLE));
        assertScheduled(id);
        pass(DELAY); // with its jitter
        assertStarts(id);
        assertThat(fixture.ended(id).job().attempt()).isEqualTo(2);
    }

    @Test
    void aTimeToStartIsOneOfTheClock() throws Exception {
        UUID id = fixture.wish(pool, "echo", "[1]")
                .startAt(begin.plus(Duration.ofHours(1)))
                .submit();
        assertScheduled(id);
        clock.pass(Duration.ofHours(1));
        assertStarts(id);
    }

    @ParameterizedTest
    @ValueSource(longs = {-YEAR, -40, 40, YEAR})
    void theTimeToStartCountsOnWhileTheClockIsWrong(long seconds) throws Exception {
        UUID id = fixture.wish(pool, "echo", "[1]").delay(HOUR).expires(DELAY).submit();
        clock.pass(Duration.ofSeconds(seconds));
        assertScheduled(id);
        UUID meanwhile =
                fixture.wish(pool, "echo", "[1]").delay(HOUR).expires(DELAY).submit();
        pass(DELAY.dividedBy(2));
        assertScheduled(id);
        clock.pass(Duration.ofSeconds(-seconds));
        pass(DELAY.dividedBy(2).minus(A_LITTLE));
        assertScheduled(id);
        assertScheduled(meanwhile);
        pass(A_LITTLE);
        perform();
        assertThat(fixture.state(id)).isEqualTo(JobState.EXPIRED);
        assertThat(fixture.state(meanwhile)).isEqualTo(JobState.EXPIRED);
    }

    /** The pool uses only the steady clock. */
    @ParameterizedTest
    @ValueSource(longs = {-YEAR, -40, 40, YEAR})
    void aRunHasTheTimeThatIsLeftWhateverTheClockSays(long seconds) throws Exception {
        UUID id = fixture.wish(pool, "echo", "[1]").delay(HOUR).expires(DELAY).submit();
        clock.pass(Duration.ofSeconds(seconds));
        WaitingJob waiting = new WaitingJob(fixture.find(id).job(), RawJson.of("[1]"), RawJson.EMPTY_OBJECT);
        AttemptRun run = new AttemptRun(waiting, fixture.engine.expiries()) {
            @Override
            public void begin(PoolPort port) {}

            @Override
            public boolean withdraw(PoolPort port) {
                return true;
            }
        };
        assertThat(run.timeToStart()).isEqualTo(DELAY);
        pass(DELAY.minus(A_LITTLE));
        assertThat(run.expired()).isFalse();
        clock.pass(Duration.ofSeconds(-seconds));
        assertThat(run.timeToStart()).isEqualTo(A_LITTLE);
        assertThat(run.expired()).isFalse();
        pass(A_LITTLE);
        assertThat(run.expired()).isTrue();
    }

    private UUID endedNow() throws Exception {
        UUID id = fixture.wish(pool, "echo", "[1]").delay(HOUR).retain(HOUR).submit();
        Objects.requireNonNull(fixture.jobs.cancel(id));
        return id;
    }

    private void assertKept(UUID id) throws Exception {
        perform();
        assertThat(fixture.jobs.find(id, false)).isNotNull();
    }

    private void assertForgotten(UUID id) throws Exception {
        perform();
        assertThat(fixture.jobs.find(id, false)).isNull();
    }

    /** @param up how long the service has run */
    @ParameterizedTest
    @CsvSource({"0, -31536000", "0, 31536000", "7200, -31536000", "7200, 31536000"})
    void whatHasEndedStaysAsLongAsItShouldThoughTheClockWasWrong(long up, long seconds) throws Exception {
        pass(Duration.ofSeconds(up));
        UUID before = endedNow();
        perform();
        clock.pass(Duration.ofSeconds(seconds));
        assertKept(before);
        UUID meanwhile = endedNow();
        pass(HOUR.dividedBy(2));
        assertKept(before);
        assertKept(meanwhile);
        clock.pass(Duration.ofSeconds(-seconds));
        pass(HOUR.dividedBy(2).minus(A_LITTLE));
        assertKept(before);
        assertKept(meanwhile);
        pass(Duration.ofSeconds(1));
        assertForgotten(before);
        assertForgotten(meanwhile);
    }

    @Test
    void aClockThatStaysAheadIsBelievedAfterAnHour() throws Exception {
        pass(HOUR.multipliedBy(2));
        UUID before = endedNow();
        perform();
        clock.pass(Duration.ofSeconds(YEAR));
        assertKept(before);
        UUID after = endedNow();
        pass(HOUR);
        assertForgotten(before);
        assertForgotten(after);
    }

    @ParameterizedTest
    @ValueSource(longs = {-YEAR, -40, 40, YEAR})
    void theNextTryOfAWebhookIsAsFarAwayAsItWasWhenTheClockIsSet(long seconds) throws Exception {
        AtomicInteger told = new AtomicInteger();
        fixture.engine.deliveries().sendBy(new Deliveries.Outbox() {
            @Override
            public void made(OutgoingDelivery outgoing) {}

            @Override
            public void renewed(OutgoingDelivery outgoing) {}

            @Override
            public void clockSet() {
                told.incrementAndGet();
            }

            @Override
            public @Nullable Instant heldUntil(String receiver) {
                return null;
            }
        });
        DeliveryKey before = pending();
        clock.pass(Duration.ofSeconds(seconds));
        perform();
        assertThat(told).hasValue(1);
        DeliveryKey meanwhile = pending();
        clock.pass(Duration.ofSeconds(-seconds));
        perform();
        assertThat(told).hasValue(2);
        assertThat(dueAt(before)).isEqualTo(clock.instant().plus(DELAY));
        assertThat(dueAt(meanwhile)).isEqualTo(clock.instant().plus(DELAY));
    }

    /** A pending delivery. */
    private DeliveryKey pending() throws StoreException {
        DeliveryKey key = new DeliveryKey(UUID.randomUUID(), 1);
        Instant now = clock.instant();
        Delivery delivery = new Delivery(
                key,
                "http://hook.example/",
                "http://hook.example",
                "job.succeeded",
                DeliveryState.PENDING,
                now,
                now.plus(DELAY),
                1,
                RawJson.EMPTY_ARRAY,
                null);
        fixture.store.write(tables -> tables.deliveries().insert(new OutgoingDelivery(delivery, RawJson.EMPTY_OBJECT)));
        return key;
    }

    private @Nullable Instant dueAt(DeliveryKey key) throws StoreException {
        return fixture.store.read(tables ->
                Objects.requireNonNull(tables.deliveries().find(key)).delivery().dueAt());
    }

    /** What was computed while the clock was wrong is computed again after a second. */
    @ParameterizedTest
    @ValueSource(longs = {-40, 40})
    void theScheduleWaitsASecondAtMostHoweverTheClockIsSet(long seconds) {
        AtomicInteger performed = new AtomicInteger();
        try (Schedule schedule = new Schedule(clock, now -> {
            performed.incrementAndGet();
            return now.plus(DELAY);
        })) {
            schedule.start();
            Eventually.within(
                    DetachedFixture.PATIENCE, () -> assertThat(performed.get()).isPositive());
            clock.pass(Duration.ofSeconds(seconds));
            int before = performed.get();
            Eventually.within(
                    Duration.ofSeconds(20), () -> assertThat(performed.get()).isGreaterThan(before + 2));
        }
    }
}
