package dev.motorpool.detached;

import static org.assertj.core.api.Assertions.assertThat;

import dev.motorpool.job.JobState;
import dev.motorpool.pool.Pool;
import dev.motorpool.pool.PoolKind;
import dev.motorpool.testing.Eventually;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The system's clock is set while jobs wait. The test moves both clocks: the system's, and the steady one. */
class SetClockTest {

    private static final Duration DELAY = Duration.ofSeconds(8);
    private static final Duration A_LITTLE = Duration.ofMillis(1);
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

    /** What was found while the clock was wrong is looked at again a second later. */
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
